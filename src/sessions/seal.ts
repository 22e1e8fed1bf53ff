import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { types } from "node:util";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { fault } from "./record-fields.ts";

/** A key that records are encrypted with. */
export interface SealingKey {
  /** Names the key in the records: 1 to 32 lower-case letters, digits, dots, hyphens and underscores, such as `2026-01`. */
  readonly id: string;
  /** 32 random bytes, kept where secrets are kept. */
  readonly key: Uint8Array;
}

/** The operator's keys, under which records stand in a store that others can reach. */
export interface Sealing {
  /** Records are written with this one. */
  readonly current: SealingKey;
  /** Records of this one are read as well: while a new key is rolled out, and until the last record of an old one has ended. */
  readonly previous?: SealingKey;
}

/** Turns what a store holds into what only holders of the key can read and write, and back. */
export interface Seal {
  /** @param place the store key that the bytes will stand under; under any other they do not open. */
  seal(place: string, bytes: Uint8Array): Uint8Array;
  /** @throws RecordFault for all that was not sealed for this place with one of the keys. */
  unseal(place: string, sealed: Uint8Array): Uint8Array;
}

/** For stores whose entries never leave the process. */
export const noSeal: Seal = Object.freeze<Seal>({ seal: (_, bytes) => bytes, unseal: (_, sealed) => sealed });

interface KnownKey {
  readonly key: KeyObject;
  /** The first bytes of what is sealed with it: version, length of the key id, key id. */
  readonly header: Buffer;
  /** The same as text, of one character a byte. */
  readonly prefix: string;
}

const algorithm = "aes-256-gcm";
const version = 1;
// NIST SP 800-38D Section 8.2.2: random 96-bit nonces are good for 2^32 records of one key.
const nonceLength = 12;
const tagLength = 16;
/** More than the largest record, sealed. */
const maxSealed = 70_000;
const idForm = /^[a-z0-9._-]{1,32}$/;

/**
 * Makes the seal of records: AES-256-GCM under the operator's current key, a fresh random nonce for each, and as associated
 * data the version, the key id and the store key, which holds audience and access key id.
 *
 * @throws ConfigurationError where a key is not what {@link SealingKey} says; it never shows the key.
 */
export function createSeal(sealing: Sealing): Seal {
  refuseUnknownOptions("createSessions.sealing", sealing, ["current", "previous"]);
  const current = readKey("current", sealing.current);
  const known = [current];
  if (sealing.previous !== undefined) known.push(readKey("previous", sealing.previous));
  if (known[1]?.header.equals(current.header)) {
    throw new ConfigurationError("invalid_option", "createSessions.sealing.previous.id", "must differ from current.id");
  }
  return Object.freeze<Seal>({
    seal(place, bytes) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, current.key, nonce, { authTagLength: tagLength });
      cipher.setAAD(associatedData(current, place));
      // A counter mode gives out byte for byte; nothing is left for the end.
      const sealed = cipher.update(bytes);
      cipher.final();
      return Buffer.concat([current.header, nonce, sealed, cipher.getAuthTag()]);
    },
    unseal(place, sealed) {
      if (sealed.length > maxSealed) throw fault("record", `at most ${maxSealed} bytes`);
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const sealedBy = known.find(({ header }) => header.equals(bytes.subarray(0, header.length)));
      if (sealedBy === undefined) throw fault("record", "sealed with the current or the previous key");
      const nonceAt = sealedBy.header.length;
      const textAt = nonceAt + nonceLength;
      const tagAt = bytes.length - tagLength;
      if (tagAt < textAt) throw fault("record", "whole");
      const nonce = bytes.subarray(nonceAt, textAt);
      const decipher = createDecipheriv(algorithm, sealedBy.key, nonce, { authTagLength: tagLength });
      decipher.setAAD(associatedData(sealedBy, place));
      decipher.setAuthTag(bytes.subarray(tagAt));
      const opened = decipher.update(bytes.subarray(textAt, tagAt));
      try {
        decipher.final();
        return opened;
      } catch {
        throw fault("record", "as it was sealed, and where it was put");
      }
    },
  });
}

/** The header says by its length where the place begins, so no two pairs of them are spelled alike. */
function associatedData({ prefix }: KnownKey, place: string): Buffer {
  return Buffer.from(prefix + place, "utf8");
}

function readKey(name: "current" | "previous", given: unknown): KnownKey {
  const option = `createSessions.sealing.${name}`;
  refuseUnknownOptions(option, given, ["id", "key"]);
  const { id, key } = given as Partial<Record<"id" | "key", unknown>>;
  if (typeof id !== "string" || !idForm.test(id)) {
    throw new ConfigurationError("invalid_option", `${option}.id`, "must be a short name of the key, such as 2026-01");
  }
  // A key of equal bytes is one that nobody filled in.
  if (!types.isUint8Array(key) || key.length !== 32 || key.every((byte) => byte === key[0])) {
    throw new ConfigurationError(
      "invalid_option",
      `${option}.key`,
      'must be a Uint8Array of 32 random bytes, such as Buffer.from(text, "base64") of what openssl rand -base64 32 gave',
    );
  }
  const prefix = String.fromCharCode(version, id.length) + id;
  return { key: createSecretKey(key), header: Buffer.from(prefix, "latin1"), prefix };
}
