import {
  type AlbPrincipal,
  type Allowed,
  type AnonymousPrincipal,
  type Authorizer,
  type AuthRequest,
  alb,
  anonymous,
  bearer,
  createAuthorizer,
  createSessions,
  type Decision,
  definePolicy,
  type GatewayEventPrincipal,
  type Groups,
  gatewayEvent,
  type IdentityPoolTokenPrincipal,
  identityPoolToken,
  type OidcPrincipal,
  oidc,
  type Principal,
  type PrincipalOf,
  type Role,
  type SignedRequestPrincipal,
  type StsProofPrincipal,
  type StsWebIdentityPrincipal,
  signedRequest,
  type stsProof,
  stsWebIdentity,
  type TokenClaims,
  type TokenIssuer,
  type UserPoolAccessPrincipal,
  type UserPoolIdPrincipal,
  userPool,
  type Verifier,
} from "poolgate";
import { authorize, guard, principalOf } from "poolgate/express";
import { guardHandler, type HttpProxyEvent, lambdaAuthorizer, principalOf as lambdaPrincipalOf } from "poolgate/lambda";
import { actingAs } from "poolgate/testing";
import { describe, expectTypeOf, it } from "vitest";

const pool = { userPoolId: "eu-west-1_Example01", clientId: "1example23456789" };
const audience = "https://api.example.com";
const access = userPool({ ...pool, tokenUse: "access" });
const id = userPool<{ "custom:tenant": string }>({ ...pool, tokenUse: "id" });
const identities = identityPoolToken({
  identityPoolId: "eu-west-1:11111111-2222-3333-4444-555555555555",
  guests: true,
});
const services = stsWebIdentity({
  account: "123456789012",
  issuer: "https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws",
  audience,
  roles: { "123456789012/Nightly": { groups: ["reporters"] } },
});
const staff = oidc<{ organization: string }>({ issuer: "https://login.example.com", audience });
const balancer = alb<{ "custom:tenant": string }>({
  loadBalancerArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/articles/0123456789abcdef",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  clientId: pool.clientId,
  origins: ["https://app.example.com"],
});
const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
const policy = definePolicy({ routes: { "GET /me": "authenticated" } });

const tokens = bearer({ issuers: [access, id] });
const authorizer = createAuthorizer({ verifiers: [tokens, signedRequest({ sessions })], policy });
type Caller = UserPoolAccessPrincipal | UserPoolIdPrincipal<{ "custom:tenant": string }> | SignedRequestPrincipal;
declare const caller: PrincipalOf<typeof authorizer>;
declare const request: AuthRequest;
declare const req: Parameters<typeof principalOf>[0];

describe("an issuer", () => {
  it("knows whom its tokens are about", () => {
    expectTypeOf<PrincipalOf<typeof access>>().toEqualTypeOf<UserPoolAccessPrincipal>();
    expectTypeOf<PrincipalOf<typeof id>>().toEqualTypeOf<UserPoolIdPrincipal<{ "custom:tenant": string }>>();
    expectTypeOf<PrincipalOf<typeof identities>>().toEqualTypeOf<IdentityPoolTokenPrincipal>();
    expectTypeOf<PrincipalOf<typeof services>>().toEqualTypeOf<StsWebIdentityPrincipal>();
    expectTypeOf(staff).toExtend<TokenIssuer<OidcPrincipal>>();
    expectTypeOf<PrincipalOf<typeof balancer>>().toEqualTypeOf<AlbPrincipal<{ "custom:tenant": string }>>();
    expectTypeOf(balancer).toExtend<TokenIssuer<AlbPrincipal>>();
    expectTypeOf<PrincipalOf<TokenIssuer>>().toEqualTypeOf<Principal>();
  });
});

