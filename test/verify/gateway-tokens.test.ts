import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardHandler } from "../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../src/authorizer.ts";
import { presentedCredential, selectVerifier } from "../../src/credentials.ts";
import { AuthError } from "../../src/errors.ts";
import { authenticated, group, not, scope } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal, type Principal } from "../../src/principal.ts";
import { RequestHeaders } from "../../src/request.ts";
import { parseTarget } from "../../src/target.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import type { Verifier } from "../../src/verifier.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { gatewayEvent } from "../../src/verify/gateway-event.ts";
import type { GatewayTrust } from "../../src/verify/gateway-event-options.ts";
import { account, apiId, clientId, signature, sub, timeEpoch, userPoolId, userPoolIssuer } from "../fixtures/facts.ts";
import { httpJwt, httpJwtNoScopes } from "../fixtures/http-proxy-v2.ts";
import {
  restCognito,
  restCognitoAccess,
  restCognitoBareToken,
  restIamUser,
  restProxy,
} from "../fixtures/rest-proxy.ts";
import { accessClaims, createSigner, idClaims } from "../tokens/token-fixtures.ts";
import { callerIn, changed, requestIn, roles } from "./gateway-events.ts";

const clock = () => timeEpoch + 60_000;
const rest = { format: "rest-cognito", account, apiId, stage: "prod" } as const;
const http = { format: "http-jwt", account, apiId, stage: "$default" } as const;
const pool = { userPoolId, clientId };
const believing = (...trust: [GatewayTrust, ...GatewayTrust[]]): Verifier => gatewayEvent({ trust, clock });
const idClaimsBelieved = believing({ ...rest, ...pool, tokenUse: "id" });
const accessClaimsBelieved = believing(
  { ...rest, ...pool, tokenUse: "access" },
  { ...http, ...pool, tokenUse: "access" },
);

const signer = createSigner("one");
const jwks = { keys: [signer.jwk] };
const id = userPool({ ...pool, tokenUse: "id", jwks, clock });
const access = userPool({ ...pool, tokenUse: "access", jwks, clock });
const times = { auth_time: timeEpoch / 1_000, iat: timeEpoch / 1_000, exp: timeEpoch / 1_000 + 3_600 };
const mine = { sub, iss: userPoolIssuer, ...times };
const idToken = signer.sign(idClaims({ ...mine, "cognito:groups": ["editors", "a,b"] }));
const accessToken = signer.sign(accessClaims({ ...mine, "cognito:groups": ["editors", "a b"] }));
const verified = gatewayEvent({
  trust: [
    { ...rest, issuers: [id, access] },
    { ...http, issuers: [access] },
  ],
});

/** The same event with another `Authorization`. */
const bearing = (event: object, authorization: string | undefined) =>
  "httpMethod" in event
    ? changed(event, { "headers.Authorization": authorization, multiValueHeaders: null })
    : changed(event, { "headers.authorization": authorization });

const restClaims = "requestContext.authorizer.claims";
const httpClaims = "requestContext.authorizer.jwt.claims";

