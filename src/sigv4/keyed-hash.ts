import { hash, type KeyObject } from "node:crypto";

/** HMAC-SHA-256 of a text in UTF-8 under one key, in lower-case hex. */
export type KeyedHash = (text: string) => string;

// RFC 2104 Section 2, with the block of SHA-256.
const blockBytes = 64;
const innerPad = 0x36;
const outerPad = 0x5c;
const digestBytes = 32;
/** Room for a string to sign of the usual length; longer texts get room of their own. */
const usualBytes = 256;

const known = new WeakMap<KeyObject, KeyedHash>();

/**
 * HMAC-SHA-256 (RFC 2104) for a key that checks many texts, such as the signing key of a day: the key is worked into its two
 * blocks once. The `createHmac` of Node makes an object for each text, which takes twice the time of the hashing itself, and
 * leaves it to the garbage collector.
 *
 * The blocks stay in the closure, so that no log and no error can show them, and in memory of their own, which is never handed
 * out again as an uninitialized buffer.
 *
 * @param key a secret key of any length.
 */
export function keyedHash(key: KeyObject): KeyedHash {
  let made = known.get(key);
  if (made === undefined) {
    made = makeKeyedHash(key.export());
    known.set(key, made);
  }
  return made;
}

function makeKeyedHash(key: Uint8Array): KeyedHash {
  const short = key.length > blockBytes ? hash("sha256", key, "buffer") : key;
  const inner = Buffer.alloc(blockBytes + usualBytes);
  const outer = Buffer.alloc(blockBytes + digestBytes);
  for (let index = 0; index < blockBytes; index++) {
    const byte = short[index] ?? 0;
    inner[index] = byte ^ innerPad;
    outer[index] = byte ^ outerPad;
  }

  function innerHash(text: string): string {
    const length = blockBytes + Buffer.byteLength(text);
    let room = inner;
    if (length > inner.length) {
      // Buffer.concat would leave the block in the memory that buffers share.
      room = Buffer.alloc(length);
      inner.copy(room, 0, 0, blockBytes);
    }
    room.write(text, blockBytes);
    return hash("sha256", room.subarray(0, length), "binary");
  }

  return function hashWithKey(text) {
    outer.write(innerHash(text), blockBytes, "latin1");
    return hash("sha256", outer, "hex");
  };
}
