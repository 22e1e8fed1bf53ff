import { ConfigurationError, refuseUnknownOptions } from "./configuration.ts";
import type { Decider, Question } from "./decider.ts";
import { type Decision, denied } from "./decision.ts";
import { toAuthError } from "./errors.ts";
import type { Policy } from "./policy/define-policy.ts";
import type { AuthRequest } from "./request.ts";
import type { KnownCaller } from "./verdict.ts";

/** What {@link shadowPolicy} takes. */
export interface ShadowOptions {
  /** The policy that is tried, in place of the live one and with the same guards. */
  readonly policy: Policy;
  /** Called with every difference, after the answer. What it throws becomes a process warning, never an answer. */
  readonly onDifference: (difference: ShadowDifference, request: AuthRequest) => void;
  /** The share of requests that are compared, from 0 to 1; 1 by default. */
  readonly sample?: number;
  /** Draws the sample: gives numbers from 0 up to 1; `Math.random` by default. */
  readonly random?: () => number;
}

/** A request on which the live policy and the candidate do not agree. */
export interface ShadowDifference {
  /**
   * `would-allow`: the live policy refused, the candidate would not. `would-deny`: the other way round. `other-refusal`: both
   * refused, with different codes. `cannot-tell`: one of them could not judge, as somebody whom it asked did not answer.
   */
  readonly kind: "would-allow" | "would-deny" | "other-refusal" | "cannot-tell";
  /** The decision that was given; `explain()` tells why. */
  readonly live: Decision;
  /** The decision of the candidate; `explain()` tells why. */
  readonly candidate: Decision;
}

/** A policy that is tried beside the live one, see {@link AuthorizerOptions.shadow}. */
export interface ShadowPolicy {
  /** Makes the shadow of one authorizer; {@link createAuthorizer} calls it. Authorizers that share a policy to try share nothing else. */
  forAuthorizer(deciderFor: (policy: Policy) => Decider): Shadow;
}

/** Judges requests by the candidate, once they have been answered. */
interface Shadow {
  /** @param now the time of the live decision, so that both judge by the same. */
  compare(live: Decision, question: Question, caller: KnownCaller, now: number): void;
}

/** How many requests may wait for the candidate at one time; further ones are not compared, so that memory is bounded, and the first of them makes a process warning. */
const maximumWaiting = 1000;

/**
 * Has a policy judged beside the live one, for {@link createAuthorizer}; the answers are compared, and the candidate's are never
 * given.
 *
 * @throws ConfigurationError where an option is missing or faulty.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, definePolicy, group, shadowPolicy, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 *   shadow: shadowPolicy({
 *     policy: definePolicy({ routes: { "POST /articles": group("editors", "admins") } }),
 *     onDifference: ({ kind, candidate }) => console.warn(kind, candidate.explain().text),
 *   }),
 * });
 * ```
 */
export function shadowPolicy(options: ShadowOptions): ShadowPolicy {
  const settings = readOptions(options);
  return Object.freeze<ShadowPolicy>({
    forAuthorizer: (deciderFor) => createShadow(settings, deciderFor(settings.policy)),
  });
}

function createShadow({ onDifference, sample, random }: Required<ShadowOptions>, decider: Decider): Shadow {
  let waiting = 0;
  let passedOver = false;

  /** Nobody is to take silence for agreement. */
  function passOver(): void {
    if (!passedOver) warn(`requests are not compared, as ${maximumWaiting} wait for the candidate of a shadow`);
    passedOver = true;
  }

  async function judge(live: Decision, question: Question, caller: KnownCaller, now: number): Promise<void> {
    const candidate = await candidateDecision(question, caller, now);
    const kind = kindOf(live, candidate);
    if (kind === undefined) return;
    const outcome: unknown = onDifference(Object.freeze({ kind, live, candidate }), question.request);
    if (outcome instanceof Promise) outcome.catch(warnOfFault);
  }

  async function candidateDecision(question: Question, caller: KnownCaller, now: number): Promise<Decision> {
    try {
      return await decider.decide(question, caller, now);
    } catch (thrown) {
      return denied(toAuthError(thrown), { rules: () => [] });
    }
  }

  return {
    compare(live, question, caller, now) {
      let kept: Question;
      try {
        if (random() >= sample) return;
        if (waiting >= maximumWaiting) return passOver();
        // A framework may use the parameters again for the next handler.
        kept = { ...question, params: { ...question.params } };
      } catch {
        return warnOfFault();
      }
      waiting += 1;
      setImmediate(() => {
        judge(live, kept, caller, now)
          .catch(warnOfFault)
          .finally(() => {
            waiting -= 1;
          });
      });
    },
  };
}

function kindOf(live: Decision, candidate: Decision): ShadowDifference["kind"] | undefined {
  const [own, other] = [codeOf(live), codeOf(candidate)];
  if (own === other) return undefined;
  if (isOutage(live) || isOutage(candidate)) return "cannot-tell";
  if (live.allowed === candidate.allowed) return "other-refusal";
  return candidate.allowed ? "would-allow" : "would-deny";
}

function codeOf(decision: Decision): string | undefined {
  return decision.allowed ? undefined : decision.error.code;
}

function isOutage(decision: Decision): boolean {
  return !decision.allowed && decision.error.status === 503;
}

function readOptions(options: ShadowOptions): Required<ShadowOptions> {
  refuseUnknownOptions("shadowPolicy", options, ["policy", "onDifference", "sample", "random"]);
  const { policy, onDifference, sample = 1, random = Math.random } = options;
  if (typeof policy?.match !== "function") {
    throw new ConfigurationError("invalid_option", "shadowPolicy.policy", "pass what definePolicy({ ... }) returned");
  }
  if (typeof onDifference !== "function") {
    throw new ConfigurationError("invalid_option", "shadowPolicy.onDifference", "write (difference, request) => ...");
  }
  if (typeof sample !== "number" || !(sample >= 0 && sample <= 1)) {
    throw new ConfigurationError("invalid_option", "shadowPolicy.sample", "must be a number from 0 to 1");
  }
  if (typeof random !== "function") {
    throw new ConfigurationError("invalid_option", "shadowPolicy.random", "must be a function such as Math.random");
  }
  return { policy, onDifference, sample, random };
}

function warnOfFault(): void {
  warn("onDifference or random of a shadow threw, or the parameters of a guard did");
}

function warn(text: string): void {
  process.emitWarning(text, { code: "POOLGATE_SHADOW" });
}
