import { afterEach, describe, expect, it, vi } from "vitest";
import { type AuthorizeOptions, type AuthorizerOptions, createAuthorizer } from "../src/authorizer.ts";
import { isPending, valueAtHand } from "../src/awaitable.ts";
import { ConfigurationError } from "../src/configuration.ts";
import type { Decision } from "../src/decision.ts";
import { AuthError } from "../src/errors.ts";
import {
  anyone,
  authenticated,
  custom,
  equal,
  group,
  header,
  not,
  param,
  rule,
  scope,
  stepUp,
} from "../src/policy/combinators.ts";
import { definePolicy, type Policy, type PolicyDocument, type PolicyInit } from "../src/policy/define-policy.ts";
import type { PolicyExtensions } from "../src/policy/extensions.ts";
import { anonymous, closedGroups, createPrincipal } from "../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import { type ShadowDifference, type ShadowOptions, shadowPolicy } from "../src/shadow.ts";
import type { Verifier } from "../src/verifier.ts";

const now = Date.UTC(2026, 0, 1);

const editor = createPrincipal({
  kind: "user",
  id: "user:pool:1",
  issuer: "pool",
  verifiedBy: "test",
  userId: "1",
  groups: closedGroups(["editors"]),
  scopes: new Set(["articles/read"]),
  authenticatedAt: new Date(now - 600_000),
});

const verifier: Verifier = {
  scheme: "Test",
  detects: ({ headers }) => headers.all("authorization").length > 0,
  async verify({ headers }) {
    if (headers.get("authorization") === "Test bad") throw new AuthError("invalid_token");
    return { principal: editor, signedHeaders: new Set(["x-signed"]) };
  },
};

const requestOf = (line: string, ...headers: readonly string[]): AuthRequest => {
  const [method = "", target = ""] = line.split(" ");
  return { method, target, wire: true, headers: new RequestHeaders(["Authorization", "Test x", ...headers]) };
};

const outcome = (decision: Decision): string => (decision.allowed ? "allowed" : decision.error.code);

/** Lets all that was put off until after the answer be done. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Two policies side by side, and what the shadow told. */
function gate(
  live: PolicyInit | undefined,
  candidate: PolicyInit | Policy,
  { extensions, ...more }: Partial<ShadowOptions> & { extensions?: PolicyExtensions } = {},
  options: Partial<AuthorizerOptions> = {},
) {
  const told: ShadowDifference[] = [];
  const authorizer = createAuthorizer({
    verifiers: [verifier],
    ...(live !== undefined && { policy: definePolicy(live) }),
    clock: () => now,
    shadow: shadowPolicy({
      policy: "match" in candidate ? candidate : definePolicy(candidate, extensions),
      onDifference: (difference) => void told.push(difference),
      ...more,
    }),
    ...options,
  });
  const ask = async (line: string, authorizeOptions?: AuthorizeOptions, ...headers: readonly string[]) => {
    const decision = await authorizer.authorize(requestOf(line, ...headers), authorizeOptions);
    await settled();
    return outcome(decision);
  };
  return { authorizer, ask, told };
}

const summaries = (told: readonly ShadowDifference[]) =>
  told.map(({ kind, live, candidate }) => `${kind}: ${outcome(live)} / ${outcome(candidate)}`);

afterEach(() => vi.restoreAllMocks());

describe("the option shadow", () => {
  const policy = definePolicy({ routes: { "GET /": anyone } });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["true", true],
    ["a policy itself", policy],
    ["the options of shadowPolicy", { policy, onDifference: () => {} }],
    ["shadowPolicy itself", shadowPolicy],
  ])("refuses %s, and says what to write", (_name, shadow) => {
    const make = () => createAuthorizer({ verifiers: [verifier], shadow } as unknown as AuthorizerOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      'createAuthorizer.shadow: import { shadowPolicy } from "poolgate" and write shadowPolicy({ ... }); leave it out for none',
    );
  });
});

