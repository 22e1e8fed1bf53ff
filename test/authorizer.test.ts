import { afterEach, describe, expect, it, vi } from "vitest";
import { type AuthorizeOptions, type AuthorizerOptions, createAuthorizer } from "../src/authorizer.ts";
import type { Decision } from "../src/decision.ts";
import { AuthError } from "../src/errors.ts";
import {
  allOf,
  anyOf,
  anyone,
  authenticated,
  equal,
  group,
  guest,
  header,
  not,
  param,
  scope,
  stepUp,
  tag,
} from "../src/policy/combinators.ts";
import { definePolicy } from "../src/policy/define-policy.ts";
import type { Rule } from "../src/policy/rule.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import type { Verified, Verifier } from "../src/verifier.ts";

const editor = createPrincipal({
  kind: "user",
  id: "user:pool:1",
  issuer: "pool",
  verifiedBy: "test",
  userId: "1",
  groups: closedGroups(["editors"]),
  scopes: new Set(["articles/read"]),
  tags: new Map([["tenant", "acme"]]),
});

/** Verifies `Authorization: Test <anything>` as one caller. */
const testVerifier = (
  principal: Principal,
  extra: Partial<Verifier> & { signedHeaders?: ReadonlySet<string> } = {},
): Verifier => {
  const { signedHeaders, ...rest } = extra;
  return {
    scheme: "Test",
    challenge: 'Test realm="test"',
    detects: (request) => request.headers.all("authorization").some((value) => value.startsWith("Test ")),
    verify: async () => ({ principal, ...(signedHeaders !== undefined && { signedHeaders }) }),
    ...rest,
  };
};

const failing = (thrown: unknown): Verifier =>
  testVerifier(editor, {
    verify: async () => {
      throw thrown;
    },
  });

const requestOf = (line: string, ...headers: readonly string[]): AuthRequest => {
  const [method = "", target = ""] = line.split(" ");
  return { method, target, wire: true, headers: new RequestHeaders(headers) };
};

const credential = ["Authorization", "Test x"] as const;

const policy = definePolicy({
  require: not(group("suspended")),
  routes: {
    "GET /health": anyone,
    "GET /articles/:id": anyOf(authenticated, guest),
    "POST /articles": group("editors"),
    "PUT /articles": allOf(group("editors"), scope("articles/write")),
    "DELETE /articles": group("admins"),
    "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")),
    "GET /beta": equal(header("x-beta"), "yes"),
  },
});

const authorizerFor = (principal: Principal, options: Partial<AuthorizerOptions> = {}) =>
  createAuthorizer({ verifiers: [testVerifier(principal)], policy, ...options });

const outcome = (decision: Decision): string =>
  decision.allowed ? "allowed" : `${decision.error.status} ${decision.error.code}`;

const judge = async (line: string, headers: readonly string[] = credential, principal: Principal = editor) =>
  outcome(await authorizerFor(principal).authorize(requestOf(line, ...headers)));

afterEach(() => vi.restoreAllMocks());

describe("createAuthorizer", () => {
  it.each<[string, unknown]>([
    ["no options", undefined],
    ["no verifiers", {}],
    ["an empty list of verifiers", { verifiers: [] }],
    ["something that is no verifier", { verifiers: [{}] }],
    ["nothing in place of a verifier", { verifiers: [undefined] }],
    ["a verifier that cannot verify", { verifiers: [{ scheme: "X", detects: () => true }] }],
    ["a verifier that cannot detect", { verifiers: [{ scheme: "X", verify: async () => ({ principal: editor }) }] }],
    ["two verifiers of one scheme", { verifiers: [testVerifier(editor), testVerifier(editor, { scheme: "TEST" })] }],
    ["a scheme that is no word", { verifiers: [testVerifier(editor, { scheme: "Te st" })] }],
    ["a scheme that is no text", { verifiers: [testVerifier(editor, { scheme: 1 as unknown as string })] }],
    ["a challenge of two lines", { verifiers: [testVerifier(editor, { challenge: "Test\r\nset-cookie: a=b" })] }],
    ["an empty challenge", { verifiers: [testVerifier(editor, { challenge: "" })] }],
    ["a policy that is undefined", { verifiers: [testVerifier(editor)], policy: undefined }],
    ["a policy that is null", { verifiers: [testVerifier(editor)], policy: null }],
    ["a policy that was not defined", { verifiers: [testVerifier(editor)], policy: { routes: { "GET /": anyone } } }],
    ["an onDecision that cannot be called", { verifiers: [testVerifier(editor)], onDecision: "log" }],
    ["an unknown option", { verifiers: [testVerifier(editor)], polcy: policy }],
    ["a clock that cannot be asked", { verifiers: [testVerifier(editor)], clock: 0 }],
    ["an unknown way with method overrides", { verifiers: [testVerifier(editor)], methodOverride: "ignore" }],
  ])("refuses %s", (_name, options) => {
    expect(() => createAuthorizer(options as AuthorizerOptions)).toThrow(TypeError);
  });

  it("refuses verifiers that would mix the groups of two pools", () => {
    const verifiers = [
      testVerifier(editor, { issuers: [{ issuer: "a", declared: false }] }),
      testVerifier(editor, { scheme: "Other", issuers: [{ issuer: "b", declared: true }] }),
    ] as const;
    expect(() => createAuthorizer({ verifiers })).toThrow(TypeError);
  });

  it("shows its verifiers and its policy", () => {
    const verifier = testVerifier(editor);
    expect(createAuthorizer({ verifiers: [verifier] })).toMatchObject({ verifiers: [verifier] });
    expect(createAuthorizer({ verifiers: [verifier] }).policy).toBeUndefined();
    expect(createAuthorizer({ verifiers: [verifier], policy }).policy).toBe(policy);
  });
});

