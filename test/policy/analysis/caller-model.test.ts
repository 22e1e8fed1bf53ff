import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { anyCallers } from "../../../src/policy/analysis/any-callers.ts";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import type { CallerProfile } from "../../../src/policy/analysis/caller-profile.ts";
import { anonymous, createPrincipal, type Principal } from "../../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../../src/request.ts";
import { broker } from "../../../src/sessions/broker.ts";
import { oidc } from "../../../src/tokens/oidc.ts";
import { stsWebIdentity } from "../../../src/tokens/sts-web-identity.ts";
import type { TokenIssuer } from "../../../src/tokens/token-issuer.ts";
import { userPool } from "../../../src/tokens/user-pool.ts";
import { bearer } from "../../../src/verify/bearer.ts";
import { gatewayEvent } from "../../../src/verify/gateway-event.ts";
import { appSyncIamGuest, appSyncIamRole, appSyncIamUser } from "../../fixtures/appsync-resolver.ts";
import {
  account,
  apiId,
  clientId,
  guestRole,
  serviceRole,
  sub,
  timeEpoch,
  userPoolId,
  userPoolIssuer,
} from "../../fixtures/facts.ts";
import { functionUrlIam } from "../../fixtures/function-url.ts";
import { httpIamGuest, httpIamRole, httpIamUser, httpJwt } from "../../fixtures/http-proxy-v2.ts";
import { restCognito, restCognitoAccess, restIamGuest, restIamRole, restIamUser } from "../../fixtures/rest-proxy.ts";
import { latticeIam } from "../../fixtures/vpc-lattice.ts";
import { authorizationOf, enrollmentMessage, type Prover, requestProof } from "../../proofs/prover.ts";
import { editor, openGate, type Stage, setStage } from "../../proofs/proving-gate.ts";
import { everyIssuer, everyKind } from "../../tokens/every-issuer.ts";
import { accessClaims, createSigner, now } from "../../tokens/token-fixtures.ts";
import { believing, callerIn, changed } from "../../verify/gateway-events.ts";

/** What a principal has that a profile excludes, or lacks that the profile is sure of. */
function misfits(principal: Principal, profile: CallerProfile): readonly string[] {
  const { groups, role, issuer } = principal;
  const has: Readonly<Record<"scopes" | "role" | "userId" | "identityId" | "clientId", boolean>> = {
    scopes: principal.scopes !== undefined,
    role: role !== undefined,
    userId: principal.userId !== undefined,
    identityId: principal.identityId !== undefined,
    clientId: principal.clientId !== undefined,
  };
  // Of open groups that name nobody no more is known than of none at all.
  const known = groups === undefined ? ["unknown", "open"] : groups.closed ? ["closed"] : ["open"];
  if (groups?.closed && groups.names.size === 0) known.push("none");
  const wanted = { never: issuer === "", always: issuer !== "", account: issuer === role?.account }[profile.issuer];
  return [
    ...(profile.kind === principal.kind ? [] : ["kind"]),
    ...(profile.verifiedBy === principal.verifiedBy ? [] : ["verifiedBy"]),
    ...(wanted ? [] : ["issuer"]),
    ...(profile.groups.some((state) => known.includes(state)) ? [] : ["groups"]),
    ...(["scopes", "role", "userId", "identityId", "clientId"] as const).filter((name) =>
      profile[name] === "always" ? !has[name] : profile[name] === "never" && has[name],
    ),
    ...(profile.tags || principal.tags.size === 0 ? [] : ["tags"]),
    ...(profile.claims || Object.keys(principal.claims).length === 0 ? [] : ["claims"]),
    ...(profile.authenticatedAt || principal.authenticatedAt === undefined ? [] : ["authenticatedAt"]),
  ];
}

/** The profiles that have room for a principal; where there is none, what is wrong with the nearest. */
function profilesOf(name: string, principal: Principal): readonly CallerProfile[] {
  const fitting = callerProfiles.filter((profile) => misfits(principal, profile).length === 0);
  const near = callerProfiles.map((profile) => misfits(principal, profile)).sort((a, b) => a.length - b.length)[0];
  expect(fitting.length === 0 ? near : [], `${name}, ${principal.id}`).toEqual([]);
  return fitting;
}

const met = new Set<CallerProfile>();
function meet(name: string, principal: Principal): void {
  for (const profile of profilesOf(name, principal)) met.add(profile);
}

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const idPool = () => {
  const { userPoolId, clientId, jwks } = stage.pools;
  return userPool({
    ...{ userPoolId, clientId, tokenUse: "id", jwks, clock: stage.clock },
    principalTags: { name: "cognito:username" },
  });
};

type Gate = ReturnType<typeof openGate>;

/** Enrolls and calls with a signature. */
async function enrolled(gate: Gate, prover: Prover, idToken?: string): Promise<Principal> {
  const message = await enrollmentMessage(prover, idToken === undefined ? {} : { idToken });
  const { status, body } = await gate.enroll(message);
  expect(status).toBe(200);
  return (await gate.call({ accessKeyId: String(body.accessKeyId), secretAccessKey: message.key })).principal;
}

