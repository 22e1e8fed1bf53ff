import { type Awaitable, isPending, proceed, promised } from "./awaitable.ts";
import { ConfigurationError, refuseUnknownOptions } from "./configuration.ts";
import { createDecider, type Question, type Subject } from "./decider.ts";
import { type Decision, denied } from "./decision.ts";
import { AuthError, toAuthError } from "./errors.ts";
import type { Policy } from "./policy/define-policy.ts";
import { type FieldName, isFieldName } from "./policy/field-key.ts";
import type { FieldGrant } from "./policy/field-rules.ts";
import type { Grant } from "./policy/grants.ts";
import { askedSubject } from "./policy/judged-fields.ts";
import type { Rule } from "./policy/rule.ts";
import { requirePoolsApart } from "./pools-apart.ts";
import type { AnonymousPrincipal, Principal } from "./principal.ts";
import type { PrincipalOf } from "./principal-of.ts";
import { type Readiness, readinessOf, warmUp } from "./readiness.ts";
import type { AuthRequest } from "./request.ts";
import { requestedMethods } from "./requested-methods.ts";
import { requireVerifiers } from "./require-verifiers.ts";
import type { ShadowPolicy } from "./shadow.ts";
import { targetOf } from "./target.ts";
import { challengeOf, createVerification, type Verdict } from "./verdict.ts";
import type { Verifier } from "./verifier.ts";

/** A list of at least one verifier. */
type Verifiers = readonly [Verifier, ...Verifier[]];

/** Who may call: whom one of the verifiers gives, or nobody known. With a verifier whose principals have no type, anyone. */
type Callers<V extends Verifiers> =
  Principal extends PrincipalOf<V[number]> ? Principal : PrincipalOf<V[number]> | AnonymousPrincipal;

/** What {@link createAuthorizer} takes. */
export interface AuthorizerOptions<V extends Verifiers = Verifiers> {
  /** One verifier for each kind of credential; no two with the same scheme. */
  readonly verifiers: V;
  /** The route table. Without one only guards can be used. */
  readonly policy?: Policy;
  /** Called with every decision, for logs and metrics. What it throws becomes a process warning, never an answer. */
  readonly onDecision?: (decision: Decision<Callers<V>>, request: AuthRequest) => void;
  /**
   * What to do with `X-HTTP-Method-Override` and its kin: `refuse` (default) answers 400, `judge-both` demands that both
   * methods are allowed, for applications that honor the header behind the gate; a signature must then cover the header.
   */
  readonly methodOverride?: "refuse" | "judge-both";
  /** Milliseconds since 1970; `Date.now` by default. `stepUp` rules tell by it how long ago a user authenticated. */
  readonly clock?: () => number;
  /** A policy that is judged beside the live one: what `shadowPolicy` gives. Its answers are compared and never given. */
  readonly shadow?: ShadowPolicy;
}

/** What a guard adds to one call of {@link Authorizer.authorize}. */
export interface AuthorizeOptions {
  /** A rule that must hold beside the route table and the policy's `require`. */
  readonly rule?: Rule;
  /** The parameters that the framework matched, for `param` operands of the rule. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Judges by the rules of these GraphQL fields in place of the route table; all of them must hold. */
  readonly fields?: readonly [FieldName, ...FieldName[]];
  /**
   * Beside `fields`: what the operation asks further in, of other types than operations begin with. Of these the fields are judged
   * that a key other than `*` is for; the others come with the field that leads to them. None by default.
   */
  readonly nested?: readonly FieldName[];
  /** Judges by the rule for WebSocket connections in place of the route table. */
  readonly connect?: true;
}

/** Who is calling, and what the policy gives him. */
export interface Granted<P extends Principal = Principal> {
  readonly principal: P;
  /** Every route of the policy; of those that match a request, the first decides. Where none does, the request is denied. */
  readonly grants: readonly Grant[];
  /** Every key of the policy's `fields`: a field takes its own, else that of its type, else `*`. */
  readonly fieldGrants: readonly FieldGrant[];
}

/**
 * Runs the flow: detect, verify, decide. It knows no framework.
 *
 * `P` is the type of the callers: the union of what its verifiers give, and the anonymous caller. {@link PrincipalOf} names it.
 */
