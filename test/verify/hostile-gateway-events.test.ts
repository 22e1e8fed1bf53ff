import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardHandler } from "../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../src/authorizer.ts";
import { AuthError, errorTable } from "../../src/errors.ts";
import { authenticated } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import type { Principal } from "../../src/principal.ts";
import { appSyncIamGuest, appSyncIamRole, appSyncIamUser } from "../fixtures/appsync-resolver.ts";
import {
  assumedRole,
  guestIdentityId,
  guestRole,
  identityId,
  identityPoolId,
  loginProvider,
  serviceRole,
  sub,
  userPoolId,
  userRole,
} from "../fixtures/facts.ts";
import { functionUrlIam } from "../fixtures/function-url.ts";
import { httpIamGuest, httpIamRole, httpIamUser } from "../fixtures/http-proxy-v2.ts";
import { restIamGuest, restIamRole, restIamUser } from "../fixtures/rest-proxy.ts";
import { latticeIam } from "../fixtures/vpc-lattice.ts";
import { callerIn, changed, iamVerifier } from "./gateway-events.ts";

const otherPool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0001";
const otherIdentityPool = "eu-west-1:aaaaaaaa-2222-4333-8444-555555555555";
const signIn = `${loginProvider}:CognitoSignIn:${sub}`;
const large = "a".repeat(6 * 1024 * 1024);

/** What no gateway would write in the place of a text. */
const noTexts: readonly unknown[] = [undefined, null, "", 7, true, {}, [], ["x"], { toString: "x" }, large];

const rest = "requestContext.identity";
const iam = "requestContext.authorizer.iam";

const notTrusted: readonly (readonly [string, object, Readonly<Record<string, unknown>>])[] = [
  ...(["accountId", "apiId", "stage"] as const).flatMap((name) =>
    [...noTexts, "999999999999", "zzzzzz9999", "dev", "PROD", "prod ", ["prod"]].flatMap((value) => [
      ["a REST API", restIamUser, { [`requestContext.${name}`]: value }] as const,
      ["an HTTP API", httpIamUser, { [`requestContext.${name}`]: value }] as const,
    ]),
  ),
  ...[...noTexts, "x"].map((value) => ["a function URL", functionUrlIam, { "requestContext.apiId": value }] as const),
  ...[...noTexts, "x.appsync-api.eu-west-1.amazonaws.com"].flatMap((value) => [
    ["AppSync", appSyncIamUser, { "request.headers.host": value }] as const,
    ["AppSync", appSyncIamUser, { "request.domainName": value ?? "graphql.example.com" }] as const,
  ]),
  ...["serviceNetworkArn", "serviceArn"].flatMap((name) =>
    [...noTexts, "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1"].map(
      (value) => ["VPC Lattice", latticeIam, { [`requestContext.${name}`]: value }] as const,
    ),
  ),
];