/** Gets credentials from the broker and calls with a signature; undefined stands for a guest. */
async function brokered(gate: Gate, idToken: string | undefined): Promise<Principal> {
  const { identityPoolId, endpoints } = stage.pools;
  const endpoint = broker({
    ...{ sessions: gate.sessions, userPool: idPool(), identityPoolId, guests: true, allowLoopbackHttp: true },
    endpoints: { identity: endpoints.identity, sts: endpoints.sts },
  });
  const asking: AuthRequest = {
    ...{ method: "GET", target: endpoint.path, wire: true, remoteAddress: "192.0.2.1" },
    headers: new RequestHeaders(idToken === undefined ? [] : ["authorization", `Bearer ${idToken}`]),
  };
  // On a busy machine the exchange takes longer than a broker lets a client wait; whoever comes again joins it.
  const { body = "" } = await vi.waitFor(async () => {
    const answer = await endpoint.handle(asking);
    expect([answer.status, answer.status === 200 ? "" : answer.body]).toEqual([200, ""]);
    return answer;
  }, 30_000);
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(body) as Record<string, string>;
  const credentials = {
    ...{ accessKeyId: String(AccessKeyId), secretAccessKey: String(SecretAccessKey), sessionToken: String(Token) },
  };
  return (await gate.call(credentials)).principal;
}

async function proven(gate: Gate, prover: Prover): Promise<Principal> {
  const proof = await requestProof(prover, { target: "/articles" });
  const headers = new RequestHeaders(["authorization", authorizationOf(proof)]);
  return (await gate.proofs.verify({ method: "GET", target: "/articles", wire: true, headers })).principal;
}

async function ofToken(issuer: TokenIssuer, request: AuthRequest): Promise<Principal> {
  return (await bearer({ issuers: [issuer], clock: () => now }).verify(request)).principal;
}

