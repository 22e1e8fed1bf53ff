import { readFile, stat } from "node:fs/promises";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import type { Policy } from "./define-policy.ts";
import {
  maximumLength,
  type ParsePolicyOptions,
  type PolicyFormat,
  parseText,
  readFormat,
  tooLong,
} from "./parse-policy.ts";
import { PolicyError } from "./policy-error.ts";
import { reportWarnings, requireOnWarnings } from "./policy-warnings.ts";

/** What {@link loadPolicy} takes beside the path. */
export type LoadPolicyOptions = Pick<ParsePolicyOptions, "format" | "extensions" | "onWarnings">;

/**
 * Reads a policy from a file.
 *
 * @param path ends with `.yaml`, `.yml` or `.json`, unless the option `format` tells the format.
 * @throws PolicyError (rejected) with every fault at its file, line and column; also where the file cannot be read.
 * @throws ConfigurationError (rejected) `missing_option` where the file is YAML and the package `yaml` is not installed.
 *
 * @example
 * ```ts
 * import { loadPolicy } from "poolgate/policy";
 *
 * const policy = await loadPolicy("policy.yaml");
 * ```
 */
export async function loadPolicy(path: string, options: LoadPolicyOptions = {}): Promise<Policy> {
  refuseUnknownOptions("loadPolicy", options, ["format", "extensions", "onWarnings"]);
  requireOnWarnings("loadPolicy", options.onWarnings);
  const format = requireFormat("loadPolicy", path, options.format);
  const policy = await parseBytes(await readPolicyBytes(path), path, { ...options, format });
  reportWarnings(policy, options.onWarnings);
  return policy;
}

/** The format of a file; its path is checked as well. */
export function requireFormat(owner: string, path: unknown, format: PolicyFormat | undefined): PolicyFormat {
  if (typeof path !== "string" || path === "") {
    throw new ConfigurationError("invalid_option", `${owner}.path`, "must be the path of a file, such as policy.yaml");
  }
  const found = readFormat(owner, { file: path, ...(format !== undefined && { format }) });
  if (found !== undefined) return found;
  const advice =
    'its name ends neither with .yaml or .yml nor with .json; pass { format: "yaml" } or { format: "json" }';
  throw new ConfigurationError("missing_option", `${owner}.format`, advice);
}

/** Parses the bytes of a file, which must be UTF-8. */
export async function parseBytes(
  bytes: Uint8Array,
  path: string,
  options: Omit<LoadPolicyOptions, "onWarnings"> & { readonly format: PolicyFormat },
): Promise<Policy> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fileError(path, "the file is not UTF-8; save it in that encoding");
  }
  return parseText(text, { ...options, file: path });
}

/**
 * Reads a file whole.
 *
 * @throws PolicyError where it cannot be read, is no file, or is too long.
 */
export async function readPolicyBytes(path: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw fileError(path, "this is no file");
    if (stats.size > maximumLength) throw fileError(path, tooLong);
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof PolicyError) throw thrown;
    const { code } = thrown as NodeJS.ErrnoException;
    throw fileError(path, code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code})`);
  }
}

function fileError(path: string, fault: string): PolicyError {
  return new PolicyError("policy", [Object.freeze({ where: path, fault })]);
}
