import { type Awaitable, proceed } from "./awaitable.ts";
import { allowed, type Decision, type DecisionFacts, denied } from "./decision.ts";
import { AuthError } from "./errors.ts";
import { createNotes } from "./notes.ts";
import type { Policy, RouteMatch } from "./policy/define-policy.ts";
import type { ExplainedRule } from "./policy/explain.ts";
import { closedGates, type Gate, isHopeless, questionsOf } from "./policy/gates.ts";
import { type AskedSubject, judgedFields } from "./policy/judged-fields.ts";
import { nearestWays } from "./policy/nearest-way.ts";
import { rememberingCompiler } from "./policy/remembering-compiler.ts";
import { type Asker, createAsker } from "./policy/replies.ts";
import { routesAt } from "./policy/routes-at.ts";
import type { Rule } from "./policy/rule.ts";
import { refusal, refusalByRules } from "./refusal.ts";
import type { AuthRequest } from "./request.ts";
import { overrideHeaders } from "./requested-methods.ts";
import type { Target } from "./target.ts";
import type { KnownCaller } from "./verdict.ts";
import type { Verified } from "./verifier.ts";

/** What a request is to be judged by. */
export interface Question {
  readonly request: AuthRequest;
  readonly rule: Rule | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly target: Target;
  /** Each of them must be allowed. */
  readonly methods: readonly string[];
  /** What is asked in place of a route of the policy. */
  readonly subject?: Subject | undefined;
}

/** What is asked where a policy has other rules than those of routes; all fields that it judges must be allowed. */
export type Subject = AskedSubject | "connect";

/** Comes to decisions by one policy, about callers who are known. */
export interface Decider {
  /**
   * Decides; a promise only where somebody has to be asked. What it throws, and what the promise rejects with, is a refusal
   * too.
   *
   * @param now milliseconds since 1970.
   */
  decide(question: Question, caller: KnownCaller, now: number): Awaitable<Decision>;
  /** The policy that judges a request: the same one, however often it is asked, and although it is exchanged meanwhile. */
  policyFor(request: AuthRequest): Policy | undefined;
  /** Compiles the rule of a guard ahead of its first request. */
  prepare(rule: Rule): void;
}

