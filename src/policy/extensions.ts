import { type Awaitable, given, isPending } from "../awaitable.ts";
import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import { withDeadline } from "../deadline.ts";
import { AuthError } from "../errors.ts";
import { quote } from "./explain.ts";
import type { Inquiry } from "./inquiry.ts";
import { entriesOf, typeText } from "./read-json.ts";
import { type ReasonedAnswer, readReasonedAnswer, Undecided } from "./reasoned-answer.ts";
import type { Reply, Subject } from "./replies.ts";

/** What a function or an engine gets beside the {@link Inquiry}. */
export interface InquiryOptions {
  /** Aborted when the time is over; the answer is not waited for after that. */
  readonly signal: AbortSignal;
}

/** True, false, or undefined where it cannot be told, at once or as a promise. */
export type InquiryAnswer = boolean | undefined | Promise<boolean | undefined>;

/**
 * A function that a `custom` rule asks by name.
 *
 * Where it throws, answers too late or with anything else, the rule is indeterminate. Where the cause is that something is
 * down, it throws an {@link AuthError} whose code has the status 503, such as `decision_unavailable`.
 */
export type PolicyFunction = (inquiry: Inquiry, options: InquiryOptions) => InquiryAnswer;

/** What an engine answers: as a function does, or with what decided beside it, for explanations. */
export type EngineAnswer = InquiryAnswer | ReasonedAnswer | Promise<boolean | undefined | ReasonedAnswer>;

/**
 * An engine that a `delegate` rule asks by name, such as one for another language of policies. How it makes principal, action,
 * resource and context of an {@link Inquiry} is its own affair.
 *
 * All questions of one request are asked in one turn of the event loop, so that an engine can send them as one. It fails as a
 * {@link PolicyFunction} does.
 */
export interface PolicyEngine {
  decide(inquiry: Inquiry, options: InquiryOptions): EngineAnswer;
  /** How long an answer may take; by default as long as the policy says. */
  readonly timeoutSeconds?: number;
}

/** A function or an engine that gave no answer to go by. */
export interface InquiryFailure {
  readonly rule: "custom" | "delegate";
  /** The name that the rule asks by. */
  readonly name: string;
  /**
   * `threw`, `late`, `unavailable` (it threw an error of status 503), or `unreadable`: its answer was neither true, false nor
   * undefined.
   */
  readonly reason: "threw" | "late" | "unavailable" | "unreadable";
  /** What it threw. */
  readonly error?: unknown;
}

/** The code that a policy asks; {@link definePolicy} takes it beside the document, which stays data. */
export interface PolicyExtensions {
  /** The functions for `custom` rules by name. */
  readonly functions?: Readonly<Record<string, PolicyFunction>>;
  /** The engines for `delegate` rules by name. */
  readonly engines?: Readonly<Record<string, PolicyEngine>>;
  /** How long an answer may take: more than 0 and at most 60; 1 by default. */
  readonly timeoutSeconds?: number;
  /** Called with every failure, for logs. What it throws becomes a process warning, never an answer. */
  readonly onFailure?: (failure: InquiryFailure) => void;
}

/** The functions and engines of a policy, ready to be asked. */
export interface Subjects {
  readonly functions: ReadonlyMap<string, Subject>;
  readonly engines: ReadonlyMap<string, Subject>;
}

const optionNames = ["functions", "engines", "timeoutSeconds", "onFailure"];
const maximumSeconds = 60;

/**
 * Reads the code that a policy asks.
 *
 * @throws ConfigurationError where an option is faulty.
 */
