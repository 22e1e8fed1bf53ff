import type { IncomingMessage } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AuthError } from "../../errors.ts";
import type { RequestHeaders } from "../../request.ts";
import type { KeptBody, RequestNotes } from "./request-notes.ts";

const empty: Uint8Array = new Uint8Array(0);

/**
 * The raw bytes of a body, which stays readable for whoever comes next: express.json(), req.pipe(), for-await.
 *
 * A request is read once however many gates ask. Reading holds at most twice the limit and one chunk.
 *
 * @param notes those on the request.
 * @param headers those of the request; Node would make its own first.
 * @returns a promise that is rejected with an AuthError: `body_too_large`, `body_timeout`, `body_incomplete`,
 * `payload_not_signed` where a parser ahead of the gate decompressed the body, or `configuration_error` where something else
 * has read the body and kept no raw bytes.
 */
export function readBody(
  notes: RequestNotes,
  headers: RequestHeaders,
  limit: number,
  timeoutSeconds: number,
): Promise<Uint8Array> {
  // An async function would put a promise of its own around that of the body, at a cost in every request.
  try {
    if (notes.keptBody !== undefined) return Promise.resolve(within(limit, keptBytes(notes.keptBody)));
    const announced = Number(headers.all("content-length")[0] ?? 0);
    const inChunks = headers.all("transfer-encoding").length > 0;
    if (announced === 0 && !inChunks) return readUnannounced(notes, limit, timeoutSeconds);
    // Checked at each call and before anything is read: another limit may let the same body pass.
    if (announced > limit) throw tooLarge();
    return readOnce(notes, limit, timeoutSeconds, inChunks ? undefined : announced);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

/**
 * RFC 9112 Section 6.3: a request that announces no body has none. Whether there is one only the stream tells: Node hides
 * headers beyond a maximum, and delivers the body that they announce.
 */
async function readUnannounced(notes: RequestNotes, limit: number, timeoutSeconds: number): Promise<Uint8Array> {
  const { req } = notes;
  // By the next turn of the event loop a request without a body is complete.
  if (!req.complete) await nextTurn();
  if (req.complete && req.readableLength === 0 && !req.readableDidRead) return empty;
  return readOnce(notes, limit, timeoutSeconds);
}

function readOnce(notes: RequestNotes, limit: number, timeoutSeconds: number, announced?: number): Promise<Uint8Array> {
  // An earlier call may have had a higher limit.
  if (notes.body !== undefined) return notes.body.then((bytes) => within(limit, bytes));
  notes.body = readWhole(notes.req, limit, timeoutSeconds, announced);
  return notes.body;
}

function keptBytes(kept: KeptBody): Uint8Array {
  if ("bytes" in kept) return kept.bytes;
  // The choice of a caller, not of the operator: with the same set-up a body that is not compressed can be checked.
  throw new AuthError("payload_not_signed", {
    reason: "the body was decompressed ahead of the gate; send it as it is",
  });
}

function within(limit: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length > limit) throw tooLarge();
  return bytes;
}

function tooLarge(): AuthError {
  return new AuthError("body_too_large");
}

function requireUnread(req: IncomingMessage): void {
  const isRead = req.readableDidRead || req.readableEnded || req.readableFlowing === true;
  if (isRead || req.listenerCount("data") > 0 || req.listenerCount("readable") > 0) {
    throw misread(
      "something ahead of the gate reads the body; give a parser verify: keepRawBody, or mount it behind the gate",
    );
  }
  if (req.readableEncoding !== null) {
    throw misread("something ahead of the gate set an encoding on the request; mount it behind the gate");
  }
}

function misread(reason: string): AuthError {
  return new AuthError("configuration_error", { reason });
}

async function readWhole(
  req: IncomingMessage,
  limit: number,
  timeoutSeconds: number,
  announced: number | undefined,
): Promise<Uint8Array> {
  // A body that came in one piece with its headers is there by now, although the parser has not yet said that it is complete.
  await undefined;
  if (announced !== undefined && isWhole(req, announced)) return takeWhole(req, announced);
  requireUnread(req);
  return readLater(req, limit, timeoutSeconds);
}

/**
 * Whether all of a body waits to be read, and nobody has begun to, in as few looks as can tell: once Express has put its
 * properties on a request, V8 knows no other that is like it, and looks each property up the long way.
 */
function isWhole(req: IncomingMessage, announced: number): boolean {
  return req.readableLength === announced && req.readableFlowing === null && req.readableEncoding === null;
}

function readLater(req: IncomingMessage, limit: number, timeoutSeconds: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // By the next turn of the event loop the parser is through with what has arrived. A body that is complete by then needs
    // no listener and no timer, and an empty one must not get a listener: listening to "readable" would emit its "end".
    setImmediate(() => {
      if (req.destroyed) {
        reject(new AuthError("body_incomplete"));
      } else if (!req.complete) {
        collect(req, limit, timeoutSeconds, resolve, reject);
      } else {
        const length = req.readableLength;
        if (length > limit) reject(tooLarge());
        else resolve(takeWhole(req, length));
      }
    });
  });
}

/** Reads a body that has arrived off the stream, and puts it back. */
function takeWhole(req: IncomingMessage, length: number): Uint8Array {
  // Reading an empty buffer that has ended would emit "end".
  if (length === 0) return empty;
  const whole: Uint8Array = req.read(length);
  // In the tick of the read: "end" waits for the next one, and is not emitted while there are bytes to read.
  req.unshift(whole);
  return whole;
}

/** Reads a body off the stream as it arrives, and puts it back when it is complete. */
function collect(
  req: IncomingMessage,
  limit: number,
  timeoutSeconds: number,
  resolve: (whole: Uint8Array) => void,
  reject: (error: AuthError) => void,
): void {
  const chunks: Uint8Array[] = [];
  let length = 0;

  function take(): void {
    // Reading an empty buffer that has ended would emit "end", so look before.
    while (req.readableLength > 0) {
      const chunk: Uint8Array = req.read();
      length += chunk.length;
      if (length > limit) {
        fail(tooLarge());
        return;
      }
      chunks.push(chunk);
    }
    if (req.complete) finish();
  }

  function finish(): void {
    stop();
    const [first = empty] = chunks;
    const whole = chunks.length > 1 ? Buffer.concat(chunks, length) : first;
    // In the tick of the last read, as above.
    if (length > 0) req.unshift(whole);
    resolve(whole);
  }

  function fail(error: AuthError): void {
    stop();
    reject(error);
  }

  function onClose(): void {
    fail(new AuthError("body_incomplete"));
  }

  function stop(): void {
    clearTimeout(timer);
    req.off("readable", take);
    req.off("close", onClose);
  }

  const timer = setTimeout(() => fail(new AuthError("body_timeout")), timeoutSeconds * 1000);
  req.on("readable", take);
  req.on("close", onClose);
}