describe("the claims of an access token", () => {
  it("are required where verification demands them, and optional where Cognito may leave them out", () => {
    const { claims, scopes, groups, expiresAt } = {} as UserPoolAccessPrincipal;
    expectTypeOf(claims.token_use).toEqualTypeOf<"access">();
    expectTypeOf(claims.iss).toEqualTypeOf<string>();
    expectTypeOf(claims.sub).toEqualTypeOf<string>();
    expectTypeOf(claims.client_id).toEqualTypeOf<string>();
    expectTypeOf(claims.exp).toEqualTypeOf<number>();
    expectTypeOf(claims.username).toEqualTypeOf<string | undefined>();
    expectTypeOf(claims["cognito:groups"]).toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf(scopes).toEqualTypeOf<ReadonlySet<string>>();
    expectTypeOf(groups).toEqualTypeOf<Groups>();
    expectTypeOf(expiresAt).toEqualTypeOf<Date>();
  });

  it("are unknown where nobody checks them", () => {
    const { claims } = {} as UserPoolAccessPrincipal;
    expectTypeOf(claims["custom:tenant"]).toEqualTypeOf<unknown>();
    expectTypeOf(claims.email).toEqualTypeOf<unknown>();
    // @ts-expect-error it may be anything
    claims.email?.toLowerCase();
    // @ts-expect-error a token of a machine has none
    claims.username.toLowerCase();
  });

  it("cannot be changed", () => {
    const { claims } = {} as UserPoolAccessPrincipal;
    // @ts-expect-error they are frozen
    claims.sub = "another";
    // @ts-expect-error whatever their name
    claims.email = "ada@example.com";
    // @ts-expect-error lists too
    claims["cognito:groups"]?.push("admins");
  });

  it("are those of a user or of an app client, by kind", () => {
    const principal = {} as UserPoolAccessPrincipal;
    expectTypeOf(principal.userId).toEqualTypeOf<string | undefined>();
    if (principal.kind === "user") expectTypeOf(principal.userId).toEqualTypeOf<string>();
    // @ts-expect-error no user pool gives guests
    if (principal.kind === "guest") throw principal;
  });
});

describe("the claims of an ID token", () => {
  it("have the attributes of the user, none of which need be there", () => {
    const { claims, kind, userId } = {} as UserPoolIdPrincipal;
    expectTypeOf(kind).toEqualTypeOf<"user">();
    expectTypeOf(userId).toEqualTypeOf<string>();
    expectTypeOf(claims.aud).toEqualTypeOf<string>();
    expectTypeOf(claims.email).toEqualTypeOf<string | undefined>();
    expectTypeOf(claims.email_verified).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(claims.client_id).toEqualTypeOf<unknown>();
    // @ts-expect-error the user may have no address
    claims.email.toLowerCase();
    // @ts-expect-error a boolean, and no text
    if (claims.email_verified === "true") throw claims;
  });
});