describe("authorize", () => {
  it.each([
    ["GET /health", "allowed"],
    ["GET /articles/1", "allowed"],
    ["HEAD /articles/1", "allowed"],
    ["POST /articles", "allowed"],
    ["GET /tenants/acme/users", "allowed"],
    ["GET /tenants/other/users", "403 access_denied"],
    ["PUT /articles", "403 insufficient_scope"],
    ["DELETE /articles", "403 access_denied"],
    ["PATCH /articles", "403 no_route"],
    ["GET /nowhere", "403 no_route"],
    ["PROPFIND /articles", "403 no_route"],
    ["GET /API/../admin", "400 target_not_canonical"],
    ["GET http://example.com/health", "400 target_not_canonical"],
  ])("%s of an editor is %s", async (line, expected) => {
    expect(await judge(line)).toBe(expected);
  });

  it.each([
    ["GET /health", "allowed"],
    ["POST /articles", "401 no_credentials"],
    ["GET /nowhere", "401 no_credentials"],
  ])("%s without a credential is %s", async (line, expected) => {
    expect(await judge(line, [])).toBe(expected);
  });

  it("denies a guest with 403, since he did say who he is", async () => {
    const visitor = createPrincipal({
      kind: "guest",
      id: "guest:1",
      issuer: "i",
      verifiedBy: "test",
      groups: closedGroups(),
    });
    expect(await judge("POST /articles", credential, visitor)).toBe("403 access_denied");
    expect(await judge("GET /articles/1", credential, visitor)).toBe("allowed");
  });

  it("does not let a suspended user in by the role he comes with", async () => {
    const role = createPrincipal({
      kind: "role",
      id: "role:1/Editor",
      issuer: "1",
      verifiedBy: "test",
      groups: openGroups(["editors"]),
    });
    expect(await judge("POST /articles", credential, role)).toBe("403 access_denied");
    const suspended = createPrincipal({ ...editor, groups: closedGroups(["editors", "suspended"]) });
    expect(await judge("POST /articles", credential, suspended)).toBe("403 access_denied");
  });

  it("refuses a bad credential even where anyone may come", async () => {
    const authorizer = createAuthorizer({ verifiers: [failing(new AuthError("invalid_token"))], policy });
    expect(outcome(await authorizer.authorize(requestOf("GET /health", ...credential)))).toBe("401 invalid_token");
  });

  it.each([
    ["an unknown scheme", ["authorization", "Basic eDp5"], "GET /health", "401 unsupported_scheme"],
    ["a presigned query that nobody reads", [], "GET /health?X-Amz-Signature=1", "401 unsupported_scheme"],
    ["two credentials", [...credential, ...credential], "GET /health", "400 ambiguous_credentials"],
    ["a method override", [...credential, "X-HTTP-Method-Override", "DELETE"], "POST /articles", "400 method_override"],
    [
      "a method override of another name",
      [...credential, "x-method-override", "GET"],
      "POST /articles",
      "400 method_override",
    ],
  ])("refuses %s", async (_name, headers, line, expected) => {
    expect(await judge(line, headers)).toBe(expected);
  });

  it("challenges with the scheme of the verifier that refused, and with every scheme where none was used", async () => {
    const verifiers = [
      failing(new AuthError("invalid_token")),
      testVerifier(editor, { scheme: "Other", challenge: "Other", detects: () => false }),
    ] as const;
    const authorizer = createAuthorizer({ verifiers, policy });
    const refused = await authorizer.authorize(requestOf("GET /health", ...credential));
    const absent = await authorizer.authorize(requestOf("POST /articles"));
    expect(refused).toMatchObject({ error: { challenge: 'Test realm="test", error="invalid_token"' } });
    expect(absent).toMatchObject({ error: { challenge: 'Test realm="test", Other' } });
  });

  it("challenges with the bare scheme of a verifier that gives no challenge", async () => {
    const { challenge: _, ...plain } = testVerifier(editor);
    const decision = await createAuthorizer({ verifiers: [plain], policy }).authorize(requestOf("POST /articles"));
    expect(decision).toMatchObject({ error: { challenge: "Test" } });
  });

  it("names the scopes that are missing, and nothing else where more than scopes is missing", async () => {
    const decision = await authorizerFor(editor).authorize(requestOf("PUT /articles", ...credential));
    expect(decision).toMatchObject({
      error: { challenge: 'Test realm="test", error="insufficient_scope", scope="articles/write"' },
    });
    const stranger = createPrincipal({ ...editor, groups: closedGroups() });
    expect(await judge("PUT /articles", credential, stranger)).toBe("403 access_denied");
  });

  describe("where the user's authentication does not suffice", () => {
    const now = Date.UTC(2026, 0, 1);
    const challenge = async (principal: Principal, rule: Rule, verifiers: readonly Verifier[] = []) => {
      const authorizer = createAuthorizer({ verifiers: [testVerifier(principal), ...verifiers], clock: () => now });
      const decision = await authorizer.authorize(requestOf("GET /", ...credential), { rule });
      return decision.allowed ? "allowed" : `${outcome(decision)} ${decision.error.challenge}`;
    };
    const strong = stepUp({ acr: "urn:cognito:loa:3" });
    const asked = '401 insufficient_user_authentication Test realm="test", error="insufficient_user_authentication"';

    it.each<[string, Rule, string]>([
      ["a level", strong, `${asked}, acr_values="urn:cognito:loa:3 urn:cognito:loa:4"`],
      ["an age", stepUp({ maxAge: 900 }), `${asked}, max_age="900"`],
      ["a method, which a challenge cannot name", stepUp({ amr: "mfa" }), asked],
      [
        "a level and a scope",
        allOf(scope("articles/write"), strong),
        `${asked}, scope="articles/write", acr_values="urn:cognito:loa:3 urn:cognito:loa:4"`,
      ],
      [
        "either a level or a scope: the scope",
        anyOf(strong, scope("articles/write")),
        '403 insufficient_scope Test realm="test", error="insufficient_scope", scope="articles/write"',
      ],
      ["a group besides: nothing", allOf(group("admins"), strong), "403 access_denied undefined"],
      ["no level under not: nothing", not(strong), "403 access_denied undefined"],
    ])("asks a user for %s", async (_name, rule, expected) => {
      expect(await challenge(editor, rule)).toBe(expected);
    });

    it("asks in the words of the verifier of tokens, if there is one", async () => {
      const tokens = { ...testVerifier(editor), scheme: "bearer", challenge: 'Bearer realm="x"', detects: () => false };
      expect(await challenge(editor, stepUp({ maxAge: 900 }), [tokens])).toBe(
        '401 insufficient_user_authentication Bearer realm="x", error="insufficient_user_authentication", max_age="900"',
      );
    });

    it("asks for what route and guard demand together", async () => {
      const authorizer = authorizerFor(editor, {
        policy: definePolicy({ require: stepUp({ maxAge: 900 }), routes: { "GET /": strong } }),
      });
      const decision = await authorizer.authorize(requestOf("GET /", ...credential), { rule: stepUp({ maxAge: 60 }) });
      expect(decision).toMatchObject({
        error: {
          challenge: expect.stringMatching(/", acr_values="urn:cognito:loa:3 urn:cognito:loa:4", max_age="60"$/),
        },
      });
    });

    it("says 403 to who has no user to ask, and 401 no_credentials to nobody", async () => {
      const machine = createPrincipal({ ...editor, kind: "client" });
      expect(await challenge(machine, strong)).toBe("403 access_denied undefined");
      const decision = await authorizerFor(editor).authorize(requestOf("GET /health"), { rule: strong });
      expect(outcome(decision)).toBe("401 no_credentials");
    });

    it("tells the age of an authentication by the clock at the time of the decision", async () => {
      let time = now + 60_000;
      const user = createPrincipal({ ...editor, authenticatedAt: new Date(now) });
      const authorizer = createAuthorizer({ verifiers: [testVerifier(user)], clock: () => time });
      const request = requestOf("GET /", ...credential);
      const rule = stepUp({ maxAge: 60 });
      expect(outcome(await authorizer.authorize(request, { rule }))).toBe("allowed");
      time += 1;
      const late = await authorizer.authorize(request, { rule });
      expect(outcome(late)).toBe("401 insufficient_user_authentication");
      time = now;
      expect(late.explain().rules).toMatchObject([{ value: false, operands: [{ operand: "age", value: 60 }] }]);
    });
  });

  it.each<[string, unknown, string]>([
    ["an exception", new RangeError("boom"), "500 internal_error"],
    ["an outage", new AuthError("keys_unavailable"), "503 keys_unavailable"],
    ["a thrown text", "text", "500 internal_error"],
  ])("denies on %s in a verifier", async (_name, thrown, expected) => {
    const authorizer = createAuthorizer({ verifiers: [failing(thrown)], policy });
    expect(outcome(await authorizer.authorize(requestOf("GET /health", ...credential)))).toBe(expected);
  });

  it("denies on an exception while it detects", async () => {
    const verifier = testVerifier(editor, {
      detects: () => {
        throw new Error("boom");
      },
    });
    const decision = await createAuthorizer({ verifiers: [verifier], policy }).authorize(requestOf("GET /health"));
    expect(outcome(decision)).toBe("500 internal_error");
  });

  it("denies where there is neither a policy nor a rule", async () => {
    const authorizer = createAuthorizer({ verifiers: [testVerifier(editor)] });
    expect(outcome(await authorizer.authorize(requestOf("GET /", ...credential)))).toBe("500 configuration_error");
  });

  it.each<[string, unknown]>([
    ["a rule that is undefined", { rule: undefined }],
    ["a misspelled rule", { Rule: group("admins") }],
    ["no object", null],
  ])("denies on options with %s, not leaving out the check", async (_name, options) => {
    const decision = authorizerFor(editor).authorize(requestOf("GET /health"), options as AuthorizeOptions);
    expect(outcome(await decision)).toBe("500 configuration_error");
  });

  it("asks none but the verifiers that were checked", async () => {
    const verifiers: [Verifier, ...Verifier[]] = [testVerifier(editor)];
    const authorizer = createAuthorizer({ verifiers, policy });
    verifiers.push(testVerifier(editor, { scheme: "Late", detects: () => true }));
    expect(outcome(await authorizer.authorize(requestOf("POST /articles")))).toBe("401 no_credentials");
    expect(Object.isFrozen(authorizer.verifiers)).toBe(true);
  });

  it("judges what was asked for, even where a verifier changes the request", async () => {
    const request = { ...requestOf("DELETE /articles", ...credential) };
    const verify = async () => {
      Object.assign(request, { method: "POST", target: "/health" });
      return { principal: editor };
    };
    const authorizer = createAuthorizer({ verifiers: [testVerifier(editor, { verify })], policy });
    expect(outcome(await authorizer.authorize(request))).toBe("403 access_denied");
  });

  it("denies once a broker brings a second pool whose groups could be mixed up", async () => {
    const issuers = [{ issuer: "a", declared: false }];
    const authorizer = createAuthorizer({ verifiers: [testVerifier(editor, { issuers })], policy });
    expect(outcome(await authorizer.authorize(requestOf("POST /articles", ...credential)))).toBe("allowed");
    issuers.push({ issuer: "b", declared: false });
    expect(outcome(await authorizer.authorize(requestOf("POST /articles", ...credential)))).toBe(
      "500 configuration_error",
    );
  });

  describe("with signed headers", () => {
    const judgeSigned = async (signed: readonly string[], headers: readonly string[]) => {
      const verifier = testVerifier(editor, { signedHeaders: new Set(signed) });
      const authorizer = createAuthorizer({ verifiers: [verifier], policy });
      return outcome(await authorizer.authorize(requestOf("GET /beta", ...credential, ...headers)));
    };

    it("believes a header that is signed", async () => {
      expect(await judgeSigned(["host", "x-beta"], ["X-Beta", "yes"])).toBe("allowed");
    });

    it("refuses a header that a rule reads and that is not signed", async () => {
      expect(await judgeSigned(["host"], ["X-Beta", "yes"])).toBe("401 header_not_signed");
    });

    it("takes a header that is not there for missing", async () => {
      expect(await judgeSigned(["host"], [])).toBe("403 access_denied");
    });

    it("believes the header of a caller whose credential signs nothing", async () => {
      expect(await judge("GET /beta", [...credential, "X-Beta", "yes"])).toBe("allowed");
    });
  });

  describe("with methodOverride: judge-both", () => {
    const judgeBoth = async (line: string, override: string) =>
      outcome(
        await authorizerFor(editor, { methodOverride: "judge-both" }).authorize(
          requestOf(line, ...credential, "X-HTTP-Method-Override", override),
        ),
      );

    it("allows where both methods are allowed", async () => {
      expect(await judgeBoth("POST /articles", "post")).toBe("allowed");
    });

    it("denies where the other method is denied", async () => {
      expect(await judgeBoth("POST /articles", "DELETE")).toBe("403 access_denied");
      expect(await judgeBoth("POST /articles", "BREW")).toBe("403 no_route");
    });

    it("refuses a signed request whose signature does not cover the header that asks for the other method", async () => {
      const signedBy = (...names: string[]) =>
        createAuthorizer({
          verifiers: [testVerifier(editor, { signedHeaders: new Set(names) })],
          policy,
          methodOverride: "judge-both",
        });
      const request = () => requestOf("POST /articles", ...credential, "X-HTTP-Method-Override", "post");
      expect(outcome(await signedBy("host").authorize(request()))).toBe("401 header_not_signed");
      expect(outcome(await signedBy("x-method-override").authorize(request()))).toBe("401 header_not_signed");
      expect(outcome(await signedBy("x-http-method-override").authorize(request()))).toBe("allowed");
      expect(outcome(await signedBy("host").authorize(requestOf("POST /articles", ...credential)))).toBe("allowed");
    });
  });

  describe("with the rule of a guard", () => {
    const guarded = async (
      line: string,
      rule: Rule,
      options: { params?: Record<string, unknown>; principal?: Principal; bare?: boolean } = {},
    ) => {
      const verifiers = [testVerifier(options.principal ?? editor)] as const;
      const authorizer = createAuthorizer(options.bare ? { verifiers } : { verifiers, policy });
      const { params } = options;
      return outcome(
        await authorizer.authorize(requestOf(line, ...credential), { rule, ...(params !== undefined && { params }) }),
      );
    };

    it("needs both the table and the rule", async () => {
      expect(await guarded("POST /articles", group("editors"))).toBe("allowed");
      expect(await guarded("POST /articles", group("admins"))).toBe("403 access_denied");
      expect(await guarded("DELETE /articles", group("editors"))).toBe("403 access_denied");
      expect(await guarded("GET /nowhere", group("editors"))).toBe("403 no_route");
    });

    it("holds the policy's require on a route that anyone may take", async () => {
      const suspended = createPrincipal({ ...editor, groups: closedGroups(["editors", "suspended"]) });
      expect(await guarded("GET /health", group("editors"))).toBe("allowed");
      expect(await guarded("GET /health", group("editors"), { principal: suspended })).toBe("403 access_denied");
    });

    it("works without a policy", async () => {
      expect(await guarded("GET /anywhere", group("editors"), { bare: true })).toBe("allowed");
      expect(await guarded("GET /anywhere", authenticated, { bare: true })).toBe("allowed");
    });

    it("reads the parameters that the framework matched", async () => {
      const rule = equal(tag("tenant"), param("tenantId"));
      expect(await guarded("GET /x", rule, { bare: true, params: { tenantId: "acme" } })).toBe("allowed");
      expect(await guarded("GET /x", rule, { bare: true, params: { tenantId: "other" } })).toBe("403 access_denied");
      expect(await guarded("GET /x", rule, { bare: true })).toBe("403 access_denied");
    });
  });

  it("verifies a request once however many gates it meets", async () => {
    const verify = vi.fn(async (): Promise<Verified> => ({ principal: editor }));
    const authorizer = createAuthorizer({ verifiers: [testVerifier(editor, { verify })], policy });
    const request = requestOf("POST /articles", ...credential);
    await Promise.all([authorizer.authorize(request), authorizer.authorize(request, { rule: group("editors") })]);
    await authorizer.authorize(request);
    expect(verify).toHaveBeenCalledTimes(1);
    await authorizer.authorize(requestOf("POST /articles", ...credential));
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it("is denied at every gate where the first verification failed", async () => {
    const verify = vi.fn(async () => Promise.reject(new AuthError("invalid_token")));
    const authorizer = createAuthorizer({ verifiers: [testVerifier(editor, { verify })], policy });
    const request = requestOf("GET /health", ...credential);
    expect(outcome(await authorizer.authorize(request))).toBe("401 invalid_token");
    expect(outcome(await authorizer.authorize(request))).toBe("401 invalid_token");
    expect(verify).toHaveBeenCalledTimes(1);
  });
});

describe("onDecision", () => {
  it("is told every decision with its request", async () => {
    const onDecision = vi.fn();
    const request = requestOf("GET /nowhere", ...credential);
    const decision = await authorizerFor(editor, { onDecision }).authorize(request);
    expect(onDecision).toHaveBeenCalledExactlyOnceWith(decision, request);
  });

  it.each<[string, () => void]>([
    [
      "throws an error",
      () => {
        throw new Error("log is full");
      },
    ],
    [
      "throws a text",
      () => {
        throw "log is full";
      },
    ],
    [
      "throws what cannot become a string",
      () => {
        throw Object.create(null);
      },
    ],
    ["rejects with what cannot become a string", async () => Promise.reject(Object.create(null))],
    ["rejects", async () => Promise.reject(new Error("log is full"))],
  ])("changes no answer when it %s", async (_name, onDecision) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const decision = await authorizerFor(editor, { onDecision }).authorize(requestOf("POST /articles", ...credential));
    await new Promise(setImmediate);
    expect(decision.allowed).toBe(true);
    expect(warned).toHaveBeenCalledTimes(1);
  });
});

describe("prepare", () => {
  it("refuses a faulty rule before the first request", () => {
    expect(() => authorizerFor(editor).prepare({ rule: "nowhere" })).toThrow(TypeError);
    expect(() => createAuthorizer({ verifiers: [testVerifier(editor)] }).prepare({ rule: "nowhere" })).toThrow(
      TypeError,
    );
    expect(() => authorizerFor(editor).prepare(null as unknown as Rule)).toThrow(TypeError);
    expect(() => authorizerFor(editor).prepare("nobody" as Rule)).toThrow(TypeError);
  });

  it("accepts a rule, and judges by it afterwards", async () => {
    const authorizer = authorizerFor(editor);
    const rule = group("admins");
    authorizer.prepare(rule);
    const decision = await authorizer.authorize(requestOf("POST /articles", ...credential), { rule });
    expect(outcome(decision)).toBe("403 access_denied");
  });
});

describe("ready", () => {
  it("waits for every verifier that can warm up", async () => {
    const ready = vi.fn(async () => {});
    const verifiers = [testVerifier(editor, { ready }), testVerifier(editor, { scheme: "Other" })] as const;
    await expect(createAuthorizer({ verifiers }).ready()).resolves.toBeUndefined();
    expect(ready).toHaveBeenCalledTimes(1);
  });

  it("rejects with a report where a verifier cannot, and tells afterwards how everything stands", async () => {
    const ready = async () => Promise.reject(new AuthError("keys_unavailable"));
    const row = {
      source: "keys",
      issuer: "https://a.example",
      state: "unavailable",
      code: "keys_unavailable",
    } as const;
    const down = testVerifier(editor, { ready, readiness: () => [row] });
    const authorizer = createAuthorizer({ verifiers: [down, testVerifier(editor, { scheme: "Other" })] });
    const report = [{ scheme: "Test", ...row }];
    await expect(authorizer.ready()).rejects.toMatchObject({ name: "ReadinessError", report });
    expect(authorizer.readiness()).toEqual(report);
  });
});

describe("grants", () => {
  const routes = { "GET /articles": "authenticated", "POST /articles": { group: "editors" } } as const;
  const reader: Verifier = {
    scheme: "Test",
    detects: ({ headers }) => headers.all("authorization").length > 0,
    verify: async ({ headers }) => {
      if (headers.get("authorization") !== "Test good") throw new AuthError("invalid_token");
      return {
        principal: createPrincipal({
          kind: "user",
          id: "user:x",
          issuer: "x",
          verifiedBy: "test",
          groups: closedGroups(),
        }),
      };
    },
  };
  const asked = (authorization: string, target = "/"): AuthRequest => ({
    method: "GET",
    target,
    wire: true,
    headers: new RequestHeaders(["authorization", authorization]),
  });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "none",
      (thrown: AuthError) => thrown.code,
    );

  it("tells who calls and what each route gives him, and judges nothing", async () => {
    const onDecision = vi.fn();
    const authorizer = createAuthorizer({ verifiers: [reader], policy: definePolicy({ routes }), onDecision });
    const { principal, grants } = await authorizer.grants(asked("Test good"));
    expect(principal.id).toBe("user:x");
    expect(grants.map(({ route, granted }) => [route, granted])).toEqual([
      ["GET /articles", "always"],
      ["POST /articles", "never"],
    ]);
    expect(onDecision).not.toHaveBeenCalled();
  });

  it("tells nothing to a bad credential, over a path of two readings, or without a policy", async () => {
    const authorizer = createAuthorizer({ verifiers: [reader], policy: definePolicy({ routes }) });
    expect(await codeOf(authorizer.grants(asked("Test bad")))).toBe("invalid_token");
    expect(await codeOf(authorizer.grants(asked("Test good", "//")))).toBe("target_not_canonical");
    expect(await codeOf(createAuthorizer({ verifiers: [reader] }).grants(asked("Test good")))).toBe(
      "configuration_error",
    );
  });

  it("goes by the policy that is live now", async () => {
    const first = definePolicy({ routes: { "GET /a": "authenticated" } });
    const second = definePolicy({ routes: { "GET /b": "authenticated" } });
    let current = first;
    const following = {
      ...first,
      get current() {
        return current;
      },
    };
    const authorizer = createAuthorizer({ verifiers: [reader], policy: following });
    const routesNow = async () => (await authorizer.grants(asked("Test good"))).grants.map(({ route }) => route);
    expect(await routesNow()).toEqual(["GET /a"]);
    current = second;
    expect(await routesNow()).toEqual(["GET /b"]);
  });
});

describe("fields and connections", () => {
  const policy = definePolicy(
    {
      routes: { "POST /graphql": anyone },
      fields: {
        "Mutation.deleteUser": group("admins"),
        "Query.preview": equal(header("x-preview"), "yes"),
        "Query.down": { custom: "down" },
      },
      connect: group("editors"),
    },
    {
      functions: {
        down: () => {
          throw new AuthError("store_unavailable");
        },
      },
    },
  );
  const asked = (...headers: readonly string[]): AuthRequest => ({
    method: "POST",
    target: "/graphql",
    wire: true,
    headers: new RequestHeaders(["authorization", "Test x", ...headers]),
  });
  const authorizer = createAuthorizer({ verifiers: [testVerifier(editor)], policy });

  it("are judged by their own rules, all of them", async () => {
    const allowed = await authorizer.authorize(asked(), { fields: ["Query.users", "Query.users"] });
    expect(allowed).toMatchObject({ allowed: true, fields: ["Query.users"] });
    expect(allowed.route).toBeUndefined();
    const denied = await authorizer.authorize(asked(), { fields: ["Query.users", "Mutation.deleteUser"] });
    expect(denied).toMatchObject({ allowed: false, error: { code: "access_denied", status: 403 } });
    expect(denied.explain().text).toBe(
      [
        "denied: access_denied - The caller may not do this.",
        "caller: user:pool:1 (user, verified by test)",
        "field: Query.users",
        '✓ authenticated [kind = "user"]',
        "field: Mutation.deleteUser",
        '✗ group("admins") [groups = ["editors"]]',
        "to be allowed:",
        '  be in the group "admins"',
      ].join("\n"),
    );
    expect(denied.explain()).toMatchObject({ fields: ["Query.users", "Mutation.deleteUser"] });
  });

  it("hold beside the rule of a guard", async () => {
    const decision = await authorizer.authorize(asked(), { fields: ["Query.users"], rule: group("admins") });
    expect(decision).toMatchObject({ allowed: false, fields: ["Query.users"], guard: { rule: group("admins") } });
    const allowed = await authorizer.authorize(asked(), { fields: ["Query.users"], rule: group("editors") });
    expect(allowed).toMatchObject({ allowed: true, fields: ["Query.users"], guard: { rule: group("editors") } });
  });

  it("tell what is asked further in", async () => {
    const nested = ["User.email", "Article.title"] as const;
    const allowed = await authorizer.authorize(asked(), { fields: ["Query.users"], nested });
    expect(allowed).toMatchObject({ allowed: true, fields: ["Query.users"], nested });
    const denied = await authorizer.authorize(asked(), { fields: ["Mutation.deleteUser"], nested });
    expect(denied).toMatchObject({ allowed: false, fields: ["Mutation.deleteUser"], nested });
    expect(await authorizer.authorize(asked(), { fields: ["Query.users"], nested: [] })).not.toHaveProperty("nested");
    const twice = await authorizer.authorize(asked(), { fields: ["Query.users"], nested: [...nested, ...nested] });
    expect(twice).toMatchObject({ nested });
    const both = await authorizer.authorize(asked(), { fields: ["Query.users"], nested: ["Query.users", ...nested] });
    expect(both).toMatchObject({ fields: ["Query.users"], nested });
    const same = await authorizer.authorize(asked(), { fields: ["Query.users"], nested: ["Query.users"] });
    expect(same).not.toHaveProperty("nested");
  });

  it("are judged further in where the policy names them, and come with what leads to them else", async () => {
    const naming = definePolicy({ fields: { "User.email": group("admins"), "Article.*": group("editors") } });
    const gate = createAuthorizer({ verifiers: [testVerifier(editor)], policy: naming });
    const fields = ["Query.users"] as const;
    expect(await gate.authorize(asked(), { fields, nested: ["User.name", "Article.title"] })).toMatchObject({
      ...{ allowed: true, fields: ["Query.users", "Article.title"], nested: ["User.name", "Article.title"] },
    });
    expect(await gate.authorize(asked(), { fields, nested: ["User.name", "User.email"] })).toMatchObject({
      ...{ allowed: false, fields: ["Query.users", "User.email"], error: { code: "access_denied" } },
    });
  });

  it("are chosen and judged by one policy, though it is exchanged while the caller is verified", async () => {
    const first = definePolicy({ fields: { "Query.users": group("admins") } });
    const second = definePolicy({ fields: { "User.email": group("admins") } });
    let current = first;
    const policy = {
      ...first,
      get current() {
        return current;
      },
    };
    const verifier = testVerifier(editor);
    const slow: Verifier = {
      ...verifier,
      async verify(request) {
        current = second;
        return await verifier.verify(request);
      },
    };
    const gate = createAuthorizer({ verifiers: [slow], policy });
    const question = { fields: ["Query.users"], nested: ["User.email"] } as const;
    expect(await gate.authorize(asked(), question)).toMatchObject({ allowed: false });
    const request = asked();
    expect(await gate.authorize(request, question)).toMatchObject({ fields: ["Query.users", "User.email"] });
    current = first;
    const { fieldGrants } = await gate.grants(request);
    expect(fieldGrants.map(({ field }) => field)).toEqual(["User.email", "*"]);
    expect(await gate.allowedFields(request, ["Query.users", "User.email"])).toEqual(new Set(["Query.users"]));
  });

  it("are not told as judged where no policy judges them, but a guard alone", async () => {
    const alone = createAuthorizer({ verifiers: [testVerifier(editor)] });
    const subjects = [{ fields: ["Query.users"], nested: ["User.email"] }, { connect: true }] as const;
    for (const subject of subjects) {
      const decision = await alone.authorize(asked(), { ...subject, rule: group("editors") });
      expect(decision).toMatchObject({ allowed: true, guard: {} });
      for (const name of ["fields", "nested", "route"]) expect(decision).not.toHaveProperty(name);
    }
  });

  it("are judged by the rule to connect, where that is asked", async () => {
    expect(await authorizer.authorize(asked(), { connect: true })).toMatchObject({ allowed: true, route: "$connect" });
    const others = createAuthorizer({
      verifiers: [testVerifier(editor)],
      policy: definePolicy({ connect: group("x") }),
    });
    expect(await others.authorize(asked(), { connect: true })).toMatchObject({ allowed: false, route: "$connect" });
  });

  it("are denied where the policy has no rules for them", async () => {
    const plain = createAuthorizer({ verifiers: [testVerifier(editor)], policy: definePolicy({ routes: {} }) });
    for (const options of [{ fields: ["Query.users"] }, { connect: true }] satisfies AuthorizeOptions[]) {
      const decision = await plain.authorize(asked(), options);
      expect(decision).toMatchObject({ allowed: false, error: { code: "no_route" } });
      expect(decision.explain().otherRoutes).toEqual([]);
      expect(decision.route).toBe("connect" in options ? "$connect" : undefined);
      expect(decision.fields).toEqual(options.fields);
    }
  });

  it.each<[string, object]>([
    ["no field", { fields: [] }],
    ["what is no list", { fields: "Query.users" }],
    ["undefined", { fields: undefined }],
    ["what is no field", { fields: ["users"] }],
    ["a connection that is none", { connect: false }],
    ["both", { connect: true, fields: ["Query.users"] }],
    ["fields further in that are no list", { fields: ["Query.users"], nested: "User.email" }],
    ["fields further in that are none", { fields: ["Query.users"], nested: ["email"] }],
    ["fields further in, undefined", { fields: ["Query.users"], nested: undefined }],
    ["fields further in alone", { nested: ["User.email"] }],
  ])("are denied, as a fault of ours, for %s", async (_, options) => {
    const decision = await authorizer.authorize(asked(), options as AuthorizeOptions);
    expect(decision).toMatchObject({ allowed: false, error: { code: "configuration_error" } });
  });

  it("tell which fields to leave out, each judged by itself", async () => {
    const onDecision = vi.fn();
    const quiet = createAuthorizer({ verifiers: [testVerifier(editor)], policy, onDecision });
    const fields = ["Query.users", "Mutation.deleteUser", "Query.preview"] as const;
    expect([...(await quiet.allowedFields(asked(), fields))]).toEqual(["Query.users"]);
    expect([...(await quiet.allowedFields(asked("x-preview", "yes"), fields))]).toEqual([
      "Query.users",
      "Query.preview",
    ]);
    expect(onDecision).not.toHaveBeenCalled();
    const signed = createAuthorizer({ verifiers: [testVerifier(editor, { signedHeaders: new Set() })], policy });
    expect([...(await signed.allowedFields(asked("x-preview", "yes"), fields))]).toEqual(["Query.users"]);
  });

  it("tell nothing where the credential is bad or somebody cannot be asked", async () => {
    await expect(authorizer.allowedFields(asked(), ["Query.users", "Query.down"])).rejects.toMatchObject({
      code: "store_unavailable",
    });
    const bad: AuthRequest = { ...asked(), headers: new RequestHeaders(["authorization", "Other x"]) };
    await expect(authorizer.allowedFields(bad, ["Query.users"])).rejects.toMatchObject({ code: "unsupported_scheme" });
  });
});
