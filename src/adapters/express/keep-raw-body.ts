import type { IncomingMessage } from "node:http";
import { type KeptBody, knownNotes, notesOn } from "./request-notes.ts";

/**
 * Keeps the raw bytes of a body that is parsed ahead of the gate, so that a signature over them can be checked.
 *
 * Parsers behind the gate do not need it. A compressed body cannot be kept: parsers hand over the bytes decompressed, and
 * those are not what was signed; such a request is refused with `payload_not_signed` where its body is needed.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { authorize, keepRawBody } from "poolgate/express";
 *
 * app.use(express.json({ verify: keepRawBody }));
 * app.use(authorize(authorizer));
 * ```
 */
export function keepRawBody(req: IncomingMessage, _res: unknown, bytes: Uint8Array): void {
  const encoding = req.headers["content-encoding"] || "identity";
  notesOn(req).keptBody = encoding.toLowerCase() === "identity" ? { bytes } : { inflated: true };
}

/** What {@link keepRawBody} has kept of a request; undefined where it was not called. */
export function keptBody(req: IncomingMessage): KeptBody | undefined {
  return knownNotes(req)?.keptBody;
}