const refusals: readonly (readonly [string, object, Readonly<Record<string, unknown>>, string])[] = [
  // Who is no assumed role, or one of a role that is not listed.
  ...[
    "arn:aws:iam::123456789012:user/ada",
    "arn:aws:iam::123456789012:root",
    "arn:aws:sts::123456789012:federated-user/ada",
    `${assumedRole(userRole)}\n`,
    ` ${assumedRole(userRole)}`,
    `${assumedRole(userRole)}/x`,
    `arn:aws:sts::123456789012:assumed-role/path/${userRole}/session`,
    `arn:aws-cn:sts::123456789012:assumed-role/${userRole}/session`,
    assumedRole("Other"),
    assumedRole(userRole.toLowerCase()),
    assumedRole("*"),
    assumedRole("__proto__"),
    assumedRole("constructor"),
  ].flatMap(
    (arn) =>
      [
        ["a REST API", restIamUser, { [`${rest}.userArn`]: arn }, "role_not_allowed"],
        ["an HTTP API", httpIamUser, { [`${iam}.userArn`]: arn }, "role_not_allowed"],
        ["a function URL", functionUrlIam, { [`${iam}.userArn`]: arn }, "role_not_allowed"],
        ["AppSync", appSyncIamUser, { "identity.userArn": arn }, "role_not_allowed"],
        ["VPC Lattice", latticeIam, { "requestContext.identity.principal": arn }, "role_not_allowed"],
      ] as const,
  ),
  // A role of another account, which no gateway would say is of this one; and as it would be.
  ["a REST API", restIamUser, { [`${rest}.accountId`]: "999999999999" }, "configuration_error"],
  ["an HTTP API", httpIamRole, { [`${iam}.accountId`]: "999999999999" }, "configuration_error"],
  ["a REST API", restIamUser, elsewhere(rest, "userArn"), "role_not_allowed"],
  ["an HTTP API", httpIamUser, elsewhere(iam, "userArn"), "role_not_allowed"],
  ["AppSync", appSyncIamRole, elsewhere("identity", "userArn"), "role_not_allowed"],
  // A user who comes with the role of guests.
  ["a REST API", restIamUser, { [`${rest}.userArn`]: assumedRole(guestRole) }, "role_not_allowed"],
  ["an HTTP API", httpIamUser, { [`${iam}.userArn`]: assumedRole(guestRole) }, "role_not_allowed"],
  // What is not there, or is no text.
  ...[restIamUser, restIamGuest].flatMap((event) =>
    ["userArn", "accountId", "cognitoIdentityId", "cognitoIdentityPoolId", "cognitoAuthenticationType"].flatMap(
      (name) =>
        noTexts.map((value) => ["a REST API", event, { [`${rest}.${name}`]: value }, "configuration_error"] as const),
    ),
  ),
  ...noTexts.map(
    (value) =>
      ["a REST API", restIamUser, { [`${rest}.cognitoAuthenticationProvider`]: value }, "configuration_error"] as const,
  ),
  ...[
    "accountId",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "cognitoIdentityAuthType",
    "cognitoIdentityAuthProvider",
  ].flatMap((name) =>
    noTexts.map(
      (value) => ["AppSync", appSyncIamUser, { [`identity.${name}`]: value }, "configuration_error"] as const,
    ),
  ),
  ...[
    "userArn",
    "accountId",
    "cognitoIdentity.identityId",
    "cognitoIdentity.identityPoolId",
    "cognitoIdentity.amr",
  ].flatMap((name) =>
    noTexts.map((value) => ["an HTTP API", httpIamUser, { [`${iam}.${name}`]: value }, "configuration_error"] as const),
  ),
  ...["type", "principal"].flatMap((name) =>
    [...noTexts, "NONE"].map(
      (value) =>
        [
          "VPC Lattice",
          latticeIam,
          { [`requestContext.identity.${name}`]: value },
          name === "principal" && value === "NONE" ? "role_not_allowed" : "configuration_error",
        ] as const,
    ),
  ),
  ["an HTTP API", httpIamUser, { [`${iam}.cognitoIdentity`]: [] }, "configuration_error"],
  ["an HTTP API", httpIamUser, { [`${iam}.cognitoIdentity`]: identityId }, "configuration_error"],
  ["an HTTP API", httpIamUser, { [`${iam}.cognitoIdentity`]: {} }, "configuration_error"],
  // Another identity pool, and an identity of another region.
  ["a REST API", restIamUser, { [`${rest}.cognitoIdentityPoolId`]: otherIdentityPool }, "identity_not_accepted"],
  ["a REST API", restIamGuest, { [`${rest}.cognitoIdentityPoolId`]: otherIdentityPool }, "identity_not_accepted"],
  [
    "an HTTP API",
    httpIamUser,
    { [`${iam}.cognitoIdentity.identityPoolId`]: otherIdentityPool },
    "identity_not_accepted",
  ],
  [
    "an HTTP API",
    httpIamGuest,
    { [`${iam}.cognitoIdentity.identityPoolId`]: otherIdentityPool },
    "identity_not_accepted",
  ],
  ["AppSync", appSyncIamGuest, { "identity.cognitoIdentityPoolId": otherIdentityPool }, "identity_not_accepted"],
  ["a REST API", restIamUser, { [`${rest}.cognitoIdentityPoolId`]: `${identityPoolId} ` }, "configuration_error"],
  ["a REST API", restIamUser, { [`${rest}.cognitoIdentityPoolId`]: "__proto__" }, "configuration_error"],
  [
    "a REST API",
    restIamUser,
    { [`${rest}.cognitoIdentityId`]: identityId.replace("eu-west-1", "eu-west-2") },
    "configuration_error",
  ],
  ["a REST API", restIamUser, { [`${rest}.cognitoIdentityId`]: identityId.slice(10) }, "configuration_error"],
  // Signed in and not at once, or neither.
  ["a REST API", restIamUser, { [`${rest}.cognitoAuthenticationType`]: "unauthenticated" }, "configuration_error"],
  ["a REST API", restIamGuest, { [`${rest}.cognitoAuthenticationType`]: "authenticated" }, "configuration_error"],
  ["a REST API", restIamUser, { [`${rest}.cognitoAuthenticationType`]: "Authenticated" }, "configuration_error"],
  ["AppSync", appSyncIamUser, { "identity.cognitoIdentityAuthType": "unauthenticated" }, "configuration_error"],
  ...[
    ["authenticated"],
    ["unauthenticated", loginProvider, signIn],
    ["authenticated", "unauthenticated", loginProvider, signIn],
    ["authenticated", "authenticated", loginProvider, signIn],
    ["unauthenticated", "unauthenticated"],
    [loginProvider, signIn],
    ["authenticated", [loginProvider], signIn],
    ["authenticated", loginProvider, { toString: signIn }],
    Array.from({ length: 100_000 }, () => "authenticated"),
    `authenticated,${loginProvider},${signIn}`,
    { 0: "authenticated", 1: loginProvider, 2: signIn, length: 3 },
  ].map((amr) => ["an HTTP API", httpIamUser, { [`${iam}.cognitoIdentity.amr`]: amr }, "configuration_error"] as const),
  // Providers of other users, of several, or of none.
  ...[
    [loginProvider],
    [signIn],
    [signIn, loginProvider, signIn],
    [loginProvider, signIn, `${loginProvider}:CognitoSignIn:11111111-bbbb-4ccc-8ddd-eeeeeeeeeeee`],
    [loginProvider, `${loginProvider}:CognitoSignIn:`],
    [loginProvider, `${loginProvider}:CognitoSignIn:ada`],
    [loginProvider, `${signIn} `],
    [loginProvider, `${signIn}\n`],
    [loginProvider, signIn.toUpperCase()],
    [loginProvider, signIn.replace("CognitoSignIn", "cognitosignin")],
    [loginProvider, `${loginProvider}.evil.example:CognitoSignIn:${sub}`],
    [loginProvider, `x${signIn}`],
    [otherPool, `${otherPool}:CognitoSignIn:${sub}`],
    [loginProvider, `${otherPool}:CognitoSignIn:${sub}`],
    [otherPool, signIn],
    [`${loginProvider}.cn`, `${loginProvider}.cn:CognitoSignIn:${sub}`],
    ["accounts.google.com", "accounts.google.com:client:123"],
    ["accounts.google.com", "accounts.google.com:client:123", loginProvider, signIn],
    [loginProvider, signIn, "graph.facebook.com", "graph.facebook.com:app:123"],
    // The subject of a foreign provider that spells out a user, as it reads once it has been joined.
    ["idp.example.com", "idp.example.com:app:x", loginProvider, signIn],
    ["__proto__", "__proto__:CognitoSignIn:x"],
  ].flatMap(
    (providers) =>
      [
        [
          "a REST API",
          restIamUser,
          { [`${rest}.cognitoAuthenticationProvider`]: providers.join() },
          "identity_not_accepted",
        ],
        [
          "an HTTP API",
          httpIamUser,
          { [`${iam}.cognitoIdentity.amr`]: ["authenticated", ...providers] },
          "identity_not_accepted",
        ],
        [
          "AppSync",
          appSyncIamUser,
          { "identity.cognitoIdentityAuthProvider": providers.map((text) => `"${text}"`).join() },
          "identity_not_accepted",
        ],
      ] as const,
  ),
];

