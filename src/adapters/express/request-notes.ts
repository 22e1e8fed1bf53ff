import type { IncomingMessage } from "node:http";
import type { Authorizer } from "../../authorizer.ts";
import { createNotes } from "../../notes.ts";
import type { Principal } from "../../principal.ts";
import type { AuthRequest } from "../../request.ts";

/** What a parser ahead of the gate kept: the bytes as received, or the fact that it only had them decompressed. */
export type KeptBody = { readonly bytes: Uint8Array } | { readonly inflated: true };

/** What is known of one native request, by whichever gate or parser it has met. */
export interface RequestNotes {
  /** The request that they are on. */
  readonly req: IncomingMessage;
  /** The request as it is judged, made at the first gate. */
  request: AuthRequest | undefined;
  /** The key of the proxies that the first gate trusts. */
  proxies: string | undefined;
  keptBody: KeptBody | undefined;
  /** The body, from when a gate began to read it. */
  body: Promise<Uint8Array> | undefined;
  /** Whom the latest gate allowed. */
  principal: Principal | undefined;
  /** By which authorizer it did. */
  allowedBy: Authorizer | undefined;
}

// On the list of raw headers, which every request has of its own. Express changes the prototype of each request, and V8 then
// takes several microseconds to put a field on it.
const notes = createNotes<readonly string[], RequestNotes>();

/** The notes that there are on a native request. */
export function knownNotes(req: IncomingMessage): RequestNotes | undefined {
  const known = notes.get(req.rawHeaders);
  // A copy of a request has the same list.
  return known?.req === req ? known : undefined;
}

/** The notes on a native request, made where there are none. */
export function notesOn(req: IncomingMessage): RequestNotes {
  const { rawHeaders } = req;
  const known = notes.get(rawHeaders);
  if (known?.req === req) return known;
  const made = {
    req,
    request: undefined,
    proxies: undefined,
    keptBody: undefined,
    body: undefined,
    principal: undefined,
    allowedBy: undefined,
  };
  notes.set(rawHeaders, made);
  return made;
}
