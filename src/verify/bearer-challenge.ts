import { ConfigurationError } from "../configuration.ts";

/** What stands in every challenge of `bearer`. */
export interface BearerChallengeOptions {
  /** The realm in the challenge, `poolgate` by default: visible ASCII and spaces, without `"` and `\`. */
  readonly realm?: string;
  /**
   * The https URL of the document that says whose tokens are taken, such as the `url` of `protectedResource`. Every challenge
   * names it then, so that clients find it (RFC 9728 Section 5.1).
   */
  readonly resourceMetadata?: string;
}

// RFC 9110 Section 5.6.4: what a quoted-string holds without escapes.
const quotedText = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Spells the challenge to which errors add their parameters (RFC 6750 Section 3).
 *
 * @throws ConfigurationError where a text could not stand between quotes.
 */
export function bearerChallenge({ realm = "poolgate", resourceMetadata }: BearerChallengeOptions): string {
  if (typeof realm !== "string" || !quotedText.test(realm)) {
    throw invalid("realm", 'must be visible ASCII and spaces, without " and \\');
  }
  if (resourceMetadata === undefined) return `Bearer realm="${realm}"`;
  if (!isMetadataUrl(resourceMetadata)) {
    throw invalid(
      "resourceMetadata",
      "must be an https URL without user name and fragment, such as the url of protectedResource({ ... })",
    );
  }
  return `Bearer realm="${realm}", resource_metadata="${resourceMetadata}"`;
}

function isMetadataUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { href, protocol, hash, username, password } = new URL(value);
  // Every stranger gets to read it.
  if (username !== "" || password !== "" || hash !== "") return false;
  return protocol === "https:" && href === value && quotedText.test(value);
}

function invalid(name: keyof BearerChallengeOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `bearer.${name}`, message);
}