export function readExtensions(extensions: PolicyExtensions): Subjects {
  refuseUnknownOptions("definePolicy", extensions, optionNames);
  const { functions = {}, engines = {}, timeoutSeconds = 1, onFailure } = extensions;
  const seconds = readSeconds("definePolicy.timeoutSeconds", timeoutSeconds);
  if (onFailure !== undefined && typeof onFailure !== "function") throw invalid("onFailure", "write (failure) => ...");
  const report = (failure: InquiryFailure) => reportTo(onFailure, failure);
  return {
    functions: new Map(
      readEntries<PolicyFunction>("functions", functions).map(([name, call]) => {
        if (typeof call !== "function") throw invalid(`functions.${name}`, "must be a function");
        return [name, createSubject({ rule: "custom", name, seconds, report, call })];
      }),
    ),
    engines: new Map(
      readEntries<PolicyEngine | null | undefined>("engines", engines).map(([name, engine]) => {
        const path = `engines.${name}`;
        if (typeof engine?.decide !== "function") throw invalid(path, "must be an object with a function decide");
        const own = readSeconds(`definePolicy.${path}.timeoutSeconds`, engine.timeoutSeconds ?? seconds);
        const call = (inquiry: Inquiry, options: InquiryOptions) => engine.decide(inquiry, options);
        return [name, createSubject({ rule: "delegate", name, seconds: own, report, call })];
      }),
    ),
  };
}

interface SubjectFacts {
  readonly rule: "custom" | "delegate";
  readonly name: string;
  readonly seconds: number;
  readonly report: (failure: InquiryFailure) => void;
  readonly call: (inquiry: Inquiry, options: InquiryOptions) => EngineAnswer;
}

function createSubject({ rule, name, seconds, report, call }: SubjectFacts): Subject {
  const noun = rule === "custom" ? "function" : "engine";

  function failed(thrown: unknown): Reply {
    if (thrown instanceof Late) {
      report({ rule, name, reason: "late" });
      const reason = `${rule === "custom" ? "a function" : "an engine"} of the policy did not answer in time`;
      const outage = new AuthError("decision_unavailable", { reason });
      const time = seconds === 1 ? "1 second" : `${seconds} seconds`;
      return { value: undefined, failure: `did not answer within ${time}`, outage };
    }
    if (thrown instanceof AuthError && thrown.status === 503) {
      report({ rule, name, reason: "unavailable", error: thrown });
      return { value: undefined, failure: "was not available", outage: thrown };
    }
    report({ rule, name, reason: "threw", error: thrown });
    if (thrown instanceof Undecided) return { value: undefined, failure: `could not tell: ${thrown.because}` };
    return { value: undefined, failure: "threw an error" };
  }

  function answered(value: unknown): Reply {
    if (value === undefined || typeof value === "boolean") return { value };
    const reasoned = rule === "delegate" ? readReasonedAnswer(value) : undefined;
    if (reasoned !== undefined) return reasoned;
    report({ rule, name, reason: "unreadable" });
    return { value: undefined, failure: `answered with ${typeText(value)}, and neither true, false nor undefined` };
  }

  return {
    phrase: `the ${noun} ${quote(name)}`,
    ask(inquiry): Awaitable<Reply> {
      const controller = new AbortController();
      try {
        const pending = given<unknown>(call(inquiry, { signal: controller.signal }));
        if (!isPending(pending)) return answered(pending);
        const late = () => {
          const fault = new Late(`the ${noun} did not answer in time`);
          controller.abort(fault);
          return fault;
        };
        return withDeadline(pending, seconds * 1000, late)
          .then(answered)
          .catch(failed);
      } catch (thrown) {
        return failed(thrown);
      }
    },
  };
}

/** Time was over. */
class Late extends Error {
  override readonly name = "TimeoutError";
}

function reportTo(onFailure: PolicyExtensions["onFailure"], failure: InquiryFailure): void {
  try {
    const outcome: unknown = onFailure?.(failure);
    if (outcome instanceof Promise) outcome.catch(warn);
  } catch {
    warn();
  }
}

function warn(): void {
  process.emitWarning("onFailure of a policy threw", { code: "POOLGATE_ON_FAILURE" });
}

function readEntries<Value>(option: "functions" | "engines", value: object): readonly (readonly [string, Value])[] {
  const entries = entriesOf(value);
  if (entries === undefined) throw invalid(option, "write an object of them by name");
  if (entries.some(([name]) => name === "")) throw invalid(option, "each must have a name");
  return entries as readonly (readonly [string, Value])[];
}

function readSeconds(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= maximumSeconds) return value;
  throw new ConfigurationError("invalid_option", option, `must be a number above 0 and up to ${maximumSeconds}`);
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `definePolicy.${option}`, message);
}
