import { describe, expect, it } from "vitest";
import { appsyncAuthorizer } from "../../../src/adapters/graphql/index.ts";
import {
  type GuardResolverOptions,
  guardResolver,
  principalOf,
  resolverContext,
} from "../../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import type { Principal } from "../../../src/principal.ts";
import { gatewayEvent } from "../../../src/verify/gateway-event.ts";
import { appSyncAuthorizer } from "../../fixtures/appsync-authorizer.ts";
import {
  appSyncApiKey,
  appSyncCognito,
  appSyncCustomDomain,
  appSyncHost,
  appSyncIamGuest,
  appSyncIamUser,
  appSyncLambda,
} from "../../fixtures/appsync-resolver.ts";
import { identityPoolId, sourceIp, sub, userPoolId } from "../../fixtures/facts.ts";
import { now, tokens } from "../graphql/callers.ts";

const policy = definePolicy({
  fields: {
    "Mutation.renameArticle": { group: "editors" },
    "Mutation.deleteUser": { group: "admins" },
    "Query.health": "anyone",
    "Query.office": { ip: `${sourceIp}/32` },
  },
});
const options = { hosts: [appSyncHost], clock: () => now } as const;
const behind = createAuthorizer({ verifiers: [resolverContext(options)], policy, clock: () => now });
const asked = (token: string) =>
  appsyncAuthorizer(createAuthorizer({ verifiers: [tokens], policy, clock: () => now }))({
    ...appSyncAuthorizer,
    authorizationToken: token,
  });

/** The event of a resolver behind our authorizer, as AppSync would write it. */
const resolving = async (token: string, fieldName = "renameArticle", parentTypeName = "Mutation") => {
  const { resolverContext: handedOver } = await asked(token);
  return {
    ...appSyncLambda,
    identity: { resolverContext: handedOver as object },
    info: { ...appSyncLambda.info, fieldName, parentTypeName },
  };
};
const guarded = (more: GuardResolverOptions = {}, authorizer = behind) =>
  guardResolver(authorizer, async (_event: object & never, _context: object, { id }: Principal) => id, more) as (
    event: unknown,
    context: object,
  ) => Promise<string>;

