import { hash } from "node:crypto";
import { createLRU } from "lru.min";
import type { Role } from "../arn.ts";
import type { AwsConnection } from "../aws-call.ts";
import { AuthError } from "../errors.ts";
import { createPrincipal, type Principal } from "../principal.ts";
import { accountOfAccessKey } from "./account-of-access-key.ts";
import { askCallerIdentity } from "./ask-caller-identity.ts";
import type { CallerProofValues } from "./caller-proof-fields.ts";
import type { CallerProofSettings } from "./caller-proof-options.ts";
import { createProofLimits } from "./proof-limits.ts";

/** A proof that may be brought to STS, as far as it can be told without asking. */
export interface AdmittedProof extends CallerProofValues {
  /** The account that the access key id tells, unproven. */
  readonly account: string;
  readonly connection: AwsConnection;
}

/** What a proof is judged with. */
export interface ProofContext {
  /** The lines that the proof must commit to, made of what the gate knows. */
  readonly lines: string;
  /** The source that is charged, as `sourceOf` gives it. */
  readonly source: string;
}

/** A caller whose role STS told. */
export interface ProvenCaller {
  readonly role: Role;
  /** The role alone, without what the map of roles says of it. */
  readonly principal: Principal;
  /** What the map of roles takes him for. */
  readonly judged: Principal;
}

/** Checks proofs that are signatures over GetCallerIdentity. */
export interface CallerProofs {
  /**
   * Checks what a proof says of itself: region, account, time.
   *
   * @throws AuthError `invalid_credential_scope`, `role_not_allowed`, `clock_skew` or `proof_expired`.
   */
  admit(proof: CallerProofValues): AdmittedProof;
  /**
   * Charges the source of a proof, ahead of all that costs more than to read it.
   *
   * @throws AuthError `too_many_requests`
   */
  charge(source: string): void;
  /**
   * Proves a caller: his nonce is used up, and STS is asked once. What it says is good for this proof alone and is not kept.
   *
   * @throws AuthError `too_many_requests`, `clock_skew` or `proof_expired` where it was admitted too long ago,
   * `request_replayed`, `invalid_signature`, `role_not_allowed`, `store_unavailable` or `upstream_unavailable`.
   */
  prove(proof: AdmittedProof, context: ProofContext): Promise<ProvenCaller>;
}

/** The most proofs under way at a time, so that a slow STS fills no memory. */
const maxUnderWay = 256;
/** The most refused proofs that are remembered. */
const maxRefused = 10_000;

/** Makes the check of proofs for one gate. */
export function createCallerProofs(settings: CallerProofSettings): CallerProofs {
  const { sessions, accounts, connections, judgeRole } = settings;
  const { clock, revocations } = sessions;
  const skew = sessions.skewSeconds * 1_000;
  const limits = createProofLimits({ ...settings, clock });
  /** Proofs that were refused, by the hash of all that makes them up. No later time would make them good. */
  const refused = createLRU<string, AuthError>({ max: maxRefused });
  let underWay = 0;

  function requireInTime({ signedAt, expires }: CallerProofValues): void {
    const now = clock();
    if (Math.abs(now - signedAt) > skew) throw new AuthError("clock_skew", { serverTime: new Date(now) });
    // Written so that a clock which tells no time lets no proof pass.
    if (!(now < expires)) throw new AuthError("proof_expired");
  }

  async function use(proof: AdmittedProof): Promise<void> {
    const { accessKeyId, nonce, signedAt } = proof;
    // What was revoked is refused as what is unknown.
    if (await revocations.covers({ accessKeyId, issuedAt: signedAt })) throw new AuthError("invalid_signature");
    const digest = hash("sha256", `${accessKeyId}\n${nonce}`, "base64url");
    // A body, keys or the store may have taken their time, and of what is too old by now the mark of an earlier use may be
    // forgotten.
    requireInTime(proof);
    // The clock of another node, which may take the proof for longer, is within the skew of this one.
    if (await sessions.once("nonce", digest, signedAt + 2 * skew)) return;
    throw new AuthError("request_replayed", { reason: "the nonce has been used" });
  }

  async function ask(proof: AdmittedProof, binding: string): Promise<ProvenCaller> {
    const role = await askCallerIdentity(proof.connection, proof, binding);
    const principal = createPrincipal({
      kind: "role",
      id: `role:${role.account}/${role.name}`,
      issuer: role.account,
      verifiedBy: "sts-proof",
      role,
      expiresAt: new Date(proof.expires),
    });
    return { role, principal, judged: judgeRole(principal) };
  }

  async function proveOnce(proof: AdmittedProof, binding: string): Promise<ProvenCaller> {
    underWay += 1;
    try {
      await use(proof);
      const caller = await ask(proof, binding);
      const facts = { role: caller.role, user: caller.judged.id, issuedAt: proof.signedAt };
      if (!(await revocations.covers(facts))) return caller;
    } finally {
      underWay -= 1;
    }
    throw new AuthError("role_not_allowed", { reason: "the role is revoked" });
  }

  return Object.freeze<CallerProofs>({
    admit(proof) {
      const connection = connections.get(proof.region);
      if (connection === undefined) {
        throw new AuthError("invalid_credential_scope", { reason: "STS is not asked in that region" });
      }
      const account = accountOfAccessKey(proof.accessKeyId);
      if (!accounts.has(account)) {
        throw new AuthError("role_not_allowed", { reason: "no role of that account is accepted" });
      }
      requireInTime(proof);
      return { ...proof, account, connection };
    },
    charge: limits.takeSource,
    async prove(proof, { lines, source }) {
      const { accessKeyId, sessionToken, date, region, signature } = proof;
      const binding = hash("sha256", lines, "hex");
      const whole = JSON.stringify([accessKeyId, sessionToken, date, region, signature, binding]);
      const digest = hash("sha256", whole, "base64url");
      try {
        const known = refused.get(digest);
        if (known !== undefined) throw new AuthError(known.code, known.options);
        if (underWay >= maxUnderWay) throw new AuthError("too_many_requests", { reason: "busy", retryAfter: 1 });
        limits.takeAccount(proof.account, source);
        return await proveOnce(proof, binding);
      } catch (thrown) {
        if (thrown instanceof AuthError && (thrown.status === 401 || thrown.status === 403)) {
          limits.punish(source);
          refused.set(digest, thrown);
        }
        throw thrown;
      }
    },
  });
}
