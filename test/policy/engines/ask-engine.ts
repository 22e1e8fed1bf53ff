import { isPending } from "../../../src/awaitable.ts";
import {
  type EngineAnswer,
  type InquiryFailure,
  type PolicyEngine,
  readExtensions,
} from "../../../src/policy/extensions.ts";
import type { Inquiry } from "../../../src/policy/inquiry.ts";
import { inquiryOf } from "../../../src/policy/inquiry-of.ts";
import type { Reply } from "../../../src/policy/replies.ts";
import type { Literal } from "../../../src/policy/rule.ts";
import { type Given, ruleInput } from "../rule-input.ts";

/** What a test says of a question; the rest is an anonymous GET of the root, under the route `GET /`. */
export interface GivenQuestion extends Given {
  readonly route?: string | undefined;
  readonly arguments?: Readonly<Record<string, Literal>>;
}

export function inquiryWith({ route = "GET /", arguments: given = {}, ...rest }: GivenQuestion): Inquiry {
  return inquiryOf({ ...ruleInput(rest), route }, Object.entries(given));
}

/** An inquiry from a guard without a policy. */
export function inquiryWithoutRoute(given: GivenQuestion): Inquiry {
  return { ...inquiryWith(given), route: undefined };
}

export const noSignal = (): { readonly signal: AbortSignal } => ({ signal: new AbortController().signal });

/** What an engine answers, with what a policy makes of it. */
export async function replyOf(
  engine: PolicyEngine,
  inquiry: Inquiry,
): Promise<{ readonly reply: Reply; readonly failures: readonly InquiryFailure[] }> {
  const failures: InquiryFailure[] = [];
  const { engines } = readExtensions({
    engines: { engine },
    // A machine with much to do must not decide what comes out.
    timeoutSeconds: 60,
    onFailure: (failure) => failures.push(failure),
  });
  const reply = await engines.get("engine")?.ask(inquiry);
  return { reply: reply as Reply, failures };
}

/** The value that a policy goes by. */
export async function outcomeOf(engine: PolicyEngine, given: GivenQuestion): Promise<boolean | undefined> {
  return (await replyOf(engine, inquiryWith(given))).reply.value;
}

/** What an engine answers without anybody waiting for it. */
export function answeredAtOnce(engine: PolicyEngine, given: GivenQuestion): EngineAnswer {
  const answer = engine.decide(inquiryWith(given), noSignal());
  if (isPending(answer)) throw new Error("it has to be waited for");
  return answer;
}
