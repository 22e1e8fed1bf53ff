import { AuthError } from "../errors.ts";
import { createRateLimit } from "./rate-limit.ts";

/** What {@link createProofLimits} takes. */
export interface ProofLimitsSetup {
  readonly perSourcePerMinute: number;
  readonly perAccountPerMinute: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** How often proofs may be brought, by whom and of which account (S31). */
export interface ProofLimits {
  /**
   * Charges a source for a proof.
   *
   * @throws AuthError `too_many_requests`
   */
  takeSource(source: string): void;
  /**
   * Charges an account, and the source's part of it, for one call to STS.
   *
   * @throws AuthError `too_many_requests`
   */
  takeAccount(account: string, source: string): void;
  /** Charges a source for a proof that was refused: as if it had brought ten. */
  punish(source: string): void;
}

const priceOfRefusal = 10;

/** Makes the limits of one gate. */
export function createProofLimits({ perSourcePerMinute, perAccountPerMinute, clock }: ProofLimitsSetup): ProofLimits {
  // All of its allowance may be under way before the first is refused.
  const sources = createRateLimit(perSourcePerMinute, clock, perSourcePerMinute * (priceOfRefusal - 1));
  const accounts = createRateLimit(perAccountPerMinute, clock);
  // STS counts calls by account, so one source could otherwise keep all others of an account out.
  const shares = createRateLimit(Math.floor(perAccountPerMinute / 10), clock);
  return {
    takeSource(source) {
      refuseAfter(sources.take(source), "from this address");
    },
    takeAccount(account, source) {
      // A space is in no account.
      refuseAfter(shares.take(`${account} ${source}`), "of this account from this address");
      refuseAfter(accounts.take(account), "of this account");
    },
    punish(source) {
      // One was taken when it came.
      sources.charge(source, priceOfRefusal - 1);
    },
  };
}

function refuseAfter(retryAfter: number | undefined, reason: string): void {
  if (retryAfter !== undefined) throw new AuthError("too_many_requests", { reason, retryAfter });
}