describe("shadowPolicy", () => {
  const policy = definePolicy({ routes: { "GET /": anyone } });
  const onDifference = () => {};

  it.each<[string, string, unknown]>([
    ["no options", "", undefined],
    ["null", "", null],
    ["a policy itself", ".document", policy],
    ["no policy", ".policy", { onDifference }],
    ["a policy that was not defined", ".policy", { policy: { routes: {} }, onDifference }],
    ["null as the policy", ".policy", { policy: null, onDifference }],
    ["nobody to tell", ".onDifference", { policy }],
    ["a sample that is no number", ".sample", { policy, onDifference, sample: "1" }],
    ["a sample above 1", ".sample", { policy, onDifference, sample: 1.1 }],
    ["a sample below 0", ".sample", { policy, onDifference, sample: -0.1 }],
    ["a sample that is not a number", ".sample", { policy, onDifference, sample: Number.NaN }],
    ["a random that cannot be asked", ".random", { policy, onDifference, random: 0.5 }],
    ["an unknown option", ".samples", { policy, onDifference, samples: 1 }],
  ])("refuses %s", (_name, option, options) => {
    const make = () => shadowPolicy(options as ShadowOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expect.objectContaining({ option: `shadowPolicy${option}` }));
  });

  it("can be given to several authorizers, each of which has a thousand requests wait", async () => {
    const answers: ((value: boolean) => void)[] = [];
    const functions = { slow: () => new Promise<boolean>((resolve) => answers.push(resolve)) };
    const candidate = definePolicy({ routes: { "GET /": custom("slow") } }, { functions, timeoutSeconds: 60 });
    const shadow = shadowPolicy({ policy: candidate, onDifference });
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    for (let count = 0; count < 2; count += 1) {
      const authorizer = createAuthorizer({ verifiers: [verifier], policy, shadow });
      for (let asked = 0; asked < 1000; asked += 1) await authorizer.authorize(requestOf("GET /"));
    }
    await settled();
    expect(answers).toHaveLength(2000);
    expect(emit).not.toHaveBeenCalled();
    for (const answer of answers) answer(true);
    await settled();
  });
});

