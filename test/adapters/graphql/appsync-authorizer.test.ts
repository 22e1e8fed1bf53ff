import { describe, expect, it, vi } from "vitest";
import { type AppSyncAuthorizerOptions, appsyncAuthorizer } from "../../../src/adapters/graphql/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import {
  appSyncAuthorizer,
  appSyncAuthorizerSeveral,
  appSyncAuthorizerUnnamed,
} from "../../fixtures/appsync-authorizer.ts";
import { now, tokens } from "./callers.ts";

const sdl = `
  type Query { health: Boolean, users: [User], articles: [Article] }
  type Mutation { renameArticle(id: ID!, title: String): Article, deleteArticle(id: ID!): Article, deleteUser: User }
  type Subscription { onUser: User }
  type User @aws_cognito_user_pools { id: ID, email: AWSEmail, salary: Int }
  type Article { id: ID, title: String, author: User }
`;
const fields = {
  "Query.health": "anyone",
  "Mutation.*": { group: "editors" },
  "Mutation.deleteUser": { group: "admins" },
  "User.email": { group: "admins" },
} satisfies PolicyInit["fields"];

const handlerOf = (init: PolicyInit = { fields }, options: AppSyncAuthorizerOptions = {}) =>
  appsyncAuthorizer(
    createAuthorizer({
      verifiers: [tokens],
      policy: definePolicy(init, {
        functions: {
          down: () => {
            throw new AuthError("store_unavailable");
          },
        },
      }),
      clock: () => now,
    }),
    { clock: () => now, ...options },
  );
const event = (authorizationToken: string, queryString: unknown, operationName?: string | null) => ({
  ...appSyncAuthorizer,
  authorizationToken,
  requestContext: {
    ...appSyncAuthorizer.requestContext,
    queryString: queryString as string,
    operationName: operationName ?? null,
  },
});
const refused = { isAuthorized: false, ttlOverride: 0 };

