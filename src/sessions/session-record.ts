import { isDeepStrictEqual } from "node:util";
import { accessKeyIdForm } from "../access-key-id.ts";
import { ConfigurationError } from "../configuration.ts";
import { createPrincipal, type Principal } from "../principal.ts";
import { readPrincipal, writePrincipal } from "./principal-record.ts";
import {
  fault,
  RecordFault,
  readDigest,
  readFields,
  readInteger,
  readOneOf,
  readPairs,
  readText,
} from "./record-fields.ts";
import type { SessionMode, SessionToken } from "./session.ts";

/** A session as it stands in a store. It holds derived signing keys, never a secret access key or a session token. */
export interface SessionRecord {
  readonly accessKeyId: string;
  readonly mode: SessionMode;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  /** The 32 bytes of the signing key by day (`YYYYMMDD`). */
  readonly signingKeys: ReadonlyMap<string, Uint8Array>;
  /** SHA-256 of the session token. */
  readonly tokenHash?: Uint8Array;
  readonly token?: SessionToken;
  /** The access key id of the credentials of AWS that it was enrolled with. */
  readonly enrolledBy?: string;
  readonly principal: Principal;
}

const dayForm = /^\d{8}$/;
const version = 1;
const modes: readonly SessionMode[] = ["opened", "broker", "virtual", "derived"];
const required = ["v", "accessKeyId", "mode", "openedAt", "notAfter", "keys", "principal"];
const optional = ["tokenHash", "token", "enrolledBy"];
/** The most bytes of one record; a principal is far from it unless somebody puts documents into its claims. */
const maxBytes = 65_536;

/**
 * Encodes a record as the UTF-8 bytes of JSON.
 *
 * What would not come back as it went in is refused here, and not found missing when a request is judged.
 *
 * @throws ConfigurationError for a record whose principal or token is not what its type says.
 */
export function encodeRecord(record: SessionRecord): Uint8Array {
  let bytes: Uint8Array;
  try {
    const principal = createPrincipal(record.principal);
    bytes = new TextEncoder().encode(
      JSON.stringify({
        v: version,
        accessKeyId: record.accessKeyId,
        mode: record.mode,
        openedAt: record.openedAt,
        notAfter: record.notAfter,
        keys: [...record.signingKeys].map(([day, key]) => [day, base64url(key)]),
        tokenHash: record.tokenHash && base64url(record.tokenHash),
        token: record.token,
        enrolledBy: record.enrolledBy,
        principal: writePrincipal(principal),
      }),
    );
    if (!isDeepStrictEqual(decodeRecord(bytes, record.accessKeyId), { ...record, principal })) {
      throw fault("session", "made of the members and the kinds of value that Principal and SessionToken name");
    }
  } catch (thrown) {
    const message = thrown instanceof RecordFault ? thrown.message : "principal must be a Principal of JSON values";
    throw new ConfigurationError("invalid_option", "sessions.open", message);
  }
  return bytes;
}

/**
 * Decodes a record, and refuses each that this version did not write for this access key id.
 *
 * @throws RecordFault
 */
export function decodeRecord(bytes: Uint8Array, accessKeyId: string): SessionRecord {
  if (bytes.length > maxBytes) throw fault("session", `at most ${maxBytes} bytes`);
  const fields = readFields("session", parse(bytes), required, optional);
  if (fields.v !== version) throw fault("session.v", String(version));
  if (fields.accessKeyId !== accessKeyId) throw fault("session.accessKeyId", "the one that it was looked up by");
  const { tokenHash, token, enrolledBy } = fields;
  return Object.freeze({
    accessKeyId,
    mode: readOneOf("session.mode", fields.mode, modes),
    openedAt: readInteger("session.openedAt", fields.openedAt),
    notAfter: readInteger("session.notAfter", fields.notAfter),
    signingKeys: readPairs("session.keys", fields.keys, readDay, readDigest),
    ...(tokenHash !== undefined && { tokenHash: readDigest("session.tokenHash", tokenHash) }),
    ...(token !== undefined && { token: readToken(token) }),
    ...(enrolledBy !== undefined && { enrolledBy: readAccessKeyId(enrolledBy) }),
    principal: readPrincipal(fields.principal),
  });
}

/** Parses JSON that nobody but this module wrote: a store that others can write to holds it sealed. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw fault("session", "JSON");
  }
}

function readToken(value: unknown): SessionToken {
  const { sub, iat, originJti, jti } = readFields("token", value, ["sub", "iat"], ["originJti", "jti"]);
  return Object.freeze({
    sub: readText("token.sub", sub),
    iat: readInteger("token.iat", iat),
    ...(originJti !== undefined && { originJti: readText("token.originJti", originJti) }),
    ...(jti !== undefined && { jti: readText("token.jti", jti) }),
  });
}

function readAccessKeyId(value: unknown): string {
  const id = readText("session.enrolledBy", value);
  if (!accessKeyIdForm.test(id)) throw fault("session.enrolledBy", "an access key id");
  return id;
}

function readDay(path: string, value: unknown): string {
  const day = readText(path, value);
  if (!dayForm.test(day)) throw fault(path, "a list by day (YYYYMMDD)");
  return day;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}
