import type { EnrollmentMode } from "../binding.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import { enrollmentPath } from "../enrollment-message.ts";
import { parseTarget } from "../target.ts";
import type { UserPool } from "../tokens/user-pool.ts";
import {
  type CallerProofOptions,
  type CallerProofSettings,
  callerProofOptionNames,
  readCallerProofOptions,
} from "./caller-proof-options.ts";

/** What {@link enrollment} takes; `limits` are 60 proofs a minute from a source and 600 of an account by default. */
export interface EnrollmentOptions extends CallerProofOptions {
  /**
   * What callers may choose from: `virtual`, where they sign with a secret of their own making that is worth nothing
   * elsewhere, and `derived`, where they go on signing with their AWS credentials. `["virtual"]` by default.
   */
  readonly modes?: readonly EnrollmentMode[];
  /** The longest life of a session, in minutes from the time of the proof; 15 by default, 1 to 60. */
  readonly maxSessionMinutes?: number;
  /**
   * The user pool whose ID tokens may be enrolled along, for the user and his groups: `userPool({ ..., tokenUse: "id" })`.
   * Off by default, since nothing links a token to the AWS credentials: whoever has stolen an ID token and holds credentials
   * of an accepted role of his own passes for its user.
   */
  readonly idToken?: UserPool<"id">;
  /** The path that it answers at; `/.well-known/poolgate/enroll` by default. */
  readonly path?: string;
}

/** {@link EnrollmentOptions}, checked. */
export interface EnrollmentSettings extends CallerProofSettings {
  readonly modes: readonly EnrollmentMode[];
  /** Milliseconds. */
  readonly maxLength: number;
  readonly userPool: UserPool | undefined;
  readonly path: string;
}

const optionNames = [...callerProofOptionNames, "modes", "maxSessionMinutes", "idToken", "path"];
const knownModes: readonly unknown[] = ["virtual", "derived"] satisfies readonly EnrollmentMode[];

/**
 * Checks the options of an enrollment.
 *
 * @throws ConfigurationError
 */
export function readEnrollmentOptions(options: EnrollmentOptions): EnrollmentSettings {
  refuseUnknownOptions("enrollment", options, optionNames);
  const { modes = ["virtual"], maxSessionMinutes = 15, idToken, path = enrollmentPath } = options;
  const settings = readCallerProofOptions("enrollment", options, { perSourcePerMinute: 60, perAccountPerMinute: 600 });
  requireModes(modes);
  // A key that is derived for the name of an AWS service signs requests to AWS, whatever the operator allows elsewhere.
  if (modes.includes("derived") && !settings.sessions.service.includes(".")) {
    throw invalid("modes", "derived needs sessions whose service has a dot, as a host name does");
  }
  if (idToken !== undefined) requireUserPool(idToken);
  return {
    ...settings,
    modes,
    maxLength: requireInteger("enrollment.maxSessionMinutes", maxSessionMinutes, 1, 60) * 60_000,
    userPool: idToken,
    path: readPath(path),
  };
}

function requireModes(modes: unknown): void {
  if (Array.isArray(modes) && modes.length > 0 && modes.every((mode) => knownModes.includes(mode))) return;
  throw invalid("modes", 'write ["virtual"], ["derived"] or ["virtual", "derived"]');
}

function requireUserPool(userPool: unknown): void {
  const { verify, tokenUse } = Object(userPool) as Readonly<Record<string, unknown>>;
  if (typeof verify !== "function" || tokenUse !== "id") {
    throw invalid("idToken", 'write userPool({ ..., tokenUse: "id" })');
  }
}

function readPath(path: unknown): string {
  try {
    if (typeof path === "string" && parseTarget(path).query === undefined) return path;
  } catch {
    // Told below, with what to write.
  }
  throw invalid("path", `must be a path such as ${enrollmentPath}`);
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `enrollment.${option}`, message);
}
