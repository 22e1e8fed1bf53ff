import { hash } from "node:crypto";
import { createLRU } from "lru.min";
import { AuthError } from "../errors.ts";
import type { CallLimit } from "./call-limit.ts";
import type { TokenUser } from "./get-user.ts";
import { invalidToken } from "./invalid-token.ts";

/** What {@link createConfirmation} takes; times are milliseconds. */
export interface ConfirmationSetup {
  /** Asks whether a token is still good; it throws an AuthError where it cannot tell. */
  readonly ask: (token: string, user: TokenUser) => Promise<boolean>;
  readonly limit: CallLimit;
  /** How old a verdict may be, counted from when the question was sent. */
  readonly maxAge: number;
  /** How old a good one may be while none can be had. */
  readonly maxStale: number;
  /** The most tokens whose verdicts are kept. */
  readonly entries: number;
  /** Since 1970. */
  readonly clock: () => number;
}

/**
 * Refuses a token that its issuer no longer accepts, at once where that is known.
 *
 * @throws AuthError `invalid_token`, or `upstream_unavailable` where that cannot be known now.
 */
export type Confirmation = (token: string, user: TokenUser) => Promise<void> | undefined;

interface Question {
  readonly askedAt: number;
  readonly verdict: Promise<boolean>;
}

/** What is known of one token. */
interface Standing {
  known?: { readonly good: boolean; readonly askedAt: number };
  /** The question under way that was asked last. */
  question?: Question;
  failed?: { readonly at: number; readonly fault: unknown };
}

/** A token that could not be asked about is not asked about again for so long. */
const pause = 5_000;

/**
 * Makes the check of the tokens of one issuer. It holds digests and verdicts, no tokens.
 *
 * A verdict is kept, good or bad, and its age counts from before the question, since it may have been reached then. Those who
 * come while a question is under way share its answer as long as they might share the verdict.
 */
export function createConfirmation({ ask, limit, maxAge, maxStale, entries, clock }: ConfirmationSetup): Confirmation {
  const standings = createLRU<string, Standing>({ max: entries });

  function standingOf(token: string): Standing {
    const digest = hash("sha256", token, "base64url");
    const known = standings.get(digest);
    if (known !== undefined) return known;
    const standing: Standing = {};
    standings.set(digest, standing);
    return standing;
  }

  /** An age below zero means that the clock was set back. */
  function younger(than: number, since: number): boolean {
    const age = clock() - since;
    return age >= 0 && age < than;
  }

  function question(standing: Standing, token: string, user: TokenUser): Promise<boolean> {
    const { question: shared, failed } = standing;
    if (shared !== undefined && younger(maxAge, shared.askedAt)) return shared.verdict;
    if (failed !== undefined && younger(pause, failed.at)) throw failed.fault;
    const wait = limit.begin(user.sub);
    if (wait !== undefined) {
      throw new AuthError("upstream_unavailable", {
        reason: "the user pool is not asked more often now",
        retryAfter: wait,
      });
    }
    const askedAt = clock();
    const verdict = ask(token, user).then(
      (good) => {
        limit.end(true);
        // Of two answers the bad one counts: what was revoked stays so. A good one counts if no later question was asked.
        if (!good || standing.question === asked) standing.known = { good, askedAt };
        forget();
        return good;
      },
      (fault: unknown) => {
        limit.end(!isOutage(fault));
        standing.failed = { at: clock(), fault };
        forget();
        throw fault;
      },
    );
    const asked: Question = { askedAt, verdict };
    standing.question = asked;
    return verdict;

    function forget(): void {
      if (standing.question === asked) delete standing.question;
    }
  }

  async function verdictOn(standing: Standing, token: string, user: TokenUser): Promise<boolean> {
    try {
      // A later question may have been answered before this one. What was revoked stays so.
      return (await question(standing, token, user)) && standing.known?.good !== false;
    } catch (fault) {
      const { known } = standing;
      if (known?.good === true && isOutage(fault) && younger(maxStale, known.askedAt)) return true;
      throw fault;
    }
  }

  return function confirm(token, user) {
    const standing = standingOf(token);
    const { known } = standing;
    if (known === undefined || !younger(maxAge, known.askedAt)) return verdictOn(standing, token, user).then(judge);
    judge(known.good);
    return undefined;
  };
}

function judge(good: boolean): void {
  if (!good) throw invalidToken("Cognito no longer accepts it");
}

function isOutage(fault: unknown): boolean {
  return fault instanceof AuthError && fault.code === "upstream_unavailable";
}
