import { refuseUnknownOptions, requireInteger } from "../configuration.ts";
import {
  type CallerProofOptions,
  type CallerProofSettings,
  callerProofOptionNames,
  readCallerProofOptions,
} from "../sessions/caller-proof-options.ts";

/** What {@link stsProof} takes; `limits` are 600 proofs a minute from a source and 6,000 of an account by default. */
export interface StsProofOptions extends CallerProofOptions {
  /** The largest body in bytes; a larger one is `body_too_large`. 1 MiB by default. */
  readonly bodyLimitBytes?: number;
  /**
   * The most bodies that are read at one time, 256 by default; one source address may take a quarter of them. A further one is
   * `overloaded`.
   */
  readonly bodyReaders?: number;
}

/** {@link StsProofOptions}, checked. */
export interface StsProofSettings extends CallerProofSettings {
  readonly bodyLimitBytes: number;
  readonly bodyReaders: number;
}

const optionNames = [...callerProofOptionNames, "bodyLimitBytes", "bodyReaders"];
const mebibyte = 1024 * 1024;

/**
 * Checks the options of `stsProof` once, when it is constructed.
 *
 * @throws ConfigurationError
 */
export function readStsProofOptions(options: StsProofOptions): StsProofSettings {
  refuseUnknownOptions("stsProof", options, optionNames);
  const { bodyLimitBytes = mebibyte, bodyReaders = 256 } = options;
  return {
    ...readCallerProofOptions("stsProof", options, { perSourcePerMinute: 600, perAccountPerMinute: 6_000 }),
    bodyLimitBytes: requireInteger("stsProof.bodyLimitBytes", bodyLimitBytes, 0, 1024 * mebibyte),
    bodyReaders: requireInteger("stsProof.bodyReaders", bodyReaders, 1, 1_000_000),
  };
}