/** The role of the same name in another account, as a gateway would tell of it. */
function elsewhere(place: string, arn: string): Readonly<Record<string, unknown>> {
  return {
    [`${place}.${arn}`]: `arn:aws:sts::999999999999:assumed-role/${userRole}/session`,
    [`${place}.accountId`]: "999999999999",
  };
}

describe("gatewayEvent", () => {
  it.each(notTrusted)("does not believe %s that is not the listed one: %#", async (_, event, changes) => {
    await expect(callerIn(changed(event, changes))).rejects.toThrow(new AuthError("gateway_not_trusted"));
  });

  it.each(refusals)("refuses what %s would not say, or not of one of ours: %#", async (_, event, changes, code) => {
    const refusal = await callerIn(changed(event, changes)).then(
      ({ id }) => id,
      (thrown: unknown) => thrown,
    );
    expect(refusal).toBeInstanceOf(AuthError);
    expect(refusal).toMatchObject({ code });
    // Whoever reads the log need not learn who it was.
    expect(String(refusal)).not.toContain(sub);
  });

  it("does not find on a prototype what an event lacks", async () => {
    const { identity } = restIamUser.requestContext;
    const { userArn, ...others } = identity;
    const inherited = Object.assign(Object.create({ userArn }), others);
    const event = { ...restIamUser, requestContext: { ...restIamUser.requestContext, identity: inherited } };
    await expect(callerIn(event)).rejects.toMatchObject({ code: "configuration_error" });
  });
});

