import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { createRevocations } from "../../src/tokens/create-revocations.ts";
import type { Revocation } from "../../src/tokens/revocation.ts";
import type { Revocations } from "../../src/tokens/revocations.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { gatewayEvent } from "../../src/verify/gateway-event.ts";
import {
  account,
  apiId,
  clientId,
  guestIdentityId,
  guestRole,
  identityId,
  sub,
  timeEpoch,
  userPoolId,
  userPoolIssuer,
  userRole,
} from "../fixtures/facts.ts";
import { httpIamGuest, httpIamUser, httpJwt } from "../fixtures/http-proxy-v2.ts";
import { restCognitoAccess, restIamGuest, restIamRole, restIamUser } from "../fixtures/rest-proxy.ts";
import { accessClaims, createSigner } from "../tokens/token-fixtures.ts";
import { callerIn, changed, iamTrust, roles } from "./gateway-events.ts";

const clock = () => timeEpoch + 60_000;
const signer = createSigner("one");
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock });
const user = `user:${userPoolId}:${sub}`;
const times = { auth_time: timeEpoch / 1_000, iat: timeEpoch / 1_000, exp: timeEpoch / 1_000 + 3_600 };
const { jti = "", origin_jti: originJti = "" } = restCognitoAccess.requestContext.authorizer.claims;
const raw = signer.sign(accessClaims({ sub, iss: userPoolIssuer, ...times, jti, origin_jti: originJti }));
const withToken = changed(httpJwt, { "headers.authorization": `Bearer ${raw}` });
const stage = { account, apiId };

function gateOf(revocations: Revocations) {
  return gatewayEvent({
    trust: [
      ...iamTrust,
      { format: "rest-cognito", ...stage, stage: "prod", userPoolId, clientId, tokenUse: "access" },
      { format: "http-jwt", ...stage, stage: "$default", issuers: [access] },
    ],
    ...{ roles, revocations, clock },
  });
}
const listed = () => createRevocations({ store: memoryStore({ clock }), audience: "api.example.com", clock });

describe("gatewayEvent with a list of what has been revoked", () => {
  it.each<[string, Revocation, object, object]>([
    ["a user", { user }, restIamUser, restIamGuest],
    ["a user behind an HTTP API", { user }, httpIamUser, httpIamGuest],
    ["a role", { role: `${account}/${userRole}` }, restIamUser, restIamRole],
    ["the role of guests", { role: `${account}/${guestRole}` }, restIamGuest, restIamUser],
    ["an identity", { identityId }, httpIamUser, httpIamGuest],
    ["a guest", { identityId: guestIdentityId }, restIamGuest, restIamUser],
    ["a guest by his id", { user: `guest:${guestIdentityId}` }, restIamGuest, restIamUser],
  ])("refuses the signatures of %s, and of nobody else", async (_, revocation, event, other) => {
    const revocations = listed();
    const gate = gateOf(revocations);
    await callerIn(event, gate);
    await revocations.revoke(revocation);
    await expect(callerIn(event, gate)).rejects.toMatchObject({
      code: "invalid_signature",
      challenge: "AWS4-HMAC-SHA256",
    });
    await expect(callerIn(other, gate)).resolves.toBeDefined();
  });

  it.each<[string, Revocation]>([
    ["of a user", { user }],
    ["of a sign-in", { originJti }],
    ["by its id", { jti }],
  ])("refuses a token %s, whether it is verified again or its claims are believed", async (_, revocation) => {
    const revocations = listed();
    const gate = gateOf(revocations);
    for (const event of [restCognitoAccess, withToken]) await callerIn(event, gate);
    await revocations.revoke(revocation);
    for (const event of [restCognitoAccess, withToken]) {
      await expect(callerIn(event, gate)).rejects.toMatchObject({ code: "invalid_token" });
    }
  });

  it("knows when a token was issued, and not when credentials of AWS were given", async () => {
    const revocations = listed();
    const gate = gateOf(revocations);
    await revocations.revoke({ user, issuedBefore: new Date(timeEpoch - 1_000) });
    for (const event of [restCognitoAccess, withToken]) await expect(callerIn(event, gate)).resolves.toBeDefined();
    await expect(callerIn(restIamUser, gate)).rejects.toMatchObject({ code: "invalid_signature" });
  });

  it("does not let in whom it cannot look up", async () => {
    const down = { ...memoryStore(), list: () => Promise.reject(new Error("down")) };
    const gate = gateOf(createRevocations({ store: down, audience: "api.example.com", clock }));
    for (const event of [restIamUser, restCognitoAccess, withToken]) {
      await expect(callerIn(event, gate)).rejects.toMatchObject({ code: "store_unavailable" });
    }
    await expect(gate.ready?.()).rejects.toThrow();
    expect(gate.readiness?.()).toMatchObject([{ source: "keys" }, { source: "revocations", state: "unavailable" }]);
  });

  it.each([undefined, null, "false", 0])("takes no answer but true and false: %j", async (given) => {
    const gate = gateOf({ ...listed(), covers: () => given as never });
    await expect(callerIn(restIamUser, gate)).rejects.toMatchObject({ code: "configuration_error" });
  });

  it("is ready when the list can be read", async () => {
    const gate = gateOf(listed());
    await expect(gate.ready?.()).resolves.toBeUndefined();
    expect(gate.readiness?.()).toMatchObject([{ source: "keys" }, { source: "revocations", state: "ready" }]);
  });

  it.each([undefined, null, {}, []])("refuses %j in its place", (revocations) => {
    expect(() => gateOf(revocations as never)).toThrow(ConfigurationError);
    expect(() => gateOf(revocations as never)).toThrow(/^gatewayEvent\.revocations: /);
  });
});