describe("a shadow", () => {
  it.each<[string, PolicyDocument["routes"], PolicyDocument["routes"], string, readonly string[]]>([
    ["nothing where both allow", { "GET /": authenticated }, { "GET /": group("editors") }, "allowed", []],
    ["nothing where both refuse alike", { "GET /": group("a") }, { "GET /": group("b") }, "access_denied", []],
    [
      "what it would refuse",
      { "GET /": group("editors") },
      { "GET /": group("admins") },
      "allowed",
      ["would-deny: allowed / access_denied"],
    ],
    [
      "what it would allow",
      { "GET /": group("admins") },
      { "GET /": group("editors") },
      "access_denied",
      ["would-allow: access_denied / allowed"],
    ],
    [
      "what it has no route for",
      { "GET /": anyone },
      { "GET /other": anyone },
      "allowed",
      ["would-deny: allowed / no_route"],
    ],
    [
      "what it would refuse for another reason",
      { "GET /": group("admins") },
      { "GET /": scope("articles/write") },
      "access_denied",
      ["other-refusal: access_denied / insufficient_scope"],
    ],
    [
      "a header that it reads and that nobody signed",
      { "GET /": anyone },
      { "GET /": not(equal(header("x-unsigned"), "no")) },
      "allowed",
      ["would-deny: allowed / header_not_signed"],
    ],
    [
      "an authentication that it finds too old, by the time of the answer",
      { "GET /": stepUp({ maxAge: 600 }) },
      { "GET /": stepUp({ maxAge: 599 }) },
      "allowed",
      ["would-deny: allowed / insufficient_user_authentication"],
    ],
  ])("tells %s", async (_name, live, candidate, answer, expected) => {
    const { ask, told } = gate({ routes: live }, { routes: candidate });
    expect(await ask("GET /", undefined, "X-Unsigned", "yes")).toBe(answer);
    expect(summaries(told)).toEqual(expected);
  });

  it("tells why, on both sides", async () => {
    const { ask, told } = gate({ routes: { "GET /": group("editors") } }, { routes: { "GET /": group("admins") } });
    await ask("GET /");
    expect(told[0]?.live.explain().text).toContain('✓ group("editors")');
    expect(told[0]?.candidate.explain().text).toContain('✗ group("admins")');
  });

  it("judges the GraphQL fields that the candidate names, and not those that the live policy does", async () => {
    const live = definePolicy({ fields: { "User.email": "authenticated" } });
    const kinds: string[] = [];
    const authorizer = createAuthorizer({
      verifiers: [verifier],
      policy: live,
      shadow: shadowPolicy({
        policy: definePolicy({ fields: { "User.phone": group("admins") } }),
        onDifference: ({ kind, candidate }) => void kinds.push(`${kind} ${candidate.fields?.join(" ")}`),
      }),
    });
    for (const nested of [["User.email"], ["User.email", "User.phone"]] as const) {
      const question = { fields: ["Query.users"], nested } as const;
      expect(await authorizer.authorize(requestOf("POST /graphql"), question)).toMatchObject({
        ...{ allowed: true, fields: ["Query.users", "User.email"] },
      });
    }
    await settled();
    expect(kinds).toEqual(["would-deny Query.users User.phone"]);
  });

  it("judges guards too, with the names and the `require` of the candidate", async () => {
    const routes = { "GET /users/:id": authenticated } as const;
    const { ask, told } = gate(
      { routes, rules: { staff: group("editors") } },
      { routes, rules: { staff: group("admins") }, require: not(group("suspended")) },
    );
    expect(await ask("GET /users/7", { rule: rule("staff") })).toBe("allowed");
    expect(await ask("GET /users/7", { rule: equal(param("id"), "7"), params: { id: "7" } })).toBe("allowed");
    expect(summaries(told)).toEqual(["would-deny: allowed / access_denied"]);
  });

  it("judges the parameters as they were, whatever becomes of them", async () => {
    const routes = { "GET /": anyone } as const;
    const { authorizer, told } = gate({ routes }, { routes });
    const params = { id: "7" };
    await authorizer.authorize(requestOf("GET /"), { rule: equal(param("id"), "7"), params });
    params.id = "8";
    await settled();
    expect(told).toEqual([]);
  });

  it("tells of a guard that the candidate could not compile", async () => {
    const routes = { "GET /": anyone } as const;
    const { ask, told } = gate({ routes, rules: { staff: group("editors") } }, { routes });
    expect(await ask("GET /", { rule: rule("staff") })).toBe("allowed");
    expect(summaries(told)).toEqual(["would-deny: allowed / configuration_error"]);
  });

  it("can try a route table where there were guards alone", async () => {
    const { ask, told } = gate(undefined, { routes: { "POST /": anyone } });
    expect(await ask("GET /", { rule: authenticated })).toBe("allowed");
    expect(summaries(told)).toEqual(["would-deny: allowed / no_route"]);
  });

  it("leaves alone what no policy decides", async () => {
    const { authorizer, told } = gate({ routes: { "GET /": anyone } }, { routes: { "POST /": anyone } });
    const bad = { ...requestOf("GET /"), headers: new RequestHeaders(["Authorization", "Test bad"]) };
    expect(outcome(await authorizer.authorize(bad))).toBe("invalid_token");
    expect(outcome(await authorizer.authorize(requestOf("GET //")))).toBe("target_not_canonical");
    await settled();
    expect(told).toEqual([]);
  });

  it("does nothing before the answer, which stays one that nobody waits for", async () => {
    const calls: string[] = [];
    const functions = { yes: () => calls.push("asked") > 0 };
    const { authorizer } = gate(
      { routes: { "GET /": anyone } },
      { routes: { "GET /": custom("yes") } },
      { extensions: { functions } },
      { verifiers: [{ ...verifier, detects: () => false }] },
    );
    const request = { ...requestOf("GET /"), headers: new RequestHeaders([]) };
    const decision = valueAtHand(authorizer.authorize(request));
    if (isPending(decision)) throw new Error("pending");
    expect(decision).toMatchObject({ allowed: true, principal: anonymous });
    expect(calls).toEqual([]);
    await settled();
    expect(calls).toEqual(["asked"]);
  });

  it("changes nothing where the candidate is slow, is down, or throws", async () => {
    const functions = {
      slow: () => new Promise<boolean>(() => {}),
      down: () => Promise.reject(new AuthError("store_unavailable")),
      broken: () => {
        throw new Error("secret");
      },
    };
    const routes = { "GET /slow": anyone, "GET /down": anyone, "GET /broken": anyone } as const;
    const { ask, told } = gate(
      { routes },
      { routes: { "GET /slow": custom("slow"), "GET /down": custom("down"), "GET /broken": custom("broken") } },
      { extensions: { functions, timeoutSeconds: 0.02 } },
    );
    expect([await ask("GET /slow"), await ask("GET /down"), await ask("GET /broken")]).toEqual(
      Array(3).fill("allowed"),
    );
    await vi.waitFor(() => expect(told).toHaveLength(3), 30_000);
    expect(summaries(told).sort()).toEqual([
      "cannot-tell: allowed / decision_unavailable",
      "cannot-tell: allowed / store_unavailable",
      "would-deny: allowed / access_denied",
    ]);
  });

  it("survives a candidate that throws anything at all", async () => {
    const policy = definePolicy({ routes: { "GET /": anyone } });
    const thrower = (thrown: unknown): Policy => ({
      ...policy,
      match() {
        throw thrown;
      },
    });
    for (const thrown of [new Error("x"), undefined, null, "text", new AuthError("target_not_canonical")]) {
      const { ask, told } = gate({ routes: { "GET /": anyone } }, thrower(thrown));
      expect(await ask("GET /")).toBe("allowed");
      expect(told.map(({ kind }) => kind)).toEqual(["would-deny"]);
    }
  });

  it.each([
    ["throws", () => assertNever()],
    ["rejects", async () => assertNever()],
  ])("warns where onDifference %s, and answers as ever", async (_name, onDifference) => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { ask } = gate({ routes: { "GET /": anyone } }, { routes: { "POST /": anyone } }, { onDifference });
    expect(await ask("GET /")).toBe("allowed");
    await vi.waitFor(() => expect(emit).toHaveBeenCalledWith(expect.any(String), { code: "POOLGATE_SHADOW" }), 30_000);
    expect(JSON.stringify(emit.mock.calls)).not.toContain("secret");
  });

  it("warns where random throws, and answers as ever", async () => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const routes = { "GET /": anyone } as const;
    const { ask, told } = gate({ routes }, { routes: { "POST /": anyone } }, { random: () => assertNever() });
    expect(await ask("GET /")).toBe("allowed");
    expect(emit).toHaveBeenCalledTimes(1);
    expect(told).toEqual([]);
  });

  it("compares as many as the sample says", async () => {
    const draws = [0, 0.24, 0.25, 0.9];
    const { ask, told } = gate(
      { routes: { "GET /": anyone } },
      { routes: { "POST /": anyone } },
      { sample: 0.25, random: () => draws.shift() as number },
    );
    for (let count = 0; count < 4; count += 1) await ask("GET /");
    expect(told).toHaveLength(2);
  });

  it("has at most a thousand requests wait for the candidate, and warns once of those that it passes over", async () => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const answers: ((value: boolean) => void)[] = [];
    const functions = { slow: () => new Promise<boolean>((resolve) => answers.push(resolve)) };
    const { authorizer, ask, told } = gate(
      { routes: { "GET /": anyone } },
      { routes: { "GET /": custom("slow") } },
      { extensions: { functions, timeoutSeconds: 60 } },
    );
    for (let count = 0; count < 1100; count += 1) await authorizer.authorize(requestOf("GET /"));
    await settled();
    expect(answers).toHaveLength(1000);
    expect(emit.mock.calls).toEqual([
      ["requests are not compared, as 1000 wait for the candidate of a shadow", { code: "POOLGATE_SHADOW" }],
    ]);
    emit.mockRestore();
    for (const answer of answers) answer(false);
    await settled();
    expect(told).toHaveLength(1000);
    await ask("GET /");
    expect(answers).toHaveLength(1001);
    answers.at(-1)?.(true);
  });

  it("is told after onDecision, and not by it", async () => {
    const order: string[] = [];
    const { ask } = gate(
      { routes: { "GET /": anyone } },
      { routes: { "POST /": anyone } },
      { onDifference: () => void order.push("difference") },
      { onDecision: () => void order.push("decision") },
    );
    await ask("GET /");
    expect(order).toEqual(["decision", "difference"]);
  });
});

function assertNever(): never {
  throw new Error("secret");
}
