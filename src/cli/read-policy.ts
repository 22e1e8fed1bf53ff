import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigurationError } from "../configuration.ts";
import type { Policy } from "../policy/define-policy.ts";
import type { PolicyExtensions } from "../policy/extensions.ts";
import { parseBytes, readPolicyBytes } from "../policy/load-policy.ts";
import { readFormat } from "../policy/parse-policy.ts";

/** The option of every command that reads a policy. */
export const policyOptions = { extensions: { type: "string" } } as const;

/** What the help of those commands says of it. */
export const policyOptionsHelp = `  --extensions MODULE
            a module that exports the functions and engines that the policy asks, as extensions or default.
            It is imported, which runs its code`;

/**
 * Reads a policy from a file.
 *
 * @param extensions the path of the module with its functions and engines.
 * @throws PolicyError (rejected) of all faults, each at its place.
 */
export async function readPolicy(path: string, extensions?: string): Promise<Policy> {
  const format = readFormat("poolgate", { file: path });
  if (format === undefined) {
    throw new ConfigurationError("invalid_option", path, "its name ends neither with .yaml or .yml nor with .json");
  }
  const bytes = await readPolicyBytes(path);
  const asked = extensions === undefined ? {} : { extensions: await importExtensions(extensions) };
  return parseBytes(bytes, path, { format, ...asked });
}

async function importExtensions(path: string): Promise<PolicyExtensions> {
  const module = await importModule(path);
  const extensions = module.extensions ?? module.default;
  if (extensions !== undefined) return extensions as PolicyExtensions;
  throw new ConfigurationError("invalid_option", path, "it exports neither extensions nor default");
}

/**
 * Imports a module by its path, which runs it.
 *
 * @throws ConfigurationError (rejected) where that fails.
 */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError("invalid_option", path, `it cannot be imported: ${reason}`);
  }
}
