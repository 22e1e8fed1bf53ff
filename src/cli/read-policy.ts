import type { Policy } from "../policy/define-policy.ts";
import { parseBytes, readPolicyBytes, requireFormat } from "../policy/load-policy.ts";
import type { LocatedPolicy } from "../policy/parse-policy.ts";

/**
 * Reads a policy from a file.
 *
 * @throws PolicyError (rejected) of all faults, each at its place.
 */
export async function readPolicy(path: string): Promise<Policy> {
  return (await readLocatedPolicy(path)).policy;
}

/** Reads a policy from a file, and keeps where each part of it stands. */
export async function readLocatedPolicy(path: string): Promise<LocatedPolicy> {
  const format = requireFormat("poolgate", path, undefined);
  return parseBytes(await readPolicyBytes(path), path, { format });
}
