import { ConfigurationError } from "./configuration.ts";
import type { Verifier } from "./verifier.ts";

// RFC 9110 Section 5.6.2 of the scheme; the challenge goes into a header field as it stands.
const schemeName = /^[\w!#$%&'*+\-.^`|~]+$/;
const challengeText = /^[\x21-\x7e][\x20-\x7e]*$/;

/**
 * Checks the list of verifiers of an authorizer: at least one, each with a scheme and a challenge that can stand in a header,
 * and no scheme twice.
 *
 * @throws ConfigurationError
 */
export function requireVerifiers(verifiers: unknown): asserts verifiers is readonly Verifier[] {
  if (!Array.isArray(verifiers) || verifiers.length === 0) {
    throw new ConfigurationError(
      "missing_option",
      "createAuthorizer.verifiers",
      "list at least one, such as bearer({ ... })",
    );
  }
  const schemes = new Set<string>();
  for (const verifier of verifiers as readonly unknown[]) {
    if (!isVerifier(verifier)) {
      throw new ConfigurationError(
        "invalid_option",
        "createAuthorizer.verifiers",
        "each must be a Verifier, such as bearer({ ... })",
      );
    }
    const scheme = verifier.scheme.toLowerCase();
    if (schemes.has(scheme)) {
      throw new ConfigurationError(
        "invalid_option",
        "createAuthorizer.verifiers",
        `two verifiers claim the scheme ${scheme}; give one of them all issuers`,
      );
    }
    schemes.add(scheme);
  }
}

function isVerifier(value: unknown): value is Verifier {
  const { scheme, challenge, detects, verify } = (value ?? {}) as Partial<Verifier>;
  return (
    typeof scheme === "string" &&
    schemeName.test(scheme) &&
    challengeText.test(challenge ?? scheme) &&
    typeof detects === "function" &&
    typeof verify === "function"
  );
}
