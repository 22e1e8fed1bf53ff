import type { IncomingMessage } from "node:http";
import { createNotes } from "../../notes.ts";
import type { Principal } from "../../principal.ts";
import type { AuthRequest } from "../../request.ts";

/** What a parser ahead of the gate kept: the bytes as received, or the fact that it only had them decompressed. */
export type KeptBody = { readonly bytes: Uint8Array } | { readonly inflated: true };

/** What is known of one native request, by whichever gate or parser it has met. */
export interface RequestNotes {
  /** The request as it is judged, made at the first gate. */
  request: AuthRequest | undefined;
  /** The key of the proxies that the first gate trusts. */
  proxies: string | undefined;
  keptBody: KeptBody | undefined;
  /** The body, from when a gate began to read it. */
  body: Promise<Uint8Array> | undefined;
  /** Whom the latest gate allowed. */
  principal: Principal | undefined;
}

const notes = createNotes<IncomingMessage, RequestNotes>();

/** The notes on a native request. */
export function notesOn(req: IncomingMessage): RequestNotes {
  let known = notes.get(req);
  if (known === undefined) {
    known = { request: undefined, proxies: undefined, keptBody: undefined, body: undefined, principal: undefined };
    notes.set(req, known);
  }
  return known;
}