describe("the authorizer of an AppSync API", () => {
  it("answers with the caller for resolvers, in strings, and with what becomes null", async () => {
    const answer = await handlerOf()(event("ada:editors", "{ users { id email } }"));
    expect(answer).toEqual({
      isAuthorized: true,
      resolverContext: {
        poolgate: "1",
        principalId: "user:pool:ada",
        kind: "user",
        issuer: "pool",
        verifiedBy: "test",
        groups: '["editors"]',
        groupsClosed: "true",
        expiresAt: "2026-01-01T00:10:00.000Z",
      },
      deniedFields: ["Mutation.deleteUser", "User.email"],
      ttlOverride: 0,
    });
  });

  it.each<[string, string, string, boolean]>([
    ["a query", "ada", "{ users { id } }", true],
    ["a mutation for editors", "ada:editors", "mutation { renameArticle(id: 1) { id } }", true],
    ["a mutation for editors, by another", "ada", "mutation { renameArticle(id: 1) { id } }", false],
    ["a mutation for admins", "ada:editors", "mutation { deleteUser { id } }", false],
    [
      "a mutation for admins beside another",
      "ada:editors",
      "mutation { renameArticle(id: 1) { id } deleteUser { id } }",
      false,
    ],
    [
      "one in a fragment, under an alias",
      "ada:editors",
      "mutation { ...F } fragment F on Mutation { ok: deleteUser { id } }",
      false,
    ],
    [
      "one that is skipped",
      "ada:editors",
      "mutation { renameArticle(id: 1) { id } deleteUser @skip(if: true) { id } }",
      false,
    ],
    [
      "a mutation with a denied field further in, which becomes null",
      "ada:editors",
      "mutation { renameArticle(id: 1) { author { email } } }",
      true,
    ],
    ["a subscription with a denied field further in", "ada:editors", "subscription { onUser { id email } }", false],
    ["a subscription without it", "ada:editors", "subscription { onUser { id } }", true],
    ["a bad token", "ADA", "{ users { id } }", false],
    ["a bad token, and a field for anyone", "ADA", "{ health }", false],
    ["no token", "", "{ users { id } }", false],
    ["no token, and a field for anyone", "", "{ health }", true],
    ["no token, and a field for anyone beside another, which becomes null", "", "{ health users { id } }", true],
    ["introspection by nobody", "", "{ __schema { types { name } } }", false],
    ["introspection", "ada", "{ __schema { types { name } } }", true],
    ["introspection by nobody, beside a field for anyone", "", "{ health __schema { types { name } } }", false],
    [
      "the same of one type, in a fragment",
      "",
      '{ health ...F } fragment F on Query { t: __type(name: "A") { name } }',
      false,
    ],
    ["a document that is none", "admin:admins,editors", "mutation {", false],
  ])("with a schema, judges %s", async (_, token, document, isAuthorized) => {
    const answer = await handlerOf({ fields }, { schema: sdl })(event(token, document));
    expect(answer).toMatchObject(isAuthorized ? { isAuthorized } : refused);
    if (!isAuthorized) expect(Object.keys(answer)).toEqual(["isAuthorized", "ttlOverride"]);
  });

  it.each([
    undefined,
    null,
    "",
    7,
    "{",
    "query A { users { id } } query B { users { id } }",
    "{ ...F }",
    "x".repeat(300_000),
    { definitions: [null] },
    [],
  ])("refuses the document %s, whoever sends it", async (document) => {
    expect(await handlerOf()(event("ada:admins,editors", document))).toEqual(refused);
  });

  it("refuses introspection to whom the policy does not give it, since AppSync cannot make it null", async () => {
    const init = { fields: { "Query.__schema": { not: "anyone" } } } as const;
    for (const options of [{}, { schema: sdl }]) {
      const handler = handlerOf(init, options);
      expect(await handler(event("ada", "{ users { id } __schema { types { name } } }"))).toEqual(refused);
      expect(await handler(event("ada", '{ users { id } __type(name: "A") { name } }'))).toMatchObject({
        isAuthorized: true,
      });
    }
  });

  it("refuses introspection where a mutation leads back to Query, since AppSync could not make it null", async () => {
    const leadingBack = sdl
      .replace("deleteUser: User", "deleteUser: User, ping: Ping")
      .concat("type Ping { query: Query }");
    const init = { fields: { "Mutation.ping": "authenticated", "Query.__schema": { not: "anyone" } } } as const;
    const handler = handlerOf(init, { schema: leadingBack });
    const ping = (selection: string) => handler(event("ada", `mutation { ping { query { ${selection} } } }`));
    expect(await ping("health")).toMatchObject({ isAuthorized: true });
    expect(await ping("__schema { types { name } }")).toEqual(refused);
    expect(await ping("...F } } } fragment F on Query { a: __schema { types { name }")).toEqual(refused);
  });

  it("refuses a field that AppSync's schema has and the one at hand has not, since no denied field would name it", async () => {
    const init: PolicyInit = { fields: { "User.*": { group: "admins" } } };
    const [lagging, fresh] = ["id: ID", "id: ID, salary: Int"].map((body) =>
      handlerOf(init, { schema: `type Query { user: User } type User { ${body} }` }),
    );
    const asking = event("ada:editors", "{ user { salary } }");
    expect(await lagging?.(asking)).toEqual(refused);
    expect(await fresh?.(asking)).toMatchObject({ isAuthorized: true, deniedFields: ["User.salary", "User.id"] });
    expect(await lagging?.(event("ada:admins", "{ user { salary } }"))).toEqual(refused);
  });

  it("refuses what a comment hides from some parsers", async () => {
    const document = "mutation { renameArticle(id: 1) { id } #\u2028 deleteUser { id }\n }";
    expect(await handlerOf()(event("ada:editors", document.replace("\u2028", "")))).toMatchObject({
      isAuthorized: true,
    });
    expect(await handlerOf()(event("ada:editors", document))).toEqual(refused);
  });

  it.each(["DeepDish:Connect", "Deepdish:Connect"])(
    "lets whoever is known open a connection for subscriptions, which AppSync calls %s, and keeps that for nothing else",
    async (name) => {
      const handler = handlerOf({ fields }, { schema: sdl, cacheTtl: 300 });
      const answer = await handler(event("ada", "", name));
      expect(answer).toMatchObject({ isAuthorized: true, ttlOverride: 0, resolverContext: { kind: "user" } });
      expect(await handler(event("ADA", "", name))).toEqual(refused);
      expect(await handler(event("", "", name))).toEqual(refused);
      expect(await handler(event("ada", "subscription { onUser { email } }", name))).toEqual(refused);
      expect(await handler(event("ada", "", `${name}ed`))).toEqual(refused);
      await expect(handler(event("down", "", name))).rejects.toMatchObject({ code: "keys_unavailable" });
    },
  );

  it("lets the policy say who may open a connection", async () => {
    const handler = handlerOf({ fields, connect: { group: "editors" } });
    expect(await handler(event("ada:editors", "", "DeepDish:Connect"))).toMatchObject({ isAuthorized: true });
    expect(await handler(event("ada", "", "DeepDish:Connect"))).toEqual(refused);
    const anyone = handlerOf({ fields, connect: "anyone" });
    expect(await anyone(event("", "", "DeepDish:Connect"))).toEqual(refused);
    expect(await anyone(event("ADA", "", "DeepDish:Connect"))).toEqual(refused);
    await expect(handler(event("down", "", "DeepDish:Connect"))).rejects.toMatchObject({ code: "keys_unavailable" });
  });

  it("judges the operation that is chosen", async () => {
    const read = { ...appSyncAuthorizerSeveral, authorizationToken: "ada" };
    expect(await handlerOf()(read)).toEqual(refused);
    const context = { ...read.requestContext, operationName: "Read" };
    expect(await handlerOf()({ ...read, requestContext: context })).toMatchObject({ isAuthorized: true });
    expect(await handlerOf()({ ...appSyncAuthorizerUnnamed, authorizationToken: "ada" })).toMatchObject({
      isAuthorized: true,
    });
    expect(await handlerOf()({ ...appSyncAuthorizer, authorizationToken: "ada:editors" })).toMatchObject({
      isAuthorized: true,
    });
  });

  it("names what a query asks and what its caller may not, whichever key says so", async () => {
    const init = { fields: { "*": "authenticated", "Query.health": "anyone", "Query.*": { group: "staff" } } } as const;
    const answer = await handlerOf(init)(event("ada", "{ ok: health secret: users { id } }"));
    expect(answer).toMatchObject({ isAuthorized: true, deniedFields: ["Query.users"], ttlOverride: 0 });
    expect(await handlerOf(init)(event("ada", "{ users { id } }"))).toEqual(refused);
  });

  it("names all fields of a type in the schema, in full where the API is known", async () => {
    const apiArn = "arn:aws:appsync:eu-west-1:123456789012:apis/aaaaaa123123123example123";
    const handler = handlerOf(
      { fields: { "User.*": { group: "admins" }, "User.id": "authenticated" } },
      { schema: sdl, apiArn },
    );
    expect((await handler(event("ada", "{ users { id } }"))).deniedFields).toEqual([
      `${apiArn}/types/User/fields/email`,
      `${apiArn}/types/User/fields/salary`,
    ]);
    const foreign = { ...appSyncAuthorizer.requestContext, apiId: "other" };
    await expect(handler({ ...appSyncAuthorizer, requestContext: foreign })).rejects.toMatchObject({
      code: "configuration_error",
    });
  });

  it("takes the token behind its prefix, and as the only credential", async () => {
    const handler = handlerOf({ fields }, { tokenPrefix: "custom-" });
    expect(await handler(event("custom-ada", "{ users { id } }"))).toMatchObject({ isAuthorized: true });
    for (const token of ["ada", "Custom-ada", "custom-", "Bearer ada", "custom-Bearer ada"]) {
      expect(await handler(event(token, "{ users { id } }"))).toEqual(refused);
    }
    const headers = { Authorization: "Bearer ada:admins", cookie: "id=ada", "x-amzn-oidc-data": "ada" };
    const smuggled = { ...event("", "{ users { id } }"), requestHeaders: headers };
    expect(await handlerOf()(smuggled)).toEqual(refused);
  });

  it("lets rules read headers, but keeps no answer then", async () => {
    const init = { fields: { "Query.users": { equal: [{ header: "x-stage" }, "test"] } } } as const;
    const asked = event("ada", "{ users { id } }");
    const handler = handlerOf(init, { cacheTtl: 60 });
    expect(await handler({ ...asked, requestHeaders: { "X-Stage": "test" } })).toMatchObject({
      isAuthorized: true,
      ttlOverride: 0,
    });
    expect(await handler(asked)).toEqual(refused);
    const hollow = { ...asked, requestHeaders: null };
    expect(await handler(hollow)).toEqual(refused);
  });

  it("throws what is our own fault, so that nobody is let in and nothing is kept", async () => {
    await expect(handlerOf()(event("down", "{ users { id } }"))).rejects.toMatchObject({ code: "keys_unavailable" });
    const asking = handlerOf({ fields: { "Query.users": { custom: "down" } } });
    await expect(asking(event("ada", "{ users { id } }"))).rejects.toMatchObject({ code: "store_unavailable" });
    for (const foreign of [
      undefined,
      null,
      [],
      "{}",
      {},
      { authorizationToken: "ada" },
      { authorizationToken: 1, requestContext: {} },
    ]) {
      await expect(handlerOf()(foreign as never)).rejects.toMatchObject({ code: "configuration_error" });
    }
    const inherited = Object.create(event("ada:admins", "{ users { id } }"));
    await expect(handlerOf()(inherited)).rejects.toMatchObject({ code: "configuration_error" });
  });

  it("reports one decision for each operation", async () => {
    const onDecision = vi.fn();
    const policy = definePolicy({ fields });
    const handler = appsyncAuthorizer(createAuthorizer({ verifiers: [tokens], policy, onDecision }), { schema: sdl });
    await handler(event("ada", "{ users { email } }"));
    expect(onDecision).toHaveBeenCalledOnce();
    expect(onDecision.mock.calls[0]?.[0]).toMatchObject({ allowed: false, fields: ["Query.users", "User.email"] });
  });
});

