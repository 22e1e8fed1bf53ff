import { hash, randomBytes } from "node:crypto";
import { jsonAnswer, problemAnswer } from "../answer.ts";
import { type EnrollmentMode, enrollmentLines } from "../binding.ts";
import { presentedCredential } from "../credentials.ts";
import type { Endpoint } from "../endpoint.ts";
import type { EnrollmentAnswer } from "../enrollment-message.ts";
import { AuthError, toAuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { formatSigningTime } from "../sigv4/signing-time.ts";
import { targetOf } from "../target.ts";
import { base32Alphabet } from "./account-of-access-key.ts";
import { type AdmittedProof, createCallerProofs, type ProvenCaller } from "./caller-proof.ts";
import { enrolledPrincipal } from "./enrolled-principal.ts";
import { type EnrollmentKey, invalidRequest, readEnrollmentKey, readEnrollmentMessage } from "./enrollment-fields.ts";
import { type EnrollmentOptions, readEnrollmentOptions } from "./enrollment-options.ts";
import { refuseRevoked } from "./refuse-revoked.ts";
import { sourceOf } from "./source-of.ts";
import { type TokenHolder, verifyTokenHolder } from "./token-holder.ts";

/** An enrollment whose caller is proven. */
interface Enrolling {
  readonly mode: EnrollmentMode;
  readonly proof: AdmittedProof;
  readonly key: EnrollmentKey;
  readonly holder: TokenHolder | undefined;
  readonly caller: ProvenCaller;
}

const methods: readonly string[] = Object.freeze(["POST"]);
const bodyLimit = 8_192;
const jsonType = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;
const dayLength = 86_400_000;

/**
 * Enrolls callers who hold AWS credentials of an accepted role, such as those of an identity pool, and opens the sessions by
 * which `signedRequest` verifies what they sign. `docs/enrollment.md` specifies the protocol.
 *
 * A caller signs an `sts:GetCallerIdentity` that commits to this gate and to a key, and never sends it; the gate builds the
 * request again, asks STS once, and knows the role. Give the same `roles` to `signedRequest`, which judges at each request.
 *
 * A session lives from the time of its proof for `maxSessionMinutes` at most. Of one caller's credentials the last session
 * is live.
 *
 * @throws ConfigurationError where an option is missing or faulty, or where the groups of two pools could be mixed up.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { createSessions, enrollment, type RoleMap } from "poolgate";
 * import { endpoints } from "poolgate/express";
 *
 * const app = express();
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * const roles: RoleMap = { "123456789012/Editor": { groups: ["editors"] } };
 * app.use(endpoints(enrollment({ sessions, roles, regions: ["eu-west-1"] })));
 * ```
 */
export function enrollment(options: EnrollmentOptions): Endpoint {
  const settings = readEnrollmentOptions(options);
  const { sessions, modes, maxLength, userPool, path } = settings;
  const { audience, service, region, clock } = sessions;
  if (userPool !== undefined) sessions.trust(userPool.trusted, "enrollment.idToken");
  const proofs = createCallerProofs(settings);

  async function enroll(request: AuthRequest): Promise<EnrollmentAnswer> {
    const message = readEnrollmentMessage(await readBody(request));
    const { mode, idToken } = message;
    if (!modes.includes(mode)) throw invalidRequest("the mode is not offered");
    if (idToken !== undefined && userPool === undefined) throw invalidRequest("no ID token is taken along");
    const proof = proofs.admit(message.proof);
    const key = readEnrollmentKey(mode, message.key);
    const source = sourceOf(request.remoteAddress);
    proofs.charge(source);
    const lines = enrollmentLines({
      ...{ audience, mode, service, keyHash: key.keyHash },
      ...{ accessKeyId: proof.accessKeyId, region: proof.region, nonce: proof.nonce },
      expires: proof.expires / 1_000,
      ...(idToken !== undefined && { idTokenHash: hash("sha256", idToken, "hex") }),
    });
    const holder = await readHolder(idToken);
    const caller = await proofs.prove(proof, { lines, source });
    return open({ mode, proof, key, holder, caller });
  }

  async function readHolder(idToken: string | undefined): Promise<TokenHolder | undefined> {
    if (idToken === undefined || userPool === undefined) return undefined;
    const holder = await verifyTokenHolder(idToken, userPool);
    await refuseRevoked(sessions, { holder });
    return holder;
  }

  async function open({ mode, proof, key, holder, caller }: Enrolling): Promise<EnrollmentAnswer> {
    const ends = [proof.signedAt + maxLength, proof.expires, holder?.principal.expiresAt?.getTime() ?? proof.expires];
    const notAfter = new Date(Math.min(...ends));
    const now = clock();
    if (notAfter.getTime() <= now) throw new AuthError("proof_expired");
    const accessKeyId = mode === "virtual" ? newAccessKeyId() : proof.accessKeyId;
    await sessions.open({
      ...{ accessKeyId, mode, notAfter, enrolledBy: proof.accessKeyId },
      principal: enrolledPrincipal(caller, holder, notAfter),
      ...(holder !== undefined && { token: holder.facts }),
      ...("secretAccessKey" in key
        ? { secretAccessKey: key.secretAccessKey }
        : { signingKeys: keysByDay(key.days, proof.signedAt), sessionToken: proof.sessionToken }),
    });
    return {
      ...{ accessKeyId, region, service },
      notAfter: notAfter.toISOString(),
      serverTime: new Date(now).toISOString(),
    };
  }

  return Object.freeze<Endpoint>({
    methods,
    path,
    async handle(request) {
      try {
        if (!methods.includes(request.method)) throw new AuthError("method_not_allowed");
        return jsonAnswer(200, await enroll(request));
      } catch (thrown) {
        return problemAnswer(toAuthError(thrown).challengedBy("Poolgate-Enroll"), methods);
      }
    },
  });
}

async function readBody(request: AuthRequest): Promise<Uint8Array> {
  const type = request.headers.get("content-type");
  if (type === undefined || !jsonType.test(type)) throw new AuthError("unsupported_media_type");
  // The proof is the one credential here; what else there is would be passed over in silence.
  if (presentedCredential(request, targetOf(request)) !== undefined) {
    throw new AuthError("ambiguous_credentials");
  }
  const body = await request.body?.(bodyLimit);
  if (body === undefined) throw invalidRequest("the body is missing");
  return body;
}

/** An id that is none of AWS's, of 128 random bits. */
function newAccessKeyId(): string {
  let bits = BigInt(`0x${randomBytes(16).toString("hex")}`);
  let text = "";
  for (let count = 0; count < 26; count += 1) {
    text = base32Alphabet.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return `PGID${text}`;
}

/** The keys of the day of the proof and of the next, by day. */
function keysByDay(days: readonly [Uint8Array, Uint8Array], signedAt: number): Record<string, Uint8Array> {
  const dayOf = (time: number) => formatSigningTime(new Date(time)).slice(0, 8);
  return { [dayOf(signedAt)]: days[0], [dayOf(signedAt + dayLength)]: days[1] };
}
