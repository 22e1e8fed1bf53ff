import type { Policy } from "../../../../src/policy/define-policy.ts";
import type { Verifier } from "../../../../src/verifier.ts";
import { byTenant } from "./kept-gate.ts";

/** A policy that others take the place of while the process runs, as that of a file that is watched. */
export interface ExchangedPolicy {
  readonly policy: Policy;
  /** Puts another in its place. */
  exchange(next: Policy): void;
  /** Takes `Bearer <tenant>` as {@link byTenant} does, and puts another policy in place while it looks at this token. */
  exchangingBy(token: string, next: Policy): Verifier;
}

/** @param first the policy that is live until another is put in its place. */
export function exchangedPolicy(first: Policy): ExchangedPolicy {
  let current = first;
  const policy: Policy = {
    ...first,
    get current() {
      return current;
    },
  };
  return {
    policy,
    exchange(next) {
      current = next;
    },
    exchangingBy: (token, next) => ({
      ...byTenant,
      verify(request) {
        if (request.headers.get("authorization") === token) current = next;
        return byTenant.verify(request);
      },
    }),
  };
}