describe("a resolver that is guarded", () => {
  it("is called for whom our authorizer let in and the field's rule allows", async () => {
    expect(await guarded()(await resolving("ada:editors"), {})).toBe("user:pool:ada");
    await expect(guarded()(await resolving("ada:editors", "deleteUser"), {})).rejects.toMatchObject({
      code: "access_denied",
    });
    expect(await guarded()(await resolving("ada:editors", "users", "Query"), {})).toBe("user:pool:ada");
  });

  it("is told who calls, and so are others who ask for the event", async () => {
    const event = await resolving("ada:editors");
    const handler = guardResolver(behind, (given: typeof event, _context: object, principal) => [
      principalOf(given, behind) === principal,
      principal.groups?.names.has("editors"),
    ]);
    expect(await handler(event, {})).toEqual([true, true]);
  });

  it("judges the field that it is for, whatever the event says, and a rule beside it", async () => {
    const event = await resolving("ada:editors", "health", "Query");
    await expect(guarded({ field: "Mutation.deleteUser" })(event, {})).rejects.toMatchObject({ code: "access_denied" });
    await expect(guarded({ rule: { group: "admins" } })(event, {})).rejects.toMatchObject({ code: "access_denied" });
    expect(await guarded({ rule: { group: "editors" } })(event, {})).toBe("user:pool:ada");
  });

  it("judges every event of a batch, whose caller is one", async () => {
    const [one, two] = [await resolving("ada:editors"), await resolving("ada:editors", "deleteUser")];
    expect(await guarded()([one, one], {})).toBe("user:pool:ada");
    await expect(guarded()([one, two], {})).rejects.toMatchObject({ code: "access_denied" });
    await expect(guarded()([one, await resolving("eve:editors")], {})).rejects.toMatchObject({
      code: "configuration_error",
    });
    await expect(guarded()([], {})).rejects.toMatchObject({ code: "configuration_error" });
  });

  it("believes a signed caller by the verifier of gateway events", async () => {
    const iam = createAuthorizer({
      verifiers: [
        gatewayEvent({
          trust: [
            { format: "appsync-iam", host: appSyncHost, identityPools: [{ identityPoolId, userPools: [userPoolId] }] },
          ],
          roles: {
            "123456789012/ArticleEditor": { groups: ["editors"] },
            "123456789012/ArticleGuest": { guest: true },
          },
        }),
      ],
      policy,
    });
    expect(await guarded({}, iam as typeof behind)(appSyncIamUser, {})).toBe(`user:${userPoolId}:${sub}`);
    await expect(guarded({}, iam as typeof behind)(appSyncIamGuest, {})).rejects.toMatchObject({
      code: "access_denied",
    });
    await expect(guarded({}, iam as typeof behind)(appSyncCustomDomain, {})).rejects.toMatchObject({
      code: "gateway_not_trusted",
    });
    const office = {
      ...appSyncIamUser,
      info: { ...appSyncIamUser.info, parentTypeName: "Query", fieldName: "office" },
    };
    expect(await guarded({}, iam as typeof behind)(office, {})).toBe(`user:${userPoolId}:${sub}`);
    const several = { ...office, identity: { ...office.identity, sourceIp: [sourceIp, "10.0.0.1"] } };
    await expect(guarded({}, iam as typeof behind)(several, {})).rejects.toMatchObject({ code: "access_denied" });
  });

  it("verifies the token of a user pool once more, with its scheme or without", async () => {
    const seen: (string | undefined)[] = [];
    const spy = {
      ...tokens,
      verify: async (request: Parameters<typeof tokens.verify>[0]) => {
        seen.push(request.headers.get("authorization"));
        return tokens.verify({ ...request, headers: request.headers });
      },
    };
    const cognito = createAuthorizer({ verifiers: [spy], policy });
    await expect(guarded({}, cognito)(appSyncCognito, {})).rejects.toMatchObject({ code: "invalid_token" });
    const { authorization } = appSyncCognito.request.headers;
    expect(seen).toEqual([`Bearer ${authorization}`]);
  });

  it("is closed to nobody known, but for fields that are for anyone", async () => {
    await expect(guarded()(appSyncApiKey, {})).rejects.toMatchObject({ code: "no_credentials" });
    const health = { ...appSyncApiKey, info: { ...appSyncApiKey.info, parentTypeName: "Query", fieldName: "health" } };
    expect(await guarded()(health, {})).toBe("anonymous");
  });

  it.each<[string, (event: Awaited<ReturnType<typeof resolving>>) => unknown, string]>([
    ["no event", () => undefined, "configuration_error"],
    ["a text", () => "{}", "configuration_error"],
    ["no field", (event) => ({ ...event, info: {} }), "configuration_error"],
    [
      "a field that is none",
      (event) => ({ ...event, info: { parentTypeName: "A.b", fieldName: "c" } }),
      "configuration_error",
    ],
    ["no request", ({ request: _, ...event }) => event, "configuration_error"],
    [
      "a context on its prototype",
      (event) => ({ ...event, identity: Object.create(event.identity) }),
      "unsupported_scheme",
    ],
    [
      "a context of another authorizer",
      (event) => ({ ...event, identity: { resolverContext: { id: "ada" } } }),
      "configuration_error",
    ],
    [
      "a context that was changed",
      (event) => ({
        ...event,
        identity: { resolverContext: { ...event.identity.resolverContext, groups: "editors" } },
      }),
      "configuration_error",
    ],
    [
      "a context that has ended",
      (event) => ({
        ...event,
        identity: { resolverContext: { ...event.identity.resolverContext, expiresAt: new Date(now).toISOString() } },
      }),
      "token_expired",
    ],
    [
      "another API",
      (event) => ({
        ...event,
        request: { ...event.request, headers: { ...event.request.headers, host: "other.example" } },
      }),
      "gateway_not_trusted",
    ],
    ["no host", (event) => ({ ...event, request: { headers: {} } }), "gateway_not_trusted"],
  ])("refuses %s", async (_, change, code) => {
    await expect(guarded()(change(await resolving("ada:editors")), {})).rejects.toMatchObject({ code });
  });

  it.each<[string, unknown, unknown, unknown, string]>([
    ["no authorizer", undefined, () => 1, {}, "needs a policy with rules for fields"],
    [
      "no fields",
      createAuthorizer({ verifiers: [tokens], policy: definePolicy({ routes: {} }) }),
      () => 1,
      {},
      "needs a policy",
    ],
    ["no resolver", behind, undefined, {}, "pass the resolver"],
    ["a field without a rule", behind, () => 1, { field: "Mutation.other" }, "must be a field that a key"],
    ["a field that is none", behind, () => 1, { field: "deleteUser" }, "must be a field that a key"],
    ["a bad rule", behind, () => 1, { rule: { gruop: "a" } }, "gruop"],
    ["an unknown option", behind, () => 1, { fields: [] }, "there is no such option"],
  ])("cannot be made with %s", (_, authorizer, resolver, given, message) => {
    expect(() => guardResolver(authorizer as never, resolver as never, given as never)).toThrow(message);
  });
});

describe("the verifier of what the authorizer handed over", () => {
  it.each([{}, { hosts: [] }, { hosts: [""] }, { hosts: "a" }, { ...options, clock: 1 }, { ...options, more: 1 }])(
    "is refused the options %j",
    (given) => {
      expect(() => resolverContext(given as never)).toThrow(TypeError);
    },
  );

  it("sees nothing in other requests", async () => {
    const plain = { method: "GET", target: "/", wire: true, headers: { all: () => [] } as never };
    expect(resolverContext(options).detects(plain)).toBe(false);
    await expect(resolverContext(options).verify(plain)).rejects.toMatchObject({ code: "no_credentials" });
  });
});
