import { ConfigurationError } from "./configuration.ts";
import type { TrustedIssuer, Verifier } from "./verifier.ts";

/**
 * Refuses a set of issuers in which the groups, scopes or tags of one could be taken for those of another.
 *
 * One issuer alone needs to say nothing. Of several, each must say how its names are to be read beside the others'.
 *
 * @throws ConfigurationError
 */
export function requireIssuersApart(option: string, issuers: Iterable<TrustedIssuer>): void {
  const distinct = new Set<string>();
  const silent = new Set<string>();
  for (const { issuer, declared } of issuers) {
    distinct.add(issuer);
    if (!declared) silent.add(issuer);
  }
  if (distinct.size < 2 || silent.size === 0) return;
  throw new ConfigurationError(
    "missing_option",
    option,
    `with several issuers each must say how its groups, scopes and tags are named: write groups, scopes and tags as "as-is", ` +
      `{ prefix } or { map } for ${[...silent].join(", ")}`,
  );
}

/** Looks at the issuers of all verifiers together, see {@link requireIssuersApart}. It is cheap: every verification asks. */
export function requirePoolsApart(verifiers: readonly Verifier[]): void {
  let count = 0;
  for (const { issuers } of verifiers) count += issuers?.length ?? 0;
  if (count < 2) return;
  requireIssuersApart(
    "createAuthorizer.verifiers",
    verifiers.flatMap(({ issuers }) => issuers ?? []),
  );
}
