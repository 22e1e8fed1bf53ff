import { CompactSign } from "jose";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { anyOf, authenticated, guest } from "../../src/policy/combinators.ts";
import { definePolicy } from "../../src/policy/define-policy.ts";
import { bearer } from "../../src/verify/bearer.ts";
import { loadBalancerArn, otherArn, userInfo } from "./alb-fixtures.ts";
import { everyIssuer, everyKind, type KindOfToken } from "./every-issuer.ts";
import { type Algorithm, createForeignKey } from "./foreign-key.ts";
import { clientId, issuer, now, seconds, updatedIssuer } from "./token-fixtures.ts";

// Tokens that another implementation of JOSE has signed: jose, and node:crypto where jose cannot, such as with padded parts. A
// token that is wrong in one point is right in all others, and is refused for that very point.

type Members = Readonly<Record<string, unknown>>;
/** What is wrong with a token, the token, and the reason of its refusal; with `token_expired` there is none. */
type Wrong = readonly [what: string, raw: () => string | Promise<string>, reason: string | undefined];

const policy = definePolicy({ routes: { "* /**": anyOf(authenticated, guest) } });
const gates = (["kept", "verified anew"] as const).map((how) => {
  const cache = how === "kept" ? {} : ({ cache: "off" } as const);
  return [
    how,
    createAuthorizer({ verifiers: [bearer({ issuers: everyIssuer, clock: () => now, ...cache })], policy }),
  ] as const;
});
const namespace = "https://sts.amazonaws.com/";
const sts = (claims: Members) => ({ [namespace]: { aws_account: "123456789012", ...claims } });

/** What makes a token of any kind wrong. */
function wrongOfAnyKind(kind: KindOfToken): readonly Wrong[] {
  const { claims, issuer, arrange, writer } = kind;
  const key = writer(kind.key);
  const alg = key.jwk.alg as Algorithm;
  const kid = key.jwk.kid as string;
  const stranger = writer(createForeignKey(alg, kid));
  const otherAlgorithm = `alg is not ${issuer.algorithms.join(" or ")}`;
  const noMatch = "the signature does not match";
  const pem = key.publicKey.export({ format: "pem", type: "spki" });
  const withSecret = () => {
    const [payload, header] = arrange(claims(), { alg: "HS256", kid });
    return new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: "HS256", ...header })
      .sign(Buffer.from(pem));
  };
  return [
    ["a key of somebody else by the same name", () => stranger.sign(claims()), noMatch],
    ["a key that it brings along", () => stranger.sign(claims(), { jwk: stranger.jwk }), "the header has jwk"],
    ["a key that it points to", () => stranger.sign(claims(), { jku: "https://evil.example" }), "the header has jku"],
    ["an unknown kid", () => key.sign(claims(), { kid: "unknown" }), "kid is none of the issuer's keys"],
    ["no kid", () => key.sign(claims(), { kid: undefined }), "kid is not a string of 1 to 128 characters"],
    ["no algorithm", () => key.forge(claims(), { alg: undefined }), "alg is not a string"],
    ["the algorithm none", () => key.forge(claims(), { alg: "none" }), otherAlgorithm],
    ["the public key as a secret", withSecret, otherAlgorithm],
    [
      "an algorithm of nobody here",
      () => (alg.startsWith("RS") ? key.sign(claims(), { alg: "PS256" }) : key.forge(claims(), { alg: "ES256K" })),
      otherAlgorithm,
    ],
    ["a critical extension", () => key.forge(claims(), { crit: ["exp"] }), "the header has crit"],
    [
      "an unknown issuer",
      () => key.sign(claims({ iss: "https://evil.example" })),
      "iss is none of the configured issuers",
    ],
    [
      "an issuer with a slash more",
      () => key.sign(claims({ iss: `${claims().iss}/` })),
      "iss is none of the configured issuers",
    ],
    ["no issuer", () => key.sign(claims({ iss: undefined })), "iss is not a string"],
    ["its end just reached", () => key.sign(claims({ exp: seconds })), undefined],
    ["no end", () => key.sign(claims({ exp: undefined })), "exp is missing"],
    ["an end with a fraction", () => key.sign(claims({ exp: seconds + 0.5 })), "exp is not a whole number of seconds"],
    ["its beginning ahead", () => key.sign(claims({ nbf: seconds + 6 })), "nbf is in the future"],
    ["its issue ahead", () => key.sign(claims({ iat: seconds + 6 })), "iat is in the future"],
    ["a jti that is no text", () => key.sign(claims({ jti: 7 })), "jti is not a string"],
    ["a claim twice", () => key.sign(twice(claims(), "sub")), "the payload has a name twice in one object"],
    [
      "the claims of another token",
      async () => mixed(await key.sign(claims({ jti: "a" })), await key.sign(claims()), 1),
      noMatch,
    ],
    [
      "the signature of another token",
      async () => mixed(await key.sign(claims({ jti: "a" })), await key.sign(claims()), 2),
      noMatch,
    ],
    [
      "no signature",
      async () => `${(await key.sign(claims())).split(".").slice(0, 2).join(".")}.`,
      "a part is not canonical base64url",
    ],
  ];
}