describe("an answer", () => {
  const ttlOf = async (
    token: string,
    init: PolicyInit,
    options: AppSyncAuthorizerOptions = {},
    ask = "{ users { id } }",
  ) => (await handlerOf(init, { cacheTtl: 300, ...options })(event(token, ask))).ttlOverride;
  const nested = { fields: { "User.email": { group: "admins" } } } as const;
  const quiet = sdl.replace(/type Subscription.*/, "");
  const events = sdl.replace("type Subscription", "type Events");
  const extended = `extend schema { mutation: Writes } schema { query: Query } ${quiet} type Writes { wipe: Int }`;

  it.each<[string, Promise<number>, number]>([
    ["that is the same for every operation", ttlOf("ada", { fields: {} }), 300],
    ["for longer than the token lasts", ttlOf("ada", { fields: {} }, { cacheTtl: 3_600 }), 600],
    ["for a token without an end", ttlOf("endless", { fields: {} }), 0],
    ["where nothing was said of keeping", ttlOf("ada", { fields: {} }, { cacheTtl: 0 }), 0],
    ["whose denied fields are further in", ttlOf("ada", nested), 300],
    [
      "whose denied fields are further in, in a schema without subscriptions",
      ttlOf("ada", nested, { schema: quiet }),
      300,
    ],
    [
      "whose denied fields are further in, where subscriptions would be refused",
      ttlOf("ada", nested, { schema: sdl }),
      0,
    ],
    [
      "whose denied fields are further in, where an extension ahead of the schema has subscriptions",
      ttlOf("ada", nested, { schema: `extend schema { subscription: Events } schema { query: Query } ${events}` }),
      0,
    ],
    [
      "while a mutation would be refused that an extension ahead of the schema has",
      ttlOf("ada", { fields: { "Writes.wipe": { group: "admins" } } }, { schema: extended }),
      0,
    ],
    ["while a mutation would be refused", ttlOf("ada", { fields }), 0],
    [
      "while another query would be refused",
      ttlOf("ada", { fields: { "*": { group: "a" }, "Query.users": "anyone" } }),
      0,
    ],
    ["that goes by the time", ttlOf("ada", { fields: { "User.email": { stepUp: { maxAge: 60 } } } }), 0],
    ["for nobody", ttlOf("", { fields: { "*": "anyone" } }), 0],
  ])("%s is kept as long as it holds", async (_, ttl, seconds) => {
    expect(await ttl).toBe(seconds);
  });

  it("is not kept by a clock that tells no time", async () => {
    expect(await ttlOf("ada", { fields: {} }, { clock: () => Number.NaN })).toBe(0);
  });
});