export interface Authorizer<P extends Principal = Principal> {
  readonly verifiers: readonly Verifier[];
  readonly policy?: Policy;
  /**
   * Judges a request by the route table, the rule of a guard, or both. It never rejects.
   *
   * A request object is verified once however often it is judged.
   */
  authorize(request: AuthRequest, options?: AuthorizeOptions): Promise<Decision<P>>;
  /**
   * Verifies who is calling, and evaluates the policy for him as far as that goes without a request: `require` counts, guards
   * and `onDecision` do not.
   *
   * It tells what may be shown to somebody, or kept for him, and never replaces {@link Authorizer.authorize}: a request can be
   * refused for more than its route, such as a path that can be read in two ways.
   *
   * @param request of which the credential is read, and nothing else is judged.
   * @throws AuthError (rejected) where the credential is refused; `configuration_error` where there is no policy.
   */
  grants(request: AuthRequest): Promise<Granted<P>>;
  /**
   * Verifies who is calling, and judges each of the fields by itself. `onDecision` does not see it: it tells which fields are to
   * be left out of an answer, and never replaces {@link Authorizer.authorize}.
   *
   * @throws AuthError (rejected) where the credential is refused, or a field cannot be judged now.
   */
  allowedFields(request: AuthRequest, fields: readonly [FieldName, ...FieldName[]]): Promise<ReadonlySet<FieldName>>;
  /**
   * Compiles the rule of a guard ahead of its first request.
   *
   * @throws ConfigurationError where the rule is faulty.
   */
  prepare(rule: Rule): void;
  /**
   * Warms up every verifier, so that the first request waits for nothing: keys are fetched, stores are asked.
   *
   * @throws ReadinessError where an issuer or store does not answer; its `report` says which. The others are warm then, and
   * requests that need the one that is not are answered with 503 until it answers.
   */
  ready(): Promise<void>;
  /** How each issuer and store stands, by what is known now: nobody is asked. A verifier that cannot tell is left out. */
  readiness(): readonly Readiness[];
}

const optionNames = ["verifiers", "policy", "onDecision", "methodOverride", "clock", "shadow"] as const;
const authorizeOptionNames = ["rule", "params", "fields", "nested", "connect"] as const;
const noParams: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null));

/**
 * Makes the authorizer that Express middleware, guards and Lambda handlers share.
 *
 * @throws ConfigurationError where an option is faulty, where two verifiers share a scheme, or where groups of several
 * issuers could be mixed up.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 * });
 * ```
 */