// Whatever is changed, either the event is refused, or its principal says what the event says, and what the lists allow.
describe("a good event that was changed at one place", () => {
  const good = {
    ...{ restIamUser, restIamGuest, restIamRole, httpIamUser, httpIamGuest, httpIamRole },
    ...{ functionUrlIam, appSyncIamUser, appSyncIamGuest, appSyncIamRole, latticeIam },
  };
  const otherSub = "11111111-bbbb-4ccc-8ddd-eeeeeeeeeeee";
  const texts = [
    ...["", " ", "authenticated", "unauthenticated", "__proto__", "999999999999", "AWS_IAM", "dev"],
    ...[
      identityId,
      guestIdentityId,
      identityPoolId,
      otherIdentityPool,
      sub,
      otherSub,
      userPoolId,
      loginProvider,
      signIn,
    ],
    ...[userRole, guestRole, serviceRole].map((name) => assumedRole(name)),
    `${loginProvider},${signIn}`,
    `"${loginProvider}","${signIn}"`,
    `${loginProvider},${loginProvider}:CognitoSignIn:${otherSub}`,
    `${otherPool},${otherPool}:CognitoSignIn:${sub}`,
  ];
  const junk = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>(...texts) },
    fc.constantFrom<unknown>(undefined, null, 0, 1, true, [], {}, ["authenticated"], ["unauthenticated"]),
    fc.constantFrom<unknown>(
      ["authenticated", loginProvider, `${loginProvider}:CognitoSignIn:${otherSub}`],
      JSON.parse('{"__proto__":{"userArn":"x"}}'),
    ),
    fc.jsonValue(),
  );
  const altered = (value: unknown): fc.Arbitrary<unknown> =>
    typeof value !== "string"
      ? junk
      : fc.oneof(
          junk,
          fc.nat({ max: value.length }).chain((index) =>
            fc.oneof(
              fc.constant(value.slice(0, index) + value.slice(index + 1)),
              fc.string({ maxLength: 2 }).map((inserted) => value.slice(0, index) + inserted + value.slice(index)),
            ),
          ),
          fc.constantFrom<unknown>([value], { value }, `${value},${value}`, value.toUpperCase(), `${value}\u0000`),
        );
  const paths = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([name, member]) => [[...path, name], ...paths(member, [...path, name])]);
  const mutated = (event: object) =>
    fc.constantFrom(...paths(event)).chain((path) => {
      const value = path.reduce<unknown>((place, name) => (place as Record<string, unknown>)[name], event);
      return altered(value).map((other) => changed(event, { [path.join(".")]: other }));
    });

  interface AnyEvent {
    readonly requestContext?: Readonly<Record<string, unknown>>;
    readonly identity?: Readonly<Record<string, unknown>>;
    readonly request?: { readonly headers: { readonly host: unknown }; readonly domainName: unknown };
  }

  /** Whom an event names, and which gateway; written down once more, by another hand than that of the verifier. */
  function named(event: object) {
    const { requestContext: context = {}, identity, request } = event as AnyEvent;
    const { iam } = Object(context.authorizer) as { readonly iam?: object };
    const { cognitoIdentity, ...flat } = Object(identity ?? iam ?? context.identity) as Record<string, unknown>;
    const nested = Object(cognitoIdentity) as Record<string, unknown>;
    const providers = flat.cognitoAuthenticationProvider ?? flat.cognitoIdentityAuthProvider ?? nested.amr ?? "";
    const { apiId, stage, accountId, serviceArn, serviceNetworkArn } = context;
    return {
      gateway:
        request === undefined
          ? [apiId, stage, accountId, serviceArn, serviceNetworkArn]
          : [request.domainName ?? request.headers.host],
      caller: {
        arn: flat.userArn ?? String(flat.principal).replace("arn:aws:iam:", "arn:aws:sts:"),
        pool: flat.cognitoIdentityPoolId ?? nested.identityPoolId ?? undefined,
        identityId: flat.cognitoIdentityId ?? nested.identityId ?? undefined,
        sub: /:CognitoSignIn:([0-9a-f-]{36})"?$/.exec(String([providers].flat().sort().at(-1)))?.[1],
      },
    };
  }

  const groups: Readonly<Record<string, string[]>> = {
    [userRole]: ["editors"],
    [guestRole]: [],
    [serviceRole]: ["indexers"],
  };

  const guarded = guardHandler(
    createAuthorizer({
      verifiers: [iamVerifier],
      policy: definePolicy({ routes: { "DELETE /articles/:id": authenticated } }),
    }),
    () => {
      throw new Error("the handler was called");
    },
  );

  it.each([restIamUser, httpIamUser, functionUrlIam])(
    "is answered with a code by guardHandler, and let through by no way: %#",
    async (event) => {
      await fc.assert(
        fc.asyncProperty(mutated(event), async (mutant) => {
          const { statusCode, body } = await guarded(mutant as never, {});
          expect(statusCode).toBeGreaterThanOrEqual(400);
          expect(Object.keys(errorTable)).toContain(JSON.parse(body).code);
        }),
        { numRuns: 300 },
      );
    },
  );

  it.each(Object.entries(good))("%s", async (name, event) => {
    const { gateway } = named(event);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutated(event), async (mutant) => {
        let principal: Principal;
        try {
          principal = await callerIn(mutant);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AuthError);
          return;
        }
        accepted += 1;
        const { role, identityId, userId } = principal;
        const pool = identityId === undefined ? undefined : identityPoolId;
        expect({ arn: role?.arn, pool, identityId, sub: userId }).toEqual(named(mutant).caller);
        // The account of a function URL is not read, and the stage is always the same.
        if (name !== "functionUrlIam") expect(named(mutant).gateway).toEqual(gateway);
        // Without an identity pool nobody is a user, whatever his role.
        const nobody = identityId === undefined && role?.name !== guestRole ? "role" : "guest";
        const kind = userId === undefined ? nobody : "user";
        expect(principal.kind).toBe(kind);
        expect([...(principal.groups?.names ?? [])]).toEqual(groups[String(role?.name)]);
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});