describe("the options of an AppSync authorizer", () => {
  const authorizer = createAuthorizer({ verifiers: [tokens], policy: definePolicy({ fields }) });
  it.each<[string, unknown, unknown, string]>([
    ["no authorizer", undefined, {}, "pass what createAuthorizer returns"],
    ["no options object", authorizer, null, "pass one object"],
    ["an unknown option", authorizer, { ttl: 1 }, "there is no such option"],
    ["no policy", createAuthorizer({ verifiers: [tokens] }), {}, "needs a policy with rules for fields"],
    [
      "a policy without fields",
      createAuthorizer({ verifiers: [tokens], policy: definePolicy({ routes: {} }) }),
      {},
      "needs a policy",
    ],
    [
      "no bearer",
      createAuthorizer({ verifiers: [{ ...tokens, scheme: "Test" }], policy: definePolicy({ fields }) }),
      {},
      "bearer",
    ],
    ["a schema that is none", authorizer, { schema: "type Query {" }, "must be a schema of GraphQL"],
    ["a schema of another type", authorizer, { schema: {} }, "must be the text of a schema"],
    ["a schema without queries", authorizer, { schema: "type A { b: Int }" }, "has no type for queries"],
    [
      "a rule for a field that the schema lacks",
      authorizer,
      { schema: "type Query { health: Int } type Mutation { deleteUsers: Int } interface User { email: String }" },
      "the policy has rules for Mutation.deleteUser, User.email, which",
    ],
    [
      "a rule for a type that another is in the schema's place",
      authorizer,
      { schema: `schema { query: Query mutation: Writes } ${sdl.replace("type Mutation", "type Writes")}` },
      "Mutation.*, Mutation.deleteUser",
    ],
    [
      "a rule over a whole type, and no schema",
      createAuthorizer({ verifiers: [tokens], policy: definePolicy({ fields: { "User.*": "guest" } }) }),
      {},
      "pass the text of the schema: it tells what User.* of the policy stands for",
    ],
    ["a prefix that AppSync does not take", authorizer, { tokenPrefix: "Bearer" }, "AppSync takes no Bearer"],
    ["a prefix with a space", authorizer, { tokenPrefix: "a " }, "without spaces"],
    ["too long a life", authorizer, { cacheTtl: 3_601 }, "a whole number from 0 to 3600"],
    ["a negative life", authorizer, { cacheTtl: -1 }, "a whole number from 0 to 3600"],
    ["an ARN that is none", authorizer, { apiArn: "abcdef" }, "must be the ARN of an API"],
    ["a clock that is none", authorizer, { clock: 1 }, "must be a function such as Date.now"],
  ])("are refused with %s", (_, given, options, message) => {
    const make = () => appsyncAuthorizer(given as never, options as never);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });

  it("may have a schema with other names for its root types, extensions and unions", async () => {
    const schema = `
      schema { query: Reads } extend schema { mutation: Writes }
      type Reads { any: Any } type Writes { wipe: Int } extend type Reads { more: Any }
      union Any = A type A { a: Int } type B { b: Int } extend union Any = B`;
    const other = definePolicy({ fields: { "Writes.wipe": { group: "admins" }, "B.b": { group: "admins" } } });
    const handler = appsyncAuthorizer(createAuthorizer({ verifiers: [tokens], policy: other }), { schema });
    expect(await handler(event("ada", "mutation { wipe }"))).toEqual(refused);
    expect(await handler(event("ada:admins", "mutation { wipe }"))).toMatchObject({ isAuthorized: true });
    expect(await handler(event("ada", "{ more { ... on B { b } } }"))).toMatchObject({
      deniedFields: ["B.b", "Writes.wipe"],
    });
    expect(await handler(event("ada", "subscription { x }"))).toEqual(refused);
  });
});