/** @param bearer how tokens are asked for, where some are accepted. */
export function createDecider(policy: Policy | undefined, bearer: string | undefined): Decider {
  const compile = rememberingCompiler();
  const livePolicies = createNotes<AuthRequest, Policy>();
  const askers = createNotes<AuthRequest, Asker>();

  function policyFor(request: AuthRequest): Policy | undefined {
    if (policy?.current === undefined) return policy;
    const live = livePolicies.get(request) ?? policy.current;
    livePolicies.set(request, live);
    return live;
  }

  /** Nobody is asked twice about a request, however many gates it meets. */
  function askerOf(request: AuthRequest): Asker {
    const asker = askers.get(request) ?? createAsker();
    askers.set(request, asker);
    return asker;
  }

  return {
    policyFor,
    prepare(rule) {
      compile(rule, policy?.current ?? policy);
      // A policy that is exchanged wants to know its guards.
      if (policy?.current !== undefined) policy.compile(rule);
    },
    decide(question, { verified, scheme }, now) {
      const { request, rule, params, target, methods, subject } = question;
      // Whoever carries a signed request could otherwise turn it into another that its caller may make.
      if (methods.length > 1) requireSignedHeaders(overrideHeaders, request, verified);
      const { principal } = verified;
      let gates: Gate[] = [];
      const judging = policyFor(request);
      // Without a policy no field is judged, but the rule of the guard alone.
      const judged = judging && judgedSubject(subject, judging);
      const facts: DecisionFacts = {
        principal,
        ...(typeof judged === "object" && judged),
        rules: () => gates.map((gate) => gate.rule.explain(gate.input)),
        nearest: (explained) => nearestSteps(gates, explained, judging),
      };
      if (rule !== undefined) facts.guard = { rule, params };
      if (judging !== undefined) {
        for (const { method, match } of matchesOf(judging, methods, target, judged)) {
          if (match === undefined) {
            if (subject === "connect") facts.route = connectRoute;
            facts.otherRoutes = () => (subject === undefined ? routesAt(judging, target) : []);
            return denied(refusal("no_route", principal, scheme), facts);
          }
          const { route } = match;
          if (typeof subject !== "object") facts.route ??= route;
          gates.push({
            rule: match.rule,
            input: { principal, request, target, method, route, params: match.params, now },
          });
        }
      }
      if (rule !== undefined) {
        const compiled = compile(rule, judging);
        // Only whom a rule asks can tell one method from another.
        for (const method of compiled.asks ? methods : methods.slice(0, 1)) {
          const input = { principal, request, target, method, route: facts.route, params, now };
          gates.push({ rule: compiled, input });
        }
      }
      if (gates.length === 0) throw new AuthError("configuration_error", { reason: "there is no policy and no rule" });
      for (const gate of gates) requireSignedHeaders(gate.rule.headers, request, verified);

      function judgeGates(): Decision {
        const closed = closedGates(gates);
        if (closed.length === 0) return allowed(principal, facts);
        // Where all has been asked, a question is open only by an outage.
        const [open] = questionsOf(gates);
        if (open !== undefined) return denied(open.outage, facts);
        const remedies = closed.filter(isHopeless).map((gate) => gate.rule.remedy(gate.input));
        return denied(refusalByRules(remedies, principal, scheme, bearer), facts);
      }

      const questions = questionsOf(gates);
      if (questions.length === 0) return judgeGates();
      return proceed(askerOf(request).ask(questions), (replies) => {
        gates = gates.map((gate) => ({ ...gate, input: { ...gate.input, replies } }));
        return judgeGates();
      });
    },
  };
}

/** What a policy judges of what is asked. */
function judgedSubject(subject: Subject | undefined, policy: Policy): Subject | undefined {
  return typeof subject === "object" ? { ...subject, fields: judgedFields(subject, policy) } : subject;
}

/** What the policy says of each thing that it judges; what it has no rule for is denied. */
function matchesOf(
  policy: Policy,
  methods: Question["methods"],
  target: Target,
  subject: Subject | undefined,
): readonly { readonly method: string; readonly match: RouteMatch | undefined }[] {
  if (subject === undefined) return methods.map((method) => ({ method, match: policy.match(method, target) }));
  const [method] = methods as readonly [string, ...string[]];
  if (subject === "connect") {
    const rule = policy.connect;
    return [{ method, match: rule && { route: connectRoute, rule, params: noParams } }];
  }
  return subject.fields.map((route) => {
    const rule = policy.matchField(route)?.rule;
    return { method, match: rule && { route, rule, params: noParams } };
  });
}

/** As API Gateway names the route on which a WebSocket is opened. */
const connectRoute = "$connect";
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** The nearest ways through all of the gates. */
function nearestSteps(
  gates: readonly Gate[],
  explained: readonly ExplainedRule[],
  policy: Policy | undefined,
): readonly (readonly string[])[] {
  const judged = gates.map(({ rule: { source } }, index) => [source, explained[index] as ExplainedRule] as const);
  return nearestWays(judged, policy?.document.rules ?? {}).map(({ steps }) => steps);
}

/** Rule S26: a header that decides must be one that the caller signed, or whoever carries the request could set it. */
function requireSignedHeaders(names: Iterable<string>, request: AuthRequest, { signedHeaders }: Verified): void {
  if (signedHeaders === undefined) return;
  for (const name of names) {
    if (request.headers.all(name).length > 0 && !signedHeaders.has(name)) {
      throw new AuthError("header_not_signed", { reason: "a header that decides on this route is not signed" });
    }
  }
}