describe("the claims of a Cognito authorizer", () => {
  const user = {
    ...{
      kind: "user",
      id: `user:${userPoolId}:${sub}`,
      issuer: userPoolIssuer,
      verifiedBy: "gateway-event",
      userId: sub,
    },
    ...{ clientId, expiresAt: new Date(timeEpoch + 3_600_000), authenticatedAt: new Date(timeEpoch) },
  } as const;

  it("name the user of an ID token, with the types that they had", async () => {
    const principal = await callerIn(restCognito, idClaimsBelieved);
    const { "cognito:groups": _, ...claims } = restCognito.requestContext.authorizer.claims;
    expect(principal).toEqual(
      createPrincipal({ ...user, kind: "user", claims: { ...claims, email_verified: true, ...times } }),
    );
    expect(principal.groups).toBeUndefined();
    expect(principal.scopes).toBeUndefined();
    expect(await callerIn(restCognitoBareToken, idClaimsBelieved)).toEqual(principal);
  });

  it.each([
    ["a REST API", restCognitoAccess, ["articles/read", "articles/write"]],
    ["an HTTP API", httpJwt, ["articles/read", "articles/write"]],
    ["an HTTP API without scopes", httpJwtNoScopes, ["articles/read", "articles/write"]],
  ])("name the user of an access token and its scopes: %s", async (_, event, scopes) => {
    const principal = await callerIn(event, accessClaimsBelieved);
    expect(principal).toMatchObject(user);
    expect(principal.scopes).toEqual(new Set(scopes));
    expect(principal.claims).toMatchObject({ ...times, sub, client_id: clientId });
    expect(Object.keys(principal.claims)).not.toContain("cognito:groups");
  });

  it("know that a user is in no group, where none are said", async () => {
    expect((await callerIn(restCognitoAccess, accessClaimsBelieved)).groups).toEqual(closedGroups());
    expect((await callerIn(httpJwt, accessClaimsBelieved)).groups).toBeUndefined();
  });

  it("name an app client that got the token for itself", async () => {
    const event = changed(httpJwt, {
      [`${httpClaims}.sub`]: clientId,
      [`${httpClaims}.username`]: undefined,
      [`${httpClaims}.auth_time`]: undefined,
      [`${httpClaims}.cognito:groups`]: undefined,
    });
    expect(await callerIn(event, accessClaimsBelieved)).toMatchObject({
      ...{ kind: "client", id: `client:${userPoolId}:${clientId}`, clientId, groups: closedGroups() },
    });
  });

  it("are good for the clients that are listed, or for any", async () => {
    const other = changed(httpJwt, { [`${httpClaims}.client_id`]: "another" });
    await expect(callerIn(other, accessClaimsBelieved)).rejects.toMatchObject({ code: "invalid_token" });
    for (const clients of [[clientId, "another"], null]) {
      const verifier = believing({ ...http, userPoolId, clientId: clients, tokenUse: "access" });
      expect((await callerIn(other, verifier)).clientId).toBe("another");
    }
  });

  it("have their scopes named beside those of other pools", async () => {
    const prefixed = believing({ ...http, ...pool, tokenUse: "access", scopes: { prefix: "one:" } });
    expect((await callerIn(httpJwt, prefixed)).scopes).toEqual(new Set(["one:articles/read", "one:articles/write"]));
    expect(prefixed.issuers).toEqual([{ issuer: userPoolIssuer, declared: true }]);
    expect(accessClaimsBelieved.issuers).toContainEqual({ issuer: userPoolIssuer, declared: false });
    expect(idClaimsBelieved.issuers).toEqual([{ issuer: userPoolIssuer, declared: true }]);
  });

  it("leave a truth value that is none as it stands", async () => {
    for (const value of ["yes", "TRUE", 1]) {
      const event = changed(restCognito, { [`${restClaims}.email_verified`]: value });
      expect((await callerIn(event, idClaimsBelieved)).claims.email_verified).toBe(value);
    }
  });

  it("take both formats of the issuer", async () => {
    const updated = userPoolIssuer.replace("https://", "https://issuer-");
    const event = changed(restCognito, { [`${restClaims}.iss`]: updated });
    expect(await callerIn(event, idClaimsBelieved)).toMatchObject({ issuer: userPoolIssuer, userId: sub });
  });

  it("end with the token, by the clock", async () => {
    const late = gatewayEvent({ trust: [{ ...rest, ...pool, tokenUse: "id" }], clock: () => timeEpoch + 3_600_000 });
    await expect(callerIn(restCognito, late)).rejects.toMatchObject({
      code: "token_expired",
      challenge: expect.stringMatching(/^Bearer /),
    });
    // These events are of the past.
    const now = gatewayEvent({ trust: [{ ...rest, ...pool, tokenUse: "id" }] });
    await expect(callerIn(restCognito, now)).rejects.toMatchObject({ code: "token_expired" });
  });

  const noTexts = [7, true, {}, ["x"], "a".repeat(6 * 1024 * 1024)];
  const missing = [undefined, null];

  it.each<[string, string, unknown, string]>([
    ...["iss", "sub", "aud", "token_use", "exp", "iat", "auth_time", "jti"].flatMap((name) =>
      noTexts.map((value): [string, string, unknown, string] => [
        "of another type",
        name,
        value,
        "configuration_error",
      ]),
    ),
    ...["exp", "iat", "auth_time"].flatMap((name) =>
      [
        ...["", "-1", "1.5", "1e3", " 1767229200", "Invalid Date", "2026-01-01T00:00:00Z", "NaN", "0x10"],
        ...["Thu Jan 01 01:00:00 CET 2026", "Fri Jan 01 01:00:00 UTC 2026", "Thu Jan 1 01:00:00 UTC 2026"],
        ...["Thu Jan 01 01:00:00 UTC 2026 ", "Thu Feb 30 01:00:00 UTC 2026", "Thu, 01 Jan 2026 01:00:00 GMT"],
      ].map((value): [string, string, unknown, string] => ["of no time", name, value, "configuration_error"]),
    ),
    ...["iss", "sub", "aud", "token_use", "exp"].flatMap((name) =>
      missing.map((value): [string, string, unknown, string] => ["without a claim", name, value, "invalid_token"]),
    ),
    ["of another pool", "iss", userPoolIssuer.replace("Example01", "Other0001"), "invalid_token"],
    ["of another pool", "iss", `${userPoolIssuer}/`, "invalid_token"],
    ["of another pool", "iss", `${userPoolIssuer}.cn`, "invalid_token"],
    ["of another use", "token_use", "access", "invalid_token"],
    ["of another client", "aud", "another", "invalid_token"],
    ["of several clients", "aud", `${clientId},another`, "invalid_token"],
    ["of several clients", "aud", `[${clientId} another]`, "invalid_token"],
    ["of no user", "sub", "ada", "configuration_error"],
    ["of no user", "sub", "", "invalid_token"],
    ["of no user", "sub", `${sub} `, "configuration_error"],
    ["of two users", "sub", `${sub},${sub}`, "configuration_error"],
    ["of the past", "exp", "Thu Jan 01 00:01:00 UTC 2026", "token_expired"],
    ["of the future", "iat", "Thu Jan 01 00:02:00 UTC 2026", "invalid_token"],
  ])("are refused, %s: %s, %#", async (_, name, value, code) => {
    const event = changed(restCognito, { [`${restClaims}.${name}`]: value });
    const refusal = await callerIn(event, idClaimsBelieved).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(AuthError);
    expect(refusal).toMatchObject({ code });
  });

  it.each([
    [{ "requestContext.stage": "dev" }],
    [{ "requestContext.apiId": "zzzzzz9999" }],
    [{ "requestContext.accountId": "999999999999" }],
    [{ "requestContext.accountId": [account] }],
  ])("are believed of no other gateway: %j", async (changes) => {
    await expect(callerIn(changed(restCognito, changes), idClaimsBelieved)).rejects.toMatchObject({
      code: "gateway_not_trusted",
    });
  });

  it("give no rule an answer about groups that were joined", async () => {
    const authorizer = createAuthorizer({
      verifiers: [accessClaimsBelieved],
      policy: definePolicy({
        routes: {
          "GET /articles/:id": authenticated,
          "GET /scoped": scope("articles/read"),
          "GET /editors": group("editors"),
          "GET /others": not(group("a")),
        },
      }),
    });
    const handler = guardHandler(authorizer, (_event: never, _context: unknown, caller) => ({
      statusCode: 200,
      body: caller.id,
    }));
    const ask = async (path: string) => {
      const event = changed(httpJwt, { rawPath: path, routeKey: "$default", pathParameters: undefined });
      return (await handler(event as never, {})).statusCode;
    };
    expect(await ask("/articles/7")).toBe(200);
    expect(await ask("/scoped")).toBe(200);
    expect(await ask("/editors")).toBe(403);
    expect(await ask("/others")).toBe(403);
    const byRest = createAuthorizer({
      verifiers: [verified],
      policy: definePolicy({ routes: { "GET /articles/:id": group("a,b") } }),
    });
    const restHandler = guardHandler(byRest, () => ({ statusCode: 200 }));
    expect((await restHandler(bearing(restCognitoBareToken, idToken) as never, {})).statusCode).toBe(200);
    expect((await restHandler(restCognitoBareToken as never, {})).statusCode).toBe(401);
  });

  it("say, however they are changed, whom they name, or nobody", async () => {
    const texts = [
      "",
      sub,
      clientId,
      "another",
      userPoolIssuer,
      "id",
      "access",
      "true",
      "1767229200",
      "__proto__",
      "a,b",
    ];
    const value = fc.oneof(
      fc.constantFrom<unknown>(...texts, undefined, null, "11111111-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
      fc.jsonValue(),
    );
    const { claims } = restCognitoAccess.requestContext.authorizer;
    const names = [...Object.keys(claims), "cognito:groups", "aud", "nbf", "__proto__", "constructor"];
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, other) => {
        const event = changed(restCognitoAccess, {});
        Object.defineProperty(event.requestContext.authorizer.claims, name, {
          value: other,
          enumerable: true,
          configurable: true,
        });
        let principal: Principal;
        try {
          principal = await callerIn(event, accessClaimsBelieved);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AuthError);
          return;
        }
        accepted += 1;
        const said = event.requestContext.authorizer.claims;
        expect(principal).toMatchObject({ kind: "user", userId: said.sub, clientId, issuer: said.iss });
        expect(said).toMatchObject({ iss: userPoolIssuer, token_use: "access", client_id: clientId });
        expect([...(principal.scopes ?? [])]).toEqual((said.scope ?? "").split(" ").filter(Boolean));
        expect(principal.groups).toEqual((said["cognito:groups"] ?? null) === null ? closedGroups() : undefined);
        expect(Object.getPrototypeOf(principal.claims)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe("the token behind a Cognito authorizer", () => {
  it.each([
    ["a REST API", restCognito, `Bearer ${idToken}`, id],
    ["a REST API, without a scheme", restCognito, idToken, id],
    ["a REST API, with an access token", restCognitoAccess, `bearer ${accessToken}`, access],
    ["an HTTP API", httpJwt, `Bearer ${accessToken}`, access],
  ])("is verified again, and tells the groups: %s", async (_, event, authorization, issuer) => {
    const raw = issuer === id ? idToken : accessToken;
    const headers = new RequestHeaders(["authorization", `Bearer ${raw}`]);
    const { principal } = await bearer({ issuers: [issuer] }).verify({
      method: "GET",
      target: "/",
      wire: true,
      headers,
    });
    expect(await callerIn(bearing(event, authorization), verified)).toEqual(principal);
    expect([...(principal.groups?.names ?? [])]).toEqual(["editors", issuer === id ? "a,b" : "a b"]);
  });

  it("must be that of the claims", async () => {
    const other = signer.sign(accessClaims({ ...mine, sub: "11111111-bbbb-4ccc-8ddd-eeeeeeeeeeee" }));
    const faults = [
      bearing(httpJwt, `Bearer ${other}`),
      bearing(changed(httpJwt, { [`${httpClaims}.sub`]: undefined }), `Bearer ${accessToken}`),
      bearing(changed(httpJwt, { [`${httpClaims}.sub`]: [sub] }), `Bearer ${accessToken}`),
    ];
    for (const event of faults)
      await expect(callerIn(event, verified)).rejects.toMatchObject({ code: "configuration_error" });
  });

  it.each([
    ["no token", undefined, "no_credentials"],
    ["a token that nobody signed", restCognito.headers.Authorization, "invalid_token"],
    ["a token of another signer", createSigner("one").sign(accessClaims(mine)), "invalid_token"],
    ["a token of another pool", signer.sign(accessClaims({ ...mine, iss: `${userPoolIssuer}x` })), "invalid_token"],
    ["a token of another use", idToken, "invalid_token"],
    ["a token that has ended", signer.sign(accessClaims({ ...mine, exp: timeEpoch / 1_000 })), "token_expired"],
    ["no token at all", "Bearer", "malformed_credentials"],
    ["two tokens", `Bearer ${accessToken}, Bearer ${accessToken}`, "ambiguous_credentials"],
    ["another scheme", "Basic YTpi", "malformed_credentials"],
    ["an empty text", "", "malformed_credentials"],
  ])("is refused: %s", async (_, authorization, code) => {
    await expect(callerIn(bearing(httpJwt, authorization), verified)).rejects.toMatchObject({ code });
  });

  it("is not looked at for another gateway", async () => {
    const event = changed(bearing(httpJwt, `Bearer ${accessToken}`), { "requestContext.stage": "dev" });
    await expect(callerIn(event, verified)).rejects.toMatchObject({ code: "gateway_not_trusted" });
  });

  it("is the credential of the request, and a signature is none that was checked", () => {
    const other = bearer({ issuers: [access] });
    const chosen = (event: object) => {
      const request = requestIn(event);
      return selectVerifier([other, verified], request, presentedCredential(request, parseTarget("/")));
    };
    expect(chosen(httpJwt)).toBe(verified);
    expect(chosen(restCognitoBareToken)).toBe(verified);
    expect(chosen(bearing(restCognito, undefined))).toBe(verified);
    expect(() => chosen(bearing(httpJwt, signature()))).toThrow(new AuthError("ambiguous_credentials"));
    expect(chosen(changed(httpJwt, { "requestContext.authorizer": undefined }))).toBe(other);
  });

  it("has its keys fetched ahead, and tells how they stand", async () => {
    await expect(verified.ready?.()).resolves.toBeUndefined();
    expect(verified.readiness?.().map(({ tokenUse }) => tokenUse)).toEqual(["id", "access", "access"]);
    const down = userPool({ ...pool, tokenUse: "id", fetch: () => Promise.reject(new Error("down")), clock });
    await expect(gatewayEvent({ trust: [{ ...rest, issuers: [down] }] }).ready?.()).rejects.toThrow();
    await expect(idClaimsBelieved.ready?.()).resolves.toBeUndefined();
    expect(idClaimsBelieved.readiness?.()).toEqual([]);
  });
});

describe("gatewayEvent for several kinds of gateways", () => {
  it("challenges with what they check", () => {
    const iam = { format: "rest-iam", account, apiId, stage: "prod" } as const;
    expect(gatewayEvent({ trust: [iam, { ...rest, issuers: [id] }], roles }).challenge).toBe(
      "AWS4-HMAC-SHA256, Bearer",
    );
    expect(verified.challenge).toBe("Bearer");
  });

  it("takes the place of what they check, and of nothing else", () => {
    const iam = { format: "rest-iam", account, apiId, stage: "prod" } as const;
    const { replaces } = gatewayEvent({ trust: [iam, { ...http, issuers: [access] }], roles });
    const replaced = (event: object) => (typeof replaces === "function" ? replaces(requestIn(event)) : replaces);
    expect(replaced(restIamUser)).toContain("AWS4-HMAC-SHA256");
    expect(replaced(restIamUser)).not.toContain("Bearer");
    expect(replaced(httpJwt)).toContain("Bearer");
    expect(replaced(httpJwt)).not.toContain("AWS4-HMAC-SHA256");
    expect(replaced(restProxy)).toEqual([]);
    expect(replaced(restCognito)).toEqual([]);
  });
});
