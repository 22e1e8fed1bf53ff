import type { Authorizer } from "../../../authorizer.ts";
import { ConfigurationError } from "../../../configuration.ts";
import { AuthError } from "../../../errors.ts";
import type { Policy } from "../../../policy/define-policy.ts";
import type { CacheName } from "./define-cache.ts";

/** The policy by which an authorizer judges now. */
export function livePolicy({ policy }: Authorizer): Policy {
  return (policy?.current ?? policy) as Policy;
}

/** The rules that look at more than who calls and what for: they make one answer wrong for the next request. */
export function varyingFaults(policy: Policy): readonly string[] {
  return policy.varying().map(({ route, on }) => `"${route}" depends on ${on.join(" and ")}`);
}

/**
 * Refuses a policy by which answers cannot be kept.
 *
 * @param advice what else can be written, where there is something.
 * @throws ConfigurationError
 */
export function refuseFaults(name: CacheName, faults: readonly string[], advice = ""): void {
  if (faults.length === 0) return;
  throw new ConfigurationError(
    "invalid_option",
    "lambdaAuthorizer.cache",
    `${name} cannot keep answers by this policy: ${faults.join("; ")}; write coarseCache({ ... }) and decide in the function behind, or "off"${advice}`,
  );
}

/**
 * Makes the check of the policy that is live: one that was exchanged while the process runs may have rules that the first one had
 * not.
 */
export function keepablePolicyCheck(isKeepable: (policy: Policy) => boolean): (policy: Policy) => void {
  const known = new WeakMap<Policy, boolean>();
  return function requireKeepable(policy) {
    const keepable = known.get(policy) ?? isKeepable(policy);
    known.set(policy, keepable);
    if (keepable) return;
    throw new AuthError("configuration_error", {
      reason: "the policy that is live now has rules by which no answer can be kept",
    });
  };
}
