import { requestLines } from "../binding.ts";
import { requestProofScheme } from "../enrollment-message.ts";
import { AuthError } from "../errors.ts";
import type { AuthRequest } from "../request.ts";
import { createCallerProofs } from "../sessions/caller-proof.ts";
import { sourceOf } from "../sessions/source-of.ts";
import { emptyPayloadHash, payloadHash } from "../sigv4/payload.ts";
import type { Verifier } from "../verifier.ts";
import { carriesProof, readProvenRequest } from "./proven-request.ts";
import { readStsProofOptions, type StsProofOptions } from "./sts-proof-options.ts";
import type { StsProofPrincipal } from "./sts-proof-principal.ts";

/** What a proof covers beside method, target and body; a rule that reads another header is refused. */
const signedHeaders: ReadonlySet<string> = new Set(["content-type"]);

/**
 * Verifies requests that carry their own proof of AWS credentials, for callers who come too seldom to enroll:
 * `Authorization: Poolgate-Request <base64url>`. `docs/enrollment.md` specifies the protocol.
 *
 * A proof is a signature over `sts:GetCallerIdentity` that commits to the audience of the sessions, method, target, content
 * type and body. It is good once, and STS is asked for each. The `Host` header is not covered: the audience stands for it.
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { createSessions, stsProof } from "poolgate";
 *
 * const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
 * const roles = { "123456789012/Nightly": { groups: ["reporters"] } } as const;
 * const verifier = stsProof({ sessions, roles, regions: ["eu-west-1"] });
 * ```
 */
export function stsProof(options: StsProofOptions): Verifier<StsProofPrincipal>;
export function stsProof(options: StsProofOptions): Verifier {
  const settings = readStsProofOptions(options);
  const { sessions, bodyLimitBytes, bodyReaders } = settings;
  const { audience } = sessions;
  const proofs = createCallerProofs(settings);
  const readersPerSource = Math.ceil(bodyReaders / 4);
  const readersOf = new Map<string, number>();
  let reading = 0;

  async function hashBody(request: AuthRequest, source: string): Promise<string> {
    if (request.body === undefined) return emptyPayloadHash;
    const own = readersOf.get(source) ?? 0;
    if (reading >= bodyReaders || own >= readersPerSource) throw new AuthError("overloaded");
    reading += 1;
    readersOf.set(source, own + 1);
    try {
      return payloadHash(await request.body(bodyLimitBytes));
    } finally {
      reading -= 1;
      const left = Number(readersOf.get(source)) - 1;
      if (left === 0) readersOf.delete(source);
      else readersOf.set(source, left);
    }
  }

  return {
    scheme: requestProofScheme,
    perRequest: true,
    detects: carriesProof,
    async verify(request) {
      const { proof, method, target, contentType } = readProvenRequest(request);
      const admitted = proofs.admit(proof);
      const source = sourceOf(request.remoteAddress);
      proofs.charge(source);
      const bodyHash = await hashBody(request, source);
      const { expires, nonce } = proof;
      const lines = requestLines({
        ...{ audience, method, target, contentType, bodyHash, nonce },
        expires: expires / 1_000,
      });
      const { judged } = await proofs.prove(admitted, { lines, source });
      return { principal: judged, signedHeaders };
    },
    ready: () => sessions.ready(),
    readiness: () => sessions.readiness(),
  };
}
