import type { IncomingMessage } from "node:http";
import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError } from "../../configuration.ts";
import type { Principal } from "../../principal.ts";
import { knownNotes } from "./request-notes.ts";

/**
 * The caller of a request that the last gate on its way has allowed.
 *
 * A caller without a credential, on a route for anyone, is the principal of kind `anonymous`. With the authorizer of that gate
 * as the second argument, the caller and his claims have the types that its verifiers give; another authorizer is refused.
 *
 * @throws ConfigurationError where no gate has allowed the request, since a handler that asks who is calling must stand behind
 * one, or where the last gate that did is another authorizer's.
 *
 * @example
 * ```ts
 * import { principalOf } from "poolgate/express";
 *
 * app.get("/me", (req, res) => {
 *   const caller = principalOf(req, authorizer);
 *   res.json({ id: caller.id, verifiedBy: caller.verifiedBy });
 * });
 * ```
 */
export function principalOf(req: IncomingMessage): Principal;
export function principalOf<P extends Principal>(req: IncomingMessage, authorizer: Authorizer<P>): P;
export function principalOf(req: IncomingMessage, ...asked: readonly Authorizer[]): Principal {
  const { principal, allowedBy } = knownNotes(req) ?? {};
  if (principal === undefined) {
    throw new ConfigurationError(
      "missing_option",
      "principalOf",
      "no gate has allowed this request; mount authorize(...) or guard(...) ahead of the handler",
    );
  }
  // By their number: an authorizer that is undefined, as in a cycle of imports, must not pass for none.
  if (asked.length > 0 && asked[0] !== allowedBy) {
    throw new ConfigurationError(
      "invalid_option",
      "principalOf.authorizer",
      "another authorizer has allowed this request; pass the one of the last gate ahead of the handler",
    );
  }
  return principal;
}
