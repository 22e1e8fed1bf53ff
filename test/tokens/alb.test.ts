import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { type AlbOptions, alb } from "../../src/index.ts";
import {
  albClaims,
  albHeader,
  albKey,
  albToken,
  arrangeAlb,
  common,
  header as headerName,
  kid,
  loadBalancerArn,
  origins,
  otherArn,
  userInfo,
} from "./alb-fixtures.ts";
import { createForeignKey } from "./foreign-key.ts";
import { holdsForEveryIssuer, verifyWith } from "./issuer-contract.ts";
import { clientId, issuer, now, seconds, sub, updatedIssuer, userPoolId } from "./token-fixtures.ts";

type Members = Readonly<Record<string, unknown>>;

const provider = "https://login.example.com/tenant";
const because = (reason: string) => new AuthError("invalid_token", { reason });

describe("alb", () => {
  it("says who it is, and where its tokens stand", () => {
    expect(alb(common)).toMatchObject({
      issuers: [issuer],
      algorithms: ["ES256"],
      trusted: { issuer, declared: true },
      place: { header: headerName, origins, replaces: false },
    });
    expect(alb(common)).not.toHaveProperty("tokenUse");
  });

  it.each<readonly [Partial<AlbOptions>, boolean]>([
    [{ groupsClaim: "roles" }, false],
    [{ groupsClaim: "roles", groups: "as-is" }, true],
    [{ principalTags: { tenant: "org" }, groups: "as-is" }, false],
    [{ principalTags: { tenant: "org" }, tags: "as-is" }, true],
  ])("counts as declared once all that it gives is named: %j", (options, declared) => {
    expect(alb({ ...common, ...options }).trusted.declared).toBe(declared);
  });

  it("makes the user whom the user pool knows, without groups and scopes", async () => {
    const { principal, facts } = await verifyWith(alb(common), albToken());
    expect(principal).toEqual({
      kind: "user",
      id: `user:${userPoolId}:${sub}`,
      userId: sub,
      issuer,
      verifiedBy: "alb",
      tags: new Map(),
      claims: Object.assign(Object.create(null), userInfo({ iss: issuer, exp: seconds + 120 })),
      expiresAt: new Date((seconds + 120) * 1000),
    });
    // It says nothing of when it was issued, which counts as the oldest of all.
    expect(facts).toEqual({ user: `user:${userPoolId}:${sub}`, issuedAt: 0 });
  });

  it.each([
    ["a pool by its other issuer", updatedIssuer, `user:${userPoolId}:${sub}`, issuer],
    ["a pool by a replica", issuer.replace("eu-west-1.", "us-east-1."), `user:${userPoolId}:${sub}`, issuer],
    ["a provider", provider, `user:${provider}#${sub}`, provider],
    ["a provider by another spelling", `${provider}/`, `user:${provider}/#${sub}`, `${provider}/`],
    [
      "a host like Cognito's",
      `https://cognito-idp.eu-west-1.amazonaws.com.evil.example/${userPoolId}`,
      undefined,
      undefined,
    ],
    ["a path like a pool's", `${issuer}/more`, undefined, undefined],
    ["an id that is no pool's", "https://cognito-idp.eu-west-1.amazonaws.com/pool", undefined, undefined],
  ])("gives the users of %s an id that no other has", async (_, iss, id = `user:${iss}#${sub}`, known = iss) => {
    const { principal } = await verifyWith(alb({ ...common, issuer: iss }), albToken({}, { iss }));
    expect(principal).toMatchObject({ id, issuer: known });
    expect(principal.userId).toBe(id.includes("#") ? undefined : sub);
  });

  it("reads groups and tags where it is told, and names them so", async () => {
    const named = alb({
      ...common,
      ...{ issuer: provider, groupsClaim: ["realm_access", "roles"], groups: { prefix: "kc:" } },
      ...{ principalTags: { tenant: "org" }, tags: { prefix: "kc-" } },
    });
    const members = { iss: provider };
    const { principal } = await verifyWith(
      named,
      albToken({ realm_access: { roles: ["editors"] }, org: "acme" }, members),
    );
    expect(principal.groups).toEqual({ names: new Set(["kc:editors"]), closed: true });
    expect(principal.tags).toEqual(new Map([["kc-tenant", "acme"]]));
    expect(principal).not.toHaveProperty("scopes");
    expect((await verifyWith(named, albToken({}, members))).principal).not.toHaveProperty("groups");
    const wrong = albToken({ realm_access: { roles: "editors" } }, members);
    await expect(verifyWith(named, wrong)).rejects.toEqual(because("the claim of the groups is of the wrong type"));
  });

  it.each([
    ["padded", albToken()],
    ["bare", albKey.forge(userInfo(), albHeader())],
  ])("accepts a token whose parts are %s", async (_, token) => {
    await expect(verifyWith(alb(common), token)).resolves.toBeDefined();
  });

  it("accepts a token of each of its load balancers and clients", async () => {
    const both = alb({ ...common, loadBalancerArn: [loadBalancerArn, otherArn], clientId: [clientId, "other"] });
    for (const signer of [loadBalancerArn, otherArn]) {
      for (const client of [clientId, "other"]) {
        await expect(verifyWith(both, albToken({}, { signer, client }))).resolves.toBeDefined();
      }
    }
    const any = alb({ ...common, clientId: null });
    await expect(verifyWith(any, albToken({}, { client: undefined }))).resolves.toBeDefined();
  });

  const wrongSigner = "signer is none of the configured load balancers";
  const wrongClient = "client is none of the configured clients";
  const noMatch = "the signature does not match";
  const stranger = createForeignKey("ES256", kid);
  it.each<readonly [string, string, string]>([
    [
      "the load balancer of another account, with the key of the region",
      albToken({}, { signer: otherArn }),
      wrongSigner,
    ],
    ["another load balancer of the account", albToken({}, { signer: loadBalancerArn.replace(/f$/, "0") }), wrongSigner],
    ["the signer in other case", albToken({}, { signer: loadBalancerArn.toUpperCase() }), wrongSigner],
    ["a part of the signer", albToken({}, { signer: loadBalancerArn.slice(0, -1) }), wrongSigner],
    ["the signer and more", albToken({}, { signer: `${loadBalancerArn} ` }), wrongSigner],
    ["a list with the signer", albToken({}, { signer: [loadBalancerArn] }), wrongSigner],
    ["no signer", albToken({}, { signer: undefined }), wrongSigner],
    ["the signer in the payload alone", albToken({ signer: loadBalancerArn }, { signer: undefined }), wrongSigner],
    ["the client of another application", albToken({}, { client: "other" }), wrongClient],
    ["a list with the client", albToken({}, { client: [clientId] }), wrongClient],
    ["no client", albToken({}, { client: undefined }), wrongClient],
    ["the client in the payload alone", albToken({ client: clientId }, { client: undefined }), wrongClient],
    ["another issuer", albToken({}, { iss: provider }), "iss is not the configured issuer"],
    ["the other issuer of the pool", albToken({}, { iss: updatedIssuer }), "iss is not the configured issuer"],
    ["a key of somebody else by the same name", albToken({}, {}, stranger), noMatch],
    ["a key that it brings along", albToken({}, { jwk: stranger.jwk }, stranger), "the header has jwk"],
    ["a key that it points to", albToken({}, { jku: "https://evil.example" }, stranger), "the header has jku"],
    ["no signature at all", albToken({}, { alg: "none" }), "alg is not ES256"],
    ["an algorithm of the same family", albToken({}, { alg: "ES384" }), "alg is not ES256"],
    ["a shared secret", albToken({}, { alg: "HS256" }), "alg is not ES256"],
    [
      "a signature over other padding",
      albKey.forge(userInfo(), albHeader()).replace(/\.[^.]+$/, `.${endOf(albToken())}`),
      "some parts are padded and others are not",
    ],
    [
      "the end as a text, as AWS writes it in its example",
      albToken({}, { exp: String(seconds + 120) }),
      "exp is not a whole number of seconds",
    ],
    ["no end", albToken({}, { exp: undefined }), "exp is missing"],
  ])("refuses %s", async (_, token, reason) => {
    await expect(verifyWith(alb(common), token)).rejects.toEqual(because(reason));
  });

  it("refuses a padded token of which one character is another", async () => {
    const token = albToken();
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...characters), async (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        await expect(verifyWith(alb(common), changed)).rejects.toMatchObject({ name: "AuthError", status: 401 });
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a token at its end, and keeps none past it", async () => {
    await expect(verifyWith(alb(common), albToken({}, { exp: seconds }))).rejects.toEqual(
      new AuthError("token_expired"),
    );
    let at = now;
    const token = await verifyWith(alb({ ...common, clock: () => at }), albToken());
    expect(token.recheck()).toBeUndefined();
    at += 120_000;
    expect(() => token.recheck()).toThrow(new AuthError("token_expired"));
  });

  it("fetches nothing for a token that is refused without a key, and the key by its id alone", async () => {
    const { jwks: _jwks, ...options } = common;
    const asked: string[] = [];
    const pem = String(albKey.publicKey.export({ format: "pem", type: "spki" }));
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push(String(input));
      expect(init).toMatchObject({ redirect: "error", signal: expect.any(AbortSignal) });
      return new Response(pem);
    };
    const balancer = alb({ ...options, fetch });
    for (const members of [{ signer: otherArn }, { client: "x" }, { iss: provider }, { exp: 1 }, { kid: "../x" }]) {
      await expect(verifyWith(balancer, albToken({}, members))).rejects.toMatchObject({ status: 401 });
    }
    expect(asked).toEqual([]);
    await balancer.ready();
    await verifyWith(balancer, albToken());
    expect(asked).toEqual([`https://public-keys.auth.elb.eu-west-1.amazonaws.com/${kid}`]);
    expect(balancer.readiness?.()).toMatchObject({ state: "ready" });
  });

  const arnIn = (partition: string, region: string) =>
    loadBalancerArn.replace("arn:aws:", `arn:${partition}:`).replace("eu-west-1", region);
  it.each([
    ["aws-us-gov", "us-gov-west-1", "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1"],
    ["aws-us-gov", "us-gov-east-1", "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1"],
    ["aws", "ap-southeast-2", "https://public-keys.auth.elb.ap-southeast-2.amazonaws.com"],
    ["aws-cn", "cn-north-1", "https://keys.example.com/elb", "https://keys.example.com/elb/"],
    ["aws", "eu-west-1", "http://127.0.0.1:9", "http://127.0.0.1:9/"],
  ])("looks for the keys of %s in %s at %s", async (partition, region, address, keysUri?: string) => {
    const { jwks: _jwks, ...options } = common;
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(String(input));
      return new Response(null, { status: 404 });
    };
    const arn = arnIn(partition, region);
    const given = keysUri === undefined ? {} : { keysUri, allowLoopbackHttp: true };
    const balancer = alb({ ...options, loadBalancerArn: arn, fetch, ...given });
    await expect(verifyWith(balancer, albToken({}, { signer: arn }))).rejects.toMatchObject({ code: "invalid_token" });
    expect(asked).toEqual([`${address}/${kid}`]);
  });

  it.each<readonly [string, unknown, string]>([
    ["loadBalancerArn", undefined, "missing_option"],
    ["loadBalancerArn", [], "invalid_option"],
    ["loadBalancerArn", "articles", "invalid_option"],
    ["loadBalancerArn", `${loadBalancerArn}*`, "invalid_option"],
    ["loadBalancerArn", `${loadBalancerArn}/0123456789abcdef`, "invalid_option"],
    ["loadBalancerArn", loadBalancerArn.replace(":loadbalancer/app/", ":listener/app/"), "invalid_option"],
    ["loadBalancerArn", loadBalancerArn.replace("/app/", "/net/"), "invalid_option"],
    ["loadBalancerArn", loadBalancerArn.replace("eu-west-1", "eu-west-1.evil.example/"), "invalid_option"],
    ["loadBalancerArn", [loadBalancerArn, loadBalancerArn.replace("eu-west-1", "eu-west-2")], "invalid_option"],
    ["issuer", undefined, "missing_option"],
    ["issuer", "http://login.example.com", "invalid_option"],
    ["issuer", `${provider}#a`, "invalid_option"],
    ["clientId", undefined, "missing_option"],
    ["clientId", [], "invalid_option"],
    ["clientId", "", "invalid_option"],
    ["origins", undefined, "missing_option"],
    ["origins", ["https://app.example.com/"], "invalid_option"],
    ["replaces", "Bearer", "invalid_option"],
    ["groupsClaim", "", "invalid_option"],
    ["groups", "prefix", "invalid_option"],
    ["principalTags", "org", "invalid_option"],
    ["tags", {}, "invalid_option"],
    ["jwks", { keys: [] }, "invalid_option"],
    ["jwks", { keys: [createForeignKey("ES384").jwk] }, "invalid_option"],
    ["jwks", { keys: [createForeignKey("RS256").jwk] }, "invalid_option"],
    ["toleranceSeconds", 301, "invalid_option"],
    ["clock", now, "invalid_option"],
    ["fetch", null, "invalid_option"],
    ["allowLoopbackHttp", "yes", "invalid_option"],
    ["refreshSeconds", 1, "invalid_option"],
    ["region", "eu-west-1", "unknown_option"],
    ["jwksUri", provider, "unknown_option"],
  ])("refuses %s as %j", (name, value, code) => {
    expect(() => alb({ ...common, [name]: value } as AlbOptions)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code, option: `alb.${name}` }),
    );
  });

  it.each<readonly [string, Members, string]>([
    ["keysUri beside jwks", { keysUri: provider }, "alb.jwks"],
    ["keysUri with http", { jwks: undefined, keysUri: "http://keys.example.com" }, "alb.keysUri"],
    ["keysUri with a query", { jwks: undefined, keysUri: `${provider}?a=` }, "alb.keysUri"],
    ["keysUri with a fragment", { jwks: undefined, keysUri: `${provider}#` }, "alb.keysUri"],
    ["keysUri with a user", { jwks: undefined, keysUri: "https://a:b@keys.example.com" }, "alb.keysUri"],
    ["no keysUri in China", { jwks: undefined, loadBalancerArn: arnIn("aws-cn", "cn-north-1") }, "alb.keysUri"],
  ])("refuses %s", (_, options, option) => {
    expect(() => alb({ ...common, ...options } as AlbOptions)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option }),
    );
  });
});

describe("alb, as every issuer", () => {
  holdsForEveryIssuer({
    create: (clock, toleranceSeconds) => alb({ ...common, clock, toleranceSeconds }),
    key: albKey,
    claims: albClaims,
    arrange: arrangeAlb,
  });
});

function endOf(token: string): string {
  return token.slice(token.lastIndexOf(".") + 1);
}