describe("the model of callers has room for", () => {
  it("the anonymous caller", () => {
    meet("anonymous", anonymous);
  });

  it.each(everyKind)("a token of $name", async (kind) => {
    const more = { auth_time: kind.claims().iat, "cognito:groups": ["a"], groups: ["a"], scope: "a b" };
    for (const claims of [kind.claims(), kind.claims(more), kind.claims({ "cognito:groups": undefined })]) {
      const raw = await kind.writer(kind.key).sign(claims);
      const verifier = bearer({ issuers: everyIssuer, clock: () => now });
      meet(kind.name, (await verifier.verify(kind.request(raw))).principal);
    }
  });

  it("tokens of issuers that give groups, scopes and tags, and roles that stand for guests", async () => {
    const ofProvider = everyKind.filter(({ name }) => name.startsWith("oidc"));
    const [kind] = ofProvider as [(typeof ofProvider)[0]];
    const keys = { algorithms: ["RS256" as const], jwks: { keys: [kind.key.jwk] }, clock: () => now };
    for (const how of ["user", "client"] as const) {
      const { iss, aud } = kind.claims() as { readonly iss: string; readonly aud: string };
      const issuer = oidc({
        ...{ issuer: iss, audience: aud, ...keys, kind: how, groupsClaim: "groups", scopesClaim: "scope" },
        principalTags: { tenant: "organization" },
      });
      for (const claims of [{}, { groups: ["a"], scope: "a b", organization: "acme", auth_time: kind.claims().iat }]) {
        meet("oidc", await ofToken(issuer, kind.request(await kind.key.sign(kind.claims(claims)))));
      }
    }
    const web = everyKind.find(({ name }) => name.startsWith("stsWebIdentity")) as (typeof everyKind)[0];
    const raw = await web.key.sign(web.claims());
    const { iss, aud } = web.claims() as { readonly iss: string; readonly aud: string };
    for (const roles of [null, { "123456789012/Nightly": { guest: true as const } }]) {
      const issuer = stsWebIdentity({
        ...{ account: "123456789012", issuer: iss, audience: aud, roles, principalTags: { team: "team" } },
        ...{ jwks: { keys: [web.key.jwk] }, clock: () => now },
      });
      meet("stsWebIdentity", await ofToken(issuer, web.request(raw)));
    }
  });

  it("users and guests with credentials from a broker", async () => {
    const gate = openGate(stage);
    const idToken = stage.pools.idToken(editor);
    const user = await brokered(gate, idToken);
    expect([user.kind, user.scopes, user.clientId]).toEqual(["user", undefined, undefined]);
    expect(user.tags.get("name")).toBe("ada");
    meet("brokered user", user);
    meet("brokered user in no group", await brokered(gate, stage.pools.idToken({ name: "eve" })));
    const guest = await brokered(gate, undefined);
    expect(guest).toMatchObject({ kind: "guest", groups: { closed: true } });
    meet("brokered guest", guest);
  });

  it("roles, users and guests who enrolled, or prove themselves to STS", async () => {
    const gate = openGate(stage, { enrollment: { idToken: idPool() } });
    const [role, guest] = [await stage.prover(editor), await stage.prover("guest")];
    meet("enrolled role", await enrolled(gate, role));
    meet("enrolled user", await enrolled(gate, role, stage.pools.idToken(editor)));
    meet("enrolled guest", await enrolled(gate, guest));
    meet("proven role", await proven(gate, role));
    meet("proven guest", await proven(gate, guest));
  });

  it("whom gateways have let in", async () => {
    const events = { restIamUser, restIamGuest, restIamRole, httpIamUser, httpIamGuest, httpIamRole };
    for (const [name, event] of Object.entries({ ...events, appSyncIamUser, appSyncIamGuest, appSyncIamRole })) {
      meet(name, await callerIn(event));
    }
    meet("function URL", await callerIn(functionUrlIam));
    meet("lattice", await callerIn(latticeIam));
    const grouped = { [`${account}/${guestRole}`]: { groups: ["visitors"] } };
    meet("guest in groups", await callerIn(restIamGuest, believing("rest-iam", {}, grouped)));
    const asGuest = { [`${account}/${serviceRole}`]: { guest: true as const } };
    meet("role for guests", await callerIn(restIamRole, believing("rest-iam", {}, asGuest)));
  });

  it("whose tokens gateways have checked, by what they say and by the token itself", async () => {
    const rest = { format: "rest-cognito", account, apiId, stage: "prod" } as const;
    const http = { format: "http-jwt", account, apiId, stage: "$default" } as const;
    const clock = () => timeEpoch + 60_000;
    const pool = { userPoolId, clientId };
    const told = (tokenUse: "id" | "access") =>
      gatewayEvent({
        trust: [
          { ...rest, ...pool, tokenUse },
          { ...http, ...pool, tokenUse: "access" },
        ],
        clock,
      });
    meet("rest-cognito, ID token", await callerIn(restCognito, told("id")));
    meet("rest-cognito, access token", await callerIn(restCognitoAccess, told("access")));
    meet("http-jwt", await callerIn(httpJwt, told("access")));
    const claims = "requestContext.authorizer.jwt.claims";
    const machine = changed(httpJwt, {
      [`${claims}.sub`]: clientId,
      [`${claims}.username`]: undefined,
      [`${claims}.auth_time`]: undefined,
      [`${claims}.cognito:groups`]: undefined,
    });
    meet("http-jwt of a machine", await callerIn(machine, told("access")));
    const signer = createSigner("one");
    const times = { auth_time: timeEpoch / 1_000, iat: timeEpoch / 1_000, exp: timeEpoch / 1_000 + 3_600 };
    const raw = signer.sign(accessClaims({ sub, iss: userPoolIssuer, ...times, "cognito:groups": ["editors"] }));
    const issuer = userPool({
      ...{ ...pool, tokenUse: "access", jwks: { keys: [signer.jwk] }, clock },
      principalTags: { name: "username" },
    });
    const event = changed(httpJwt, { "headers.authorization": `Bearer ${raw}` });
    meet("http-jwt with its token", await callerIn(event, gatewayEvent({ trust: [{ ...http, issuers: [issuer] }] })));
  });

  it("nobody but those", () => {
    expect(callerProfiles.filter((profile) => !met.has(profile)).map(({ text }) => text)).toEqual([]);
  });
});

describe("the model of callers", () => {
  it("is told apart by this test", () => {
    const user = createPrincipal({ kind: "user", id: "user:a", issuer: "a", verifiedBy: "user-pool" });
    const own = callerProfiles.find(({ verifiedBy }) => verifiedBy === "user-pool") as CallerProfile;
    expect(misfits(user, own)).toEqual(["groups", "userId", "clientId"]);
    const signed = { ...user, verifiedBy: "signed-request", scopes: new Set(["a"]), claims: { a: 1 } };
    const signing = callerProfiles.find(({ verifiedBy }) => verifiedBy === "signed-request") as CallerProfile;
    expect(misfits(signed, signing)).toEqual(["groups", "scopes", "role", "userId", "claims"]);
  });

  it("has whom other verifiers could make beside, and whom an operator opens a session for himself", async () => {
    const gate = openGate(stage);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await stage.pools.credentials(editor);
    const principal = createPrincipal({
      ...{ kind: "user", id: "user:own", issuer: "own", verifiedBy: "own", userId: "own" },
      ...{ scopes: new Set(["a"]), claims: { plan: "gold" }, tags: new Map([["a", "b"]]) },
    });
    await gate.sessions.open({ accessKeyId, secretAccessKey, sessionToken, notAfter: expiration, principal });
    const found = (await gate.call({ accessKeyId, secretAccessKey, sessionToken })).principal;
    expect(callerProfiles.filter((profile) => misfits(found, profile).length === 0)).toEqual([]);
    const fitting = anyCallers.filter(
      (profile) => misfits({ ...found, verifiedBy: "another verifier" }, profile).length === 0,
    );
    expect(fitting).toHaveLength(1);
  });
});
