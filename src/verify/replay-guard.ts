import { hash } from "node:crypto";
import { AuthError } from "../errors.ts";
import type { Sessions } from "../sessions/session.ts";

/**
 * Which signatures count once only: none, those of all methods but GET, HEAD, OPTIONS and TRACE, or all.
 *
 * The methods are the safe ones of RFC 9110 Section 9.2.1.
 */
export type ReplayProtection = "off" | "unsafe-methods" | "all";

/** A signature that has been verified. */
export interface VerifiedSignature {
  /** The method of the request, and those that its headers ask for. */
  readonly methods: readonly string[];
  readonly accessKeyId: string;
  /** The string to sign that has the signature. */
  readonly signedText: string;
  /** Milliseconds since 1970 from which on the signature is refused for its age. */
  readonly acceptedUntil: number;
}

/** Takes note of a verified signature, and refuses it where it had been used before. */
export type ReplayGuard = (signature: VerifiedSignature) => Promise<void>;

const safeMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/**
 * Makes the guard against signatures that are sent twice.
 *
 * What counts is the string to sign, with the audience and the access key id, which it does not name. A signature fits one
 * string to sign: two would be a collision of HMAC-SHA256, which not even the holder of the key can find. So whichever of its
 * forms a request verifies in, and however it is spelled on the way, what comes of one signature is marked under one name.
 *
 * The mark outlives the signature by the skew, as far as the clocks of two nodes may be apart.
 *
 * @returns a guard that throws AuthError `request_replayed`, or `store_unavailable` where the store cannot tell; undefined
 * where replays are not looked for.
 */
export function replayGuard(sessions: Sessions, protection: ReplayProtection): ReplayGuard | undefined {
  if (protection === "off") return undefined;
  const { audience } = sessions;
  const skew = sessions.skewSeconds * 1000;
  return async function refuseReplay({ methods, accessKeyId, signedText, acceptedUntil }) {
    if (protection === "unsafe-methods" && methods.every((method) => safeMethods.has(method))) return;
    // Neither of the first two can hold a line feed, and the last has a fixed number of lines.
    const digest = hash("sha256", `${audience}\n${accessKeyId}\n${signedText}`, "hex");
    if (!(await sessions.once("signature", digest, acceptedUntil + skew))) throw new AuthError("request_replayed");
  };
}