describe("custom claims", () => {
  it("have the types that the operator gives them, and may be absent", () => {
    const { claims } = {} as PrincipalOf<typeof id>;
    expectTypeOf(claims["custom:tenant"]).toEqualTypeOf<string | undefined>();
    expectTypeOf(claims["custom:other"]).toEqualTypeOf<unknown>();
    expectTypeOf(claims.sub).toEqualTypeOf<string>();
    // @ts-expect-error nobody checks that it is there
    claims["custom:tenant"].toLowerCase();
  });

  it("may be declared by an interface, and for every issuer that has some", () => {
    interface Custom {
      readonly plan: "free" | "pro";
    }
    const plans = userPool<Custom>({ ...pool, tokenUse: "access" });
    expectTypeOf<PrincipalOf<typeof plans>["claims"]["plan"]>().toEqualTypeOf<"free" | "pro" | undefined>();
    expectTypeOf<PrincipalOf<typeof staff>["claims"]["organization"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<PrincipalOf<typeof balancer>["claims"]["custom:tenant"]>().toEqualTypeOf<string | undefined>();
  });

  it("cannot make a claim that is checked into something else", () => {
    const wrong = userPool<{ sub: number }>({ ...pool, tokenUse: "id" });
    expectTypeOf<PrincipalOf<typeof wrong>["claims"]["sub"]>().toEqualTypeOf<never>();
    // @ts-expect-error STS has no claims of an operator
    stsWebIdentity<{ plan: string }>({});
    // @ts-expect-error nor has an identity pool
    identityPoolToken<{ plan: string }>({});
  });
});

describe("the claims of other issuers", () => {
  it("are those of an identity, for a user and for a guest", () => {
    const principal = {} as IdentityPoolTokenPrincipal;
    expectTypeOf(principal.identityId).toEqualTypeOf<string>();
    expectTypeOf(principal.claims.amr).toEqualTypeOf<readonly string[]>();
    if (principal.kind === "user") expectTypeOf(principal.userId).toEqualTypeOf<string>();
    else expectTypeOf(principal.groups).toEqualTypeOf<Groups>();
  });

  it("are those of a role, and none of a guest", () => {
    const principal = {} as StsWebIdentityPrincipal;
    expectTypeOf(principal.role).toEqualTypeOf<Role>();
    // @ts-expect-error a guest has no claims
    principal.claims["https://sts.amazonaws.com/"].aws_account;
    if (principal.kind === "role") {
      const namespace = principal.claims["https://sts.amazonaws.com/"];
      expectTypeOf(namespace.aws_account).toEqualTypeOf<string>();
      expectTypeOf(namespace.principal_tags?.team).toEqualTypeOf<unknown>();
      expectTypeOf(namespace.org_id).toEqualTypeOf<string | undefined>();
    }
  });

  it("are those of OpenID Connect as far as the options have them checked", () => {
    const { claims } = {} as OidcPrincipal;
    expectTypeOf(claims.sub).toEqualTypeOf<string>();
    expectTypeOf(claims.aud).toEqualTypeOf<string | readonly string[]>();
    expectTypeOf(claims.email).toEqualTypeOf<unknown>();
    const anyAudience = oidc({ issuer: "https://login.example.com", audience: null });
    expectTypeOf<PrincipalOf<typeof anyAudience>["claims"]>().toExtend<TokenClaims>();
    expectTypeOf<PrincipalOf<typeof anyAudience>["claims"]["aud"]>().toEqualTypeOf<
      string | readonly string[] | undefined
    >();
    const otherSubject = oidc({ issuer: "https://login.example.com", audience, subjectClaim: "oid" });
    expectTypeOf<PrincipalOf<typeof otherSubject>["claims"]["sub"]>().toEqualTypeOf<string | undefined>();
    // @ts-expect-error one audience, several, or null in so many words
    oidc({ issuer: "https://login.example.com" });
  });

  it("are those of the user info endpoint, for a user of a load balancer", () => {
    const principal = {} as AlbPrincipal;
    const { claims } = principal;
    expectTypeOf(principal.kind).toEqualTypeOf<"user">();
    expectTypeOf(principal.expiresAt).toEqualTypeOf<Date>();
    expectTypeOf(claims.iss).toEqualTypeOf<string>();
    expectTypeOf(claims.exp).toEqualTypeOf<number>();
    expectTypeOf(claims.sub).toEqualTypeOf<string>();
    expectTypeOf(claims.username).toEqualTypeOf<string | undefined>();
    expectTypeOf(claims.email).toEqualTypeOf<string | undefined>();
    expectTypeOf(claims.email_verified).toEqualTypeOf<string | boolean | undefined>();
    expectTypeOf(claims.phone_number_verified).toEqualTypeOf<string | boolean | undefined>();
    expectTypeOf(claims.token_use).toEqualTypeOf<unknown>();
    expectTypeOf(claims["custom:tenant"]).toEqualTypeOf<unknown>();
    // @ts-expect-error the provider may give no address
    claims.email.toLowerCase();
    // @ts-expect-error the user of a provider that is no user pool has no userId
    principal.userId.toLowerCase();
    // @ts-expect-error nor does a load balancer tell of scopes
    principal.scopes.has("openid");
    // @ts-expect-error it never stands for anybody but a user
    if (principal.kind === "client") throw principal;
  });
});

describe("bearer", () => {
  it("gives whom one of its issuers gives", () => {
    expectTypeOf<PrincipalOf<typeof tokens>>().toEqualTypeOf<Exclude<Caller, SignedRequestPrincipal>>();
    expectTypeOf(tokens).toExtend<Verifier>();
    expectTypeOf(bearer({ issuers: [access] })).toEqualTypeOf<Verifier<UserPoolAccessPrincipal>>();
    const both = createAuthorizer({ verifiers: [bearer({ issuers: [access, balancer] })] });
    const someone = {} as PrincipalOf<typeof both>;
    if (someone.verifiedBy === "alb") expectTypeOf(someone).toEqualTypeOf<PrincipalOf<typeof balancer>>();
  });

  it("takes a list that is typed as one of any issuers", () => {
    const list: readonly [TokenIssuer, ...TokenIssuer[]] = [access, identities];
    expectTypeOf(bearer({ issuers: list })).toEqualTypeOf<Verifier>();
    // @ts-expect-error a list that may be empty
    bearer({ issuers: list.slice(1) });
    // @ts-expect-error a verifier is no issuer
    bearer({ issuers: [tokens] });
  });
});

describe("the other verifiers", () => {
  it("say whom they give", () => {
    expectTypeOf(signedRequest({ sessions })).toEqualTypeOf<Verifier<SignedRequestPrincipal>>();
    expectTypeOf<ReturnType<typeof stsProof>>().toEqualTypeOf<Verifier<StsProofPrincipal>>();
    expectTypeOf<StsProofPrincipal["role"]>().toEqualTypeOf<Role>();
  });
});

describe("an authorizer", () => {
  it("lets in whom its verifiers give, and the anonymous caller", () => {
    expectTypeOf(authorizer).toEqualTypeOf<Authorizer<Caller | AnonymousPrincipal>>();
    expectTypeOf(anonymous).toEqualTypeOf<AnonymousPrincipal>();
  });

  it("lets in anybody where one of its verifiers does not say whom it gives", () => {
    const custom = {} as Verifier;
    expectTypeOf(createAuthorizer({ verifiers: [tokens, custom] })).toEqualTypeOf<Authorizer>();
    expectTypeOf(createAuthorizer({ verifiers: [actingAs({})] })).toEqualTypeOf<Authorizer>();
  });

  it("is an Authorizer wherever one is asked for, and not the other way round", () => {
    expectTypeOf(authorizer).toExtend<Authorizer>();
    expectTypeOf<Authorizer>().not.toExtend<typeof authorizer>();
    expectTypeOf<Decision<Caller>>().toExtend<Decision>();
    expectTypeOf<Allowed>().not.toExtend<Allowed<Caller>>();
    authorize(authorizer);
    guard(authorizer, "authenticated");
    lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
    // @ts-expect-error an access token is no signed request
    const wrong: Authorizer<SignedRequestPrincipal> = authorizer;
    expectTypeOf(wrong).toExtend<Authorizer>();
  });

  it("hands its callers to onDecision", () => {
    createAuthorizer({
      verifiers: [tokens],
      policy,
      onDecision: (decision) => {
        if (decision.allowed && decision.principal.verifiedBy === "user-pool") {
          expectTypeOf(decision.principal.claims.sub).toEqualTypeOf<string>();
        }
        // @ts-expect-error no verifier of it signs requests
        if (decision.principal?.verifiedBy === "signed-request") throw decision;
      },
    });
    createAuthorizer({
      verifiers: [tokens],
      onDecision: (decision: Decision) => expectTypeOf(decision.allowed).toEqualTypeOf<boolean>(),
    });
  });

  it("does not compile with what is no verifier", () => {
    // @ts-expect-error an issuer belongs into bearer
    createAuthorizer({ verifiers: [access] });
    // @ts-expect-error no verifier at all
    createAuthorizer({ verifiers: [] });
    // @ts-expect-error a document is no policy before definePolicy
    createAuthorizer({ verifiers: [tokens], policy: { routes: { "GET /me": "authenticated" } } });
    // @ts-expect-error there is no such option
    createAuthorizer({ verifiers: [tokens], policies: [policy] });
  });
});

describe("a caller", () => {
  it("is told apart by how he was verified", () => {
    // @ts-expect-error not every caller comes with a token of a user pool
    caller.claims.sub.toLowerCase();
    if (caller.verifiedBy === "user-pool") {
      expectTypeOf(caller.claims.sub).toEqualTypeOf<string>();
      if (caller.claims.token_use === "id") {
        expectTypeOf(caller.claims.email).toEqualTypeOf<string | undefined>();
        expectTypeOf(caller.claims["custom:tenant"]).toEqualTypeOf<string | undefined>();
      } else {
        expectTypeOf(caller.claims.client_id).toEqualTypeOf<string>();
        expectTypeOf(caller.claims.email).toEqualTypeOf<unknown>();
      }
    }
    if (caller.verifiedBy === "signed-request") expectTypeOf(caller).toEqualTypeOf<SignedRequestPrincipal>();
    if (caller.verifiedBy === "nothing") expectTypeOf(caller).toEqualTypeOf<AnonymousPrincipal>();
    // @ts-expect-error no verifier of this gate gives such callers
    if (caller.verifiedBy === "oidc") throw caller;
  });

  it("is told apart by kind", () => {
    if (caller.kind === "anonymous") expectTypeOf(caller).toEqualTypeOf<AnonymousPrincipal>();
    else expectTypeOf(caller.expiresAt).toEqualTypeOf<Date>();
    if (caller.kind === "client" && caller.verifiedBy === "user-pool") {
      expectTypeOf(caller.claims.client_id).toEqualTypeOf<string>();
    }
  });

  it("is typed in a decision", async () => {
    const decision = await authorizer.authorize(request);
    if (decision.allowed) expectTypeOf(decision.principal).toEqualTypeOf<Caller | AnonymousPrincipal>();
    else expectTypeOf(decision.principal).toEqualTypeOf<Caller | AnonymousPrincipal | undefined>();
    // @ts-expect-error whether it was allowed has not been looked at
    decision.principal.id;
  });
});

describe("a caller whom a gateway has let in", () => {
  const stage = { account: "123456789012", apiId: "abcdef1234", stage: "prod" };

  it("is told by what the gateways check", () => {
    const signatures = gatewayEvent({ trust: [{ format: "rest-iam", ...stage }], roles: {} });
    expectTypeOf(signatures).toEqualTypeOf<Verifier<GatewayEventPrincipal>>();
    const claims = gatewayEvent({ trust: [{ format: "http-jwt", ...stage, ...pool, tokenUse: "access" }] });
    expectTypeOf(claims).toEqualTypeOf<Verifier<GatewayEventPrincipal>>();
    const verified = gatewayEvent({ trust: [{ format: "http-jwt", ...stage, issuers: [id] }] });
    expectTypeOf(verified).toEqualTypeOf<Verifier<PrincipalOf<typeof id>>>();
    const several = gatewayEvent({
      trust: [
        { format: "http-jwt", ...stage, issuers: [access, id] },
        { format: "http-iam", ...stage },
      ],
      roles: {},
    });
    expectTypeOf<PrincipalOf<typeof several>>().toEqualTypeOf<
      GatewayEventPrincipal | PrincipalOf<typeof id> | PrincipalOf<typeof access>
    >();
    // @ts-expect-error no gateway is believed
    gatewayEvent({ trust: [] });
    // @ts-expect-error there is no such format
    gatewayEvent({ trust: [{ format: "alb", ...stage }] });
  });

  it("has by his kind what the gateway tells", () => {
    const principal = {} as GatewayEventPrincipal;
    expectTypeOf(principal.verifiedBy).toEqualTypeOf<"gateway-event">();
    if (principal.kind === "user") expectTypeOf(principal.userId).toEqualTypeOf<string>();
    if (principal.kind === "role" || principal.kind === "guest") expectTypeOf(principal.role).toEqualTypeOf<Role>();
    if (principal.kind === "client") expectTypeOf(principal.clientId).toEqualTypeOf<string>();
    // @ts-expect-error a gateway lets nobody in whom it does not know
    if (principal.kind === "anonymous") throw principal;
  });
});

describe("principalOf", () => {
  it("types the caller by the authorizer that let him in, in Express and in Lambda", () => {
    expectTypeOf(principalOf(req)).toEqualTypeOf<Principal>();
    expectTypeOf(principalOf(req, authorizer)).toEqualTypeOf<Caller | AnonymousPrincipal>();
    expectTypeOf(lambdaPrincipalOf({})).toEqualTypeOf<Principal>();
    expectTypeOf(lambdaPrincipalOf({}, { clock: Date.now })).toEqualTypeOf<Principal>();
    expectTypeOf(lambdaPrincipalOf({}, authorizer)).toEqualTypeOf<Caller | AnonymousPrincipal>();
  });

  it("takes nobody's word for the type", () => {
    // @ts-expect-error a verifier does not know whom the gate let in
    principalOf(req, tokens);
    // @ts-expect-error an authorizer that may be missing
    principalOf(req, undefined as Authorizer | undefined);
    // @ts-expect-error a type is not enough
    principalOf<Caller>(req);
    // @ts-expect-error nor is it in Lambda
    lambdaPrincipalOf<Caller>({});
    // @ts-expect-error the principal of a plain authorizer is any
    const wrong: Caller = principalOf(req, {} as Authorizer);
    expectTypeOf(wrong).toExtend<Principal>();
  });

  it("agrees with what guardHandler hands to its handler", () => {
    guardHandler(authorizer, (_event: HttpProxyEvent, _context: unknown, principal) => {
      expectTypeOf(principal).toEqualTypeOf<Caller | AnonymousPrincipal>();
    });
    guardHandler({} as Authorizer, (_event: HttpProxyEvent, _context: unknown, principal) => {
      expectTypeOf(principal).toEqualTypeOf<Principal>();
    });
    // @ts-expect-error a handler for signed requests alone
    guardHandler(authorizer, (_event: HttpProxyEvent, _context: unknown, _principal: SignedRequestPrincipal) => {});
  });
});
