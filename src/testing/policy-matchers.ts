import { createJudge, type PersonaRequest } from "../personas/judge.ts";
import { type Persona, type ReadPersona, readAddress, readPersona } from "../personas/persona.ts";
import { personaOf, requireNone } from "../personas/personas.ts";
import { type Expectation, readHeaders } from "../personas/policy-tests.ts";
import { type Asked, readRequest } from "../personas/request-text.ts";
import { isExpected } from "../personas/test-policy.ts";
import type { Policy } from "../policy/define-policy.ts";
import { type PolicyFault, placeOf } from "../policy/policy-error.ts";

/** What a matcher takes beside the caller and the request. */
export interface MatcherOptions {
  /** The headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that the request comes from. */
  readonly ip?: string;
  /** The route that is to be judged, as the policy writes it. */
  readonly route?: string;
}

/** What {@link policyMatchers} add to `expect(policy)`; extend the test runner's own interface by it. */
export interface PolicyMatchers<R = Promise<void>> {
  /**
   * The policy allows the request of the caller.
   *
   * @param caller a persona, or one in text such as `guest` or `groups=editors`.
   * @param request the method, one space and the path, such as `GET /articles/7`; or `fields Mutation.deleteUser`; or `connect`,
   * which may have a query, as `connect?room=7`.
   */
  toAllow(caller: Persona | string, request: string, options?: MatcherOptions): R;
  /** The policy refuses the request of the caller, with a code where one is given. */
  toDeny(
    caller: Persona | string,
    request: string,
    options?: MatcherOptions & { readonly code?: Exclude<Expectation, "allow" | "deny"> },
  ): R;
}

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

type Matcher<Options> = (
  policy: Policy,
  caller: Persona | string,
  request: string,
  options?: Options,
) => Promise<MatcherResult>;

/**
 * Matchers for `expect.extend` of vitest or jest. They are asynchronous: await them.
 *
 * @example
 * ```ts
 * import { definePolicy, group } from "poolgate";
 * import { type PolicyMatchers, policyMatchers } from "poolgate/testing";
 * import { expect } from "vitest";
 *
 * declare module "vitest" {
 *   interface Matchers<T> extends PolicyMatchers {}
 * }
 * expect.extend(policyMatchers);
 *
 * const policy = definePolicy({ routes: { "POST /articles": group("editors") } });
 * await expect(policy).toAllow({ groups: ["editors"] }, "POST /articles");
 * await expect(policy).toDeny("anonymous", "POST /articles", { code: "no_credentials" });
 * ```
 */
export const policyMatchers: {
  readonly toAllow: Matcher<MatcherOptions>;
  readonly toDeny: Matcher<MatcherOptions & { readonly code?: Exclude<Expectation, "allow" | "deny"> }>;
} = {
  toAllow: (policy, caller, request, options) =>
    matchDecision(policy, caller, request, { ...options, expect: "allow" }),
  toDeny: (policy, caller, request, { code, ...options } = {}) =>
    matchDecision(policy, caller, request, { ...options, expect: code ?? "deny" }),
};

async function matchDecision(
  policy: Policy,
  caller: Persona | string,
  written: string,
  { headers = {}, ip, ...expected }: MatcherOptions & { readonly expect: Expectation },
): Promise<MatcherResult> {
  const faults: PolicyFault[] = [];
  const persona =
    typeof caller === "string"
      ? personaOf(caller, new Map())
      : readPersona("caller", caller, placeOf("caller", faults));
  const line = readRequest(written, placeOf("request", faults));
  const raw = readHeaders(headers, placeOf("headers", faults));
  const address = ip === undefined ? undefined : readAddress(ip, placeOf("ip", faults));
  requireNone(faults);
  const request: PersonaRequest = {
    ...(line as Asked),
    ...(raw && { headers: raw }),
    ...(address !== undefined && { ip: address }),
  };
  const decision = await createJudge(policy, Date.now())(persona as ReadPersona, request);
  const pass = isExpected(decision, expected);
  const by = expected.route === undefined ? "" : ` by ${expected.route}`;
  const wanted =
    expected.expect === "allow" ? "allow" : expected.expect === "deny" ? "deny" : `deny with ${expected.expect}`;
  return {
    pass,
    message: () =>
      `expected the policy ${pass ? "not " : ""}to ${wanted} ${written}${by}, but it was:\n${decision.explain().text}`,
  };
}