/** What makes a token of its kind wrong, and perhaps of no other. */
function wrongOfItsKind(kind: KindOfToken): readonly Wrong[] {
  const { name, claims } = kind;
  const key = kind.writer(kind.key);
  const row = (what: string, wrong: Members, reason?: string): Wrong => [what, () => key.sign(claims(wrong)), reason];
  if (name.startsWith("userPool, access")) {
    return [
      row("the use of an ID token", { token_use: "id" }, "aud is not one string"),
      row(
        "the use of an ID token, and its audience",
        { token_use: "id", aud: "other" },
        "aud is none of the configured clients",
      ),
      row("another use", { token_use: "refresh" }, "token_use is not access or id"),
      row("no use", { token_use: undefined }, "token_use is not access or id"),
      row("another client", { client_id: "other" }, "client_id is none of the configured clients"),
      row("no client", { client_id: undefined }, "client_id is not one string"),
      row(
        "another API's resource",
        { aud: "https://other.example" },
        "aud binds it to a resource and none is configured",
      ),
      row("no subject", { sub: undefined }, "sub is not one string"),
      row("a group for groups", { "cognito:groups": "admins" }, "cognito:groups is not an array of strings"),
      row("a list of scopes", { scope: ["admins"] }, "scope is not a string"),
    ];
  }
  if (name.startsWith("userPool, ID")) {
    return [
      row("the use of an access token", { token_use: "access" }, "client_id is not one string"),
      row(
        "the use of an access token, and its client",
        { token_use: "access", client_id: clientId },
        "aud binds it to a resource and none is configured",
      ),
      row("another use", { token_use: ["id"] }, "token_use is not access or id"),
      row("another client", { aud: "other" }, "aud is none of the configured clients"),
      row("a list of clients", { aud: [clientId] }, "aud is not one string"),
      row("no subject", { sub: "" }, "sub is not one string"),
    ];
  }
  if (name.startsWith("identityPoolToken")) {
    const login = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Strange";
    return [
      row(
        "another identity pool",
        { aud: "eu-west-1:22222222-2222-3333-4444-555555555555" },
        "aud is not the configured identity pool",
      ),
      row("no audience", { aud: undefined }, "aud is not the configured identity pool"),
      row("a use", { token_use: "access" }, "token_use is there, and tokens of this issuer have none"),
      row("no identity", { sub: "ada" }, "sub is no identity id"),
      row(
        "a user of another pool",
        { amr: ["authenticated", `${login}:CognitoSignIn:ada`] },
        "amr names no user of a configured user pool",
      ),
      row(
        "a guest who is none",
        { amr: ["authenticated", "unauthenticated"] },
        "amr is neither authenticated nor unauthenticated",
      ),
      ["a weaker algorithm of its key", () => key.sign(claims(), { alg: "RS256" }), "alg is not RS512"],
    ];
  }
  if (name.startsWith("stsWebIdentity")) {
    return [
      row("another audience", { aud: "https://other.example" }, "aud is none of the configured audiences"),
      row("no audience", { aud: undefined }, "aud is neither a string nor a list of strings"),
      row("a user of IAM", { sub: "arn:aws:iam::123456789012:user/ada" }, "sub is not the ARN of a role"),
      row(
        "a role of another account",
        { sub: "arn:aws:iam::210987654321:role/Nightly" },
        "the account is not the configured one",
      ),
      row(
        "another account beside the role",
        sts({ aws_account: "210987654321" }),
        "the account is not the configured one",
      ),
      row("no claims of STS", { [namespace]: undefined }, "the claims of STS are missing"),
      row("the end of its session", sts({ original_session_exp: new Date(now).toISOString() })),
    ];
  }
  if (name.startsWith("alb")) {
    const headed = (what: string, header: Members, reason: string): Wrong => [
      what,
      () => key.sign(claims(), header),
      reason,
    ];
    const stating = (info: Members, header: Members = {}) => key.sign(JSON.stringify(userInfo(info)), header);
    const wrongSigner = "signer is none of the configured load balancers";
    const wrongClient = "client is none of the configured clients";
    const otherEnd = "exp of the header is not that of the payload";
    const noMatch = "the signature does not match";
    return [
      headed("the load balancer of another account, which has the same key", { signer: otherArn }, wrongSigner),
      headed("the signer and more", { signer: `${loadBalancerArn}/` }, wrongSigner),
      headed("a list of signers", { signer: [loadBalancerArn] }, wrongSigner),
      headed("no signer", { signer: undefined }, wrongSigner),
      [
        "the signer in the payload alone",
        () => stating({ signer: loadBalancerArn }, { signer: undefined }),
        wrongSigner,
      ],
      row("another client", { aud: "other" }, wrongClient),
      row("a list of clients", { aud: [clientId] }, wrongClient),
      row("no client", { aud: undefined }, wrongClient),
      ["the client in the payload alone", () => stating({ client: clientId }, { client: undefined }), wrongClient],
      row("the other issuer of the pool", { iss: updatedIssuer }, "iss is none of the configured issuers"),
      [
        "another issuer in the payload",
        () => stating({ iss: updatedIssuer }),
        "iss of the header is not that of the payload",
      ],
      ["the issuer in the payload alone", () => stating({ iss: issuer }, { iss: undefined }), "iss is not a string"],
      ["another end in the payload", () => stating({ exp: seconds + 121 }), otherEnd],
      ["the end in the payload alone", () => stating({ exp: seconds + 120 }, { exp: undefined }), otherEnd],
      row("the end as a text", { exp: String(seconds + 120) }, "exp is not a whole number of seconds"),
      row("a use", { token_use: "access" }, "token_use is there, and tokens of this issuer have none"),
      row("no subject", { sub: undefined }, "sub is not one string"),
      row("a binding to a key", { cnf: {} }, "it is bound to a key of its sender (cnf), and so no bearer token"),
      [
        "the padding taken away, or put on, after it was signed",
        async () => repadded(await key.sign(claims())),
        noMatch,
      ],
      [
        "one part padded otherwise",
        async () => (await key.sign(claims())).replace(/=*$/, (end) => (end === "" ? "==" : "")),
        "some parts are padded and others are not",
      ],
    ];
  }
  const otherKey = everyKind.find((other) => other.name.startsWith("oidc") && other.key !== key)?.key.jwk;
  return [
    row("another audience", { aud: "https://other.example" }, "aud is none of the configured audiences"),
    row("no audience", { aud: undefined }, "aud is neither a string nor a list of strings"),
    row(
      "several audiences",
      { aud: ["https://api.example.com", "b"] },
      "it has several audiences, and authorizedParty is not configured",
    ),
    row("a use", { token_use: "access" }, "token_use is there, and tokens of this issuer have none"),
    row("no subject", { sub: undefined }, "the claim of the subject is not one string"),
    row("events, as a logout token has", { events: {} }, "it tells of events, and not who is calling"),
    ["the kid of another key", () => key.sign(claims(), { kid: otherKey?.kid }), "the signature does not match"],
    [
      "kid and algorithm of another key",
      () => key.forge(claims(), { kid: otherKey?.kid, alg: otherKey?.alg }),
      "the signature does not match",
    ],
    ["the algorithm of another key", () => key.forge(claims(), { alg: otherKey?.alg }), "the signature does not match"],
  ];
}

