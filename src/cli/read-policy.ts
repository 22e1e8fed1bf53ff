import { readData } from "../personas/read-data.ts";
import { definePolicy, type Policy, type PolicyInit } from "../policy/define-policy.ts";

/** Reads a policy from a file. */
export async function readPolicy(path: string): Promise<Policy> {
  return definePolicy((await readData(path)) as PolicyInit);
}
