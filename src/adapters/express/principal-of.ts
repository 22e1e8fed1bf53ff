import type { IncomingMessage } from "node:http";
import { ConfigurationError } from "../../configuration.ts";
import type { Principal } from "../../principal.ts";
import { knownNotes, notesOn } from "./request-notes.ts";

/**
 * The caller of a request that the last gate on its way has allowed.
 *
 * A caller without a credential, on a route for anyone, is the principal of kind `anonymous`.
 *
 * @throws ConfigurationError where no gate has allowed the request: a handler that asks who is calling must stand behind one.
 */
export function principalOf(req: IncomingMessage): Principal {
  const principal = knownNotes(req)?.principal;
  if (principal === undefined) {
    throw new ConfigurationError(
      "missing_option",
      "principalOf",
      "no gate has allowed this request; mount authorize(...) or guard(...) ahead of the handler",
    );
  }
  return principal;
}

/** Takes note of how the latest gate decided: who was allowed, or undefined. */
export function rememberPrincipal(req: IncomingMessage, principal: Principal | undefined): void {
  notesOn(req).principal = principal;
}
