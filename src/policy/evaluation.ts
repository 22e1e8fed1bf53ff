import type { Principal } from "../principal.ts";
import type { AuthRequest } from "../request.ts";
import type { Target } from "../target.ts";
import type { ExplainedRule } from "./explain.ts";
import type { Remedy } from "./remedy.ts";
import type { Question, Replies } from "./replies.ts";
import type { Rule } from "./rule.ts";

/** True, false, or undefined for indeterminate. Only true allows. */
export type Ternary = true | false | undefined;

/** All that a rule can look at. */
export interface RuleInput {
  readonly principal: Principal;
  readonly request: AuthRequest;
  readonly target: Target;
  /** The method that is judged, where it is another than that of the request. */
  readonly method?: string | undefined;
  /** The key of the route that the request was found under. */
  readonly route?: string | undefined;
  /** The parameters of the route; guards hand in what their framework matched, so a value may be anything. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The time of the decision in milliseconds since 1970. */
  readonly now: number;
  /** What functions and engines answered; without it none has been asked, and the rules that ask one are indeterminate. */
  readonly replies?: Replies;
}

/** A rule that is ready to judge. */
export interface CompiledRule {
  /** The rule as checked and copied, deep-frozen. */
  readonly source: Rule;
  /** The lower-case names of the headers that it reads, those of named rules and of `require` included. */
  readonly headers: ReadonlySet<string>;
  /** Whether it asks functions or engines. */
  readonly asks: boolean;
  /**
   * The questions that are open and whose answers could make the rule true. There are none where it is true; undefined where
   * no answer would make it so. A question stays open where it was answered by an outage.
   */
  questions(input: RuleInput): readonly Question[] | undefined;
  /** Judges a request. It is synchronous and never throws. */
  evaluate(input: RuleInput): Ternary;
  /** Judges a request a second time, slower, with an account of every part. */
  explain(input: RuleInput): ExplainedRule;
  /**
   * What the caller could gain by himself so that the rule becomes true; undefined where that does not suffice, or where the
   * rule is true already.
   *
   * A scope counts as wanting where the caller's scopes are known and it is not among them. An authentication counts as
   * wanting for users only: no one else can authenticate anew.
   */
  remedy(input: RuleInput): Remedy | undefined;
}