function twice(claims: Members, name: string): string {
  return JSON.stringify(claims).replace("{", `{"${name}":"somebody else",`);
}

/** A token with padding where it had none, and without it where it had some. */
function repadded(raw: string): string {
  const parts = raw.split(".").map((part) => part.replace(/=+$/, ""));
  const bare = parts.join(".");
  return raw === bare ? parts.map((part) => part.padEnd(Math.ceil(part.length / 4) * 4, "=")).join(".") : bare;
}

/** The first token with one part of the second. */
function mixed(raw: string, other: string, at: number): string {
  return raw
    .split(".")
    .with(at, other.split(".")[at] as string)
    .join(".");
}

describe.each(everyKind)("a token that a foreign signer has made: $name,", (kind) => {
  const key = kind.writer(kind.key);

  it.each(gates)("is accepted where it is right, and %s the second time", async (_how, gate) => {
    const raw = await key.sign(kind.claims());
    for (const _ of [1, 2]) {
      const decision = await gate.authorize(kind.request(raw));
      expect(decision.allowed && decision.principal.id).toBe(kind.caller);
    }
  });

  it.each([...wrongOfAnyKind(kind), ...wrongOfItsKind(kind)])("is refused with %s", async (_what, make, reason) => {
    const raw = await make();
    for (const [, gate] of gates) {
      const decision = await gate.authorize(kind.request(raw));
      expect(decision).toMatchObject({
        allowed: false,
        error:
          reason === undefined
            ? { code: "token_expired", status: 401 }
            : { code: "invalid_token", status: 401, options: { reason } },
      });
    }
  });

  it("is refused under the name of any other issuer", async () => {
    // A pool publishes its keys together, and does not say which of them is for which use. What signs in its users has others.
    const others = everyKind.filter(
      ({ issuer }) => issuer.trusted.issuer !== kind.issuer.trusted.issuer || issuer.place !== kind.issuer.place,
    );
    for (const other of others) {
      const alg = other.key.jwk.alg as string;
      const kid = other.key.jwk.kid as string;
      for (const header of [{}, { kid }, { alg, kid }]) {
        const raw = other.writer(kind.key).forge(other.claims(), header);
        for (const [, gate] of gates) {
          expect(await gate.authorize(other.request(raw))).toMatchObject({
            allowed: false,
            error: { code: "invalid_token" },
          });
        }
      }
    }
  });

  it("is refused in the place of others, even where it was just accepted in its own", async () => {
    const raw = await key.sign(kind.claims());
    const others = everyKind.filter(({ issuer }) => issuer.place !== kind.issuer.place);
    expect(others.length).toBeGreaterThan(0);
    const notToken68 = { code: "malformed_credentials", status: 400 };
    const noIssuer = { code: "invalid_token", status: 401, options: { reason: "iss is not a string" } };
    for (const [, gate] of gates) {
      expect(await gate.authorize(kind.request(raw))).toMatchObject({ allowed: true });
      for (const other of others) {
        const error = raw.includes("=") ? notToken68 : noIssuer;
        expect(await gate.authorize(other.request(raw))).toMatchObject({ allowed: false, error });
      }
    }
  });
});