export function createAuthorizer<const V extends Verifiers>(options: AuthorizerOptions<V>): Authorizer<Callers<V>>;
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  refuseUnknownOptions("createAuthorizer", options, optionNames);
  const { policy, onDecision, methodOverride = "refuse", clock = Date.now } = options;
  requireVerifiers(options.verifiers);
  const verifiers: readonly Verifier[] = Object.freeze([...options.verifiers]);
  requirePoolsApart(verifiers);
  if ("policy" in options && typeof policy?.match !== "function") {
    const advice = "pass what definePolicy({ ... }) returned, or leave it out where only guards are used";
    throw new ConfigurationError("invalid_option", "createAuthorizer.policy", advice);
  }
  if (onDecision !== undefined && typeof onDecision !== "function") {
    throw new ConfigurationError("invalid_option", "createAuthorizer.onDecision", "write (decision, request) => ...");
  }
  if (methodOverride !== "refuse" && methodOverride !== "judge-both") {
    throw new ConfigurationError("invalid_option", "createAuthorizer.methodOverride", 'write "refuse" or "judge-both"');
  }
  if (typeof clock !== "function") {
    throw new ConfigurationError("invalid_option", "createAuthorizer.clock", "must be a function such as Date.now");
  }
  if ("shadow" in options && typeof options.shadow?.forAuthorizer !== "function") {
    const advice = 'import { shadowPolicy } from "poolgate" and write shadowPolicy({ ... }); leave it out for none';
    throw new ConfigurationError("invalid_option", "createAuthorizer.shadow", advice);
  }
  const schemes = verifiers.map(challengeOf).join(", ");
  const bearer = verifiers.find(({ scheme }) => scheme.toLowerCase() === "bearer");
  const verifyOnce = createVerification(verifiers);
  const deciderFor = (judge: Policy | undefined) => createDecider(judge, bearer && challengeOf(bearer));
  const live = deciderFor(policy);
  const shadow = options.shadow?.forAuthorizer(deciderFor);

  /** What is asked, looked at before anybody is verified. */
  function readQuestion(request: AuthRequest, options: AuthorizeOptions): Question {
    refuseUnknownOptions("authorize", options, authorizeOptionNames);
    const { rule, params = noParams } = options;
    if (rule === undefined && "rule" in options) {
      throw new ConfigurationError("missing_option", "authorize.rule", "is undefined; pass a rule, or leave it out");
    }
    const target = targetOf(request);
    const methods = requestedMethods(request);
    if (methods.length > 1 && methodOverride === "refuse") throw new AuthError("method_override");
    return { request, rule, params, target, methods, subject: readSubject(options) };
  }

  function report(decision: Decision, request: AuthRequest): void {
    try {
      const outcome: unknown = onDecision?.(decision, request);
      if (outcome instanceof Promise) outcome.catch(warn);
    } catch (thrown) {
      warn(thrown);
    }
  }

  function conclude(request: AuthRequest, decision: Decision): Decision {
    report(decision, request);
    return decision;
  }

  function fault(thrown: unknown): Decision {
    return denied(toAuthError(thrown).challengedBy(schemes), { rules: () => [] });
  }

  function answer(question: Question, verdict: Verdict): Awaitable<Decision> {
    const { request } = question;
    if ("error" in verdict) return conclude(request, fault(verdict.error));
    let now = Number.NaN;
    let decision: Awaitable<Decision>;
    try {
      now = clock();
      decision = live.decide(question, verdict, now);
    } catch (thrown) {
      decision = fault(thrown);
    }
    const end = (known: Decision) => {
      shadow?.compare(known, question, verdict, now);
      return conclude(request, known);
    };
    return isPending(decision) ? decision.catch(fault).then(end) : end(decision);
  }

  function judge(request: AuthRequest, options: AuthorizeOptions = {}): Awaitable<Decision> {
    let question: Question;
    try {
      question = readQuestion(request, options);
    } catch (thrown) {
      return conclude(request, fault(thrown));
    }
    return proceed(verifyOnce(request, question.target), (verdict) => answer(question, verdict));
  }

  async function grants(request: AuthRequest): Promise<Granted> {
    const judging = live.policyFor(request);
    if (judging === undefined) throw new AuthError("configuration_error", { reason: "there is no policy" });
    const verdict = await verifyOnce(request, targetOf(request));
    if ("error" in verdict) throw verdict.error.challengedBy(schemes);
    const { principal } = verdict.verified;
    return { principal, grants: judging.grants(principal), fieldGrants: judging.fieldGrants(principal) };
  }

  async function allowedFields(
    request: AuthRequest,
    fields: AuthorizeOptions["fields"],
  ): Promise<ReadonlySet<FieldName>> {
    const question = readQuestion(request, { fields: fields as readonly [FieldName, ...FieldName[]] });
    const verdict = await verifyOnce(request, question.target);
    if ("error" in verdict) throw verdict.error.challengedBy(schemes);
    const now = clock();
    const { fields: names } = question.subject as Exclude<Subject, "connect">;
    const decisions = await Promise.all(
      names.map((field) =>
        promised(() => live.decide({ ...question, subject: { fields: [field] } }, verdict, now)).catch(fault),
      ),
    );
    for (const decision of decisions) if (!decision.allowed && decision.error.status >= 500) throw decision.error;
    return new Set(names.filter((_, index) => decisions[index]?.allowed));
  }

  return {
    verifiers,
    ...(policy !== undefined && { policy }),
    authorize: (request, authorizeOptions) => promised(() => judge(request, authorizeOptions)),
    grants,
    allowedFields,
    prepare: (rule) => live.prepare(rule),
    ready: () => warmUp(verifiers),
    readiness: () => readinessOf(verifiers),
  };
}

/** What is judged in place of a route. */
function readSubject(options: AuthorizeOptions): Subject | undefined {
  const { fields, nested = [], connect } = options;
  if ("connect" in options && (connect !== true || "fields" in options)) {
    throw new ConfigurationError("invalid_option", "authorize.connect", "write true, without fields, or leave it out");
  }
  if ("nested" in options && !("fields" in options && Array.isArray(options.nested) && nested.every(isFieldName))) {
    const advice = 'must be a list of fields with their types, such as ["User.email"], beside fields; or leave it out';
    throw new ConfigurationError("invalid_option", "authorize.nested", advice);
  }
  if (connect === true) return "connect";
  if (!("fields" in options)) return undefined;
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every(isFieldName)) {
    const advice = 'must be a list of fields with their types, such as ["Mutation.deleteUser"], of one at least';
    throw new ConfigurationError("invalid_option", "authorize.fields", advice);
  }
  return askedSubject(fields, nested);
}

function warn(thrown: unknown): void {
  // What cannot become a string must not make the warning throw in its turn.
  process.emitWarning(thrown instanceof Error ? thrown : "onDecision threw something that is no Error", {
    code: "POOLGATE_ON_DECISION",
  });
}
