import { readPolicyBytes } from "./load-policy.ts";
import type { PolicyError } from "./policy-error.ts";

/** What a look at a file has found. */
export type FileState = { readonly bytes: Uint8Array } | { readonly error: PolicyError };

/**
 * Looks at what a path leads to now. Bytes are compared and not times or inodes: so it does not matter whether the file was
 * written, replaced, or is reached by a symbolic link that has been turned, as Kubernetes does.
 */
export async function readFileState(path: string): Promise<FileState> {
  try {
    return { bytes: await readPolicyBytes(path) };
  } catch (thrown) {
    return { error: thrown as PolicyError };
  }
}

/** Whether two looks have found the same. */
export function isSameState(one: FileState, other: FileState): boolean {
  if ("error" in one || "error" in other) {
    return "error" in one && "error" in other && one.error.message === other.error.message;
  }
  return Buffer.compare(one.bytes, other.bytes) === 0;
}
