export type { Answer, Problem } from "./answer.ts";
export { problemAnswer } from "./answer.ts";
export type { Role, RoleName } from "./arn.ts";
export type { AuthorizeOptions, Authorizer, AuthorizerOptions, Granted } from "./authorizer.ts";
export { createAuthorizer } from "./authorizer.ts";
export type { EnrollmentMode } from "./binding.ts";
export type { ChallengeParameters } from "./challenge.ts";
export type { ConfigurationErrorCode } from "./configuration.ts";
export { ConfigurationError } from "./configuration.ts";
export type { Allowed, Decision, Denied, JudgedGuard } from "./decision.ts";
export type { Endpoint } from "./endpoint.ts";
export type { AuthErrorCode, AuthErrorOptions } from "./errors.ts";
export { AuthError } from "./errors.ts";
export type { Explanation } from "./explanation.ts";
export {
  account,
  allOf,
  anyOf,
  anyone,
  authenticated,
  claim,
  client,
  custom,
  delegate,
  equal,
  group,
  guest,
  header,
  identityId,
  ip,
  issuer,
  not,
  oneOf,
  param,
  query,
  role,
  rule,
  scope,
  stepUp,
  tag,
  userId,
} from "./policy/combinators.ts";
export type { Policy, PolicyDocument, PolicyInit, RouteMatch } from "./policy/define-policy.ts";
export { definePolicy } from "./policy/define-policy.ts";
export type { CompiledRule, RuleInput, Ternary } from "./policy/evaluation.ts";
export type { ExplainedOperand, ExplainedRule, OperandState } from "./policy/explain.ts";
export type {
  EngineAnswer,
  InquiryAnswer,
  InquiryFailure,
  InquiryOptions,
  PolicyEngine,
  PolicyExtensions,
  PolicyFunction,
} from "./policy/extensions.ts";
export type { FieldKey, FieldName } from "./policy/field-key.ts";
export type { FieldGrant, FieldMatch } from "./policy/field-rules.ts";
export type { Grant, GrantedRoute, Granting, VaryingRoute } from "./policy/grants.ts";
export type { Inquiry } from "./policy/inquiry.ts";
export type { PolicyFault } from "./policy/policy-error.ts";
export { PolicyError } from "./policy/policy-error.ts";
export type { ReasonedAnswer } from "./policy/reasoned-answer.ts";
export type { Remedy, StepUpDemand } from "./policy/remedy.ts";
export type { Question, Replies, Reply, Subject } from "./policy/replies.ts";
export type { RouteKey, RouteMethod, RouteSegment } from "./policy/route-key.ts";
export type { Arguments, Call, Literal, Operand, Rule, StepUpNeeds } from "./policy/rule.ts";
export type { AnonymousPrincipal, Groups, Principal, PrincipalInit, PrincipalKind } from "./principal.ts";
export { anonymous, closedGroups, createPrincipal, isAuthenticated, openGroups } from "./principal.ts";
export type { PrincipalOf } from "./principal-of.ts";
export type { ProtectedResource, ProtectedResourceOptions } from "./protected-resource.ts";
export { protectedResource } from "./protected-resource.ts";
export type { Condition, Readiness, ReadinessReporter, ReadinessState, SourceReadiness } from "./readiness.ts";
export { ReadinessError } from "./readiness.ts";
export type { ReadinessEndpointOptions } from "./readiness-endpoint.ts";
export { readinessEndpoint } from "./readiness-endpoint.ts";
export type { AuthRequest, GatewayFormat, GatewayIdentity } from "./request.ts";
export { RequestHeaders } from "./request.ts";
export type { RoleMap, RoleMeaning } from "./role-map.ts";
export type { Broker } from "./sessions/broker.ts";
export { broker } from "./sessions/broker.ts";
export type { BrokerOptions } from "./sessions/broker-options.ts";
export type { CallerProofLimits, CallerProofOptions } from "./sessions/caller-proof-options.ts";
export type { ClassicFlow, SessionPolicy } from "./sessions/classic-flow.ts";
export { createSessions } from "./sessions/create-sessions.ts";
export { enrollment } from "./sessions/enrollment.ts";
export type { EnrollmentOptions } from "./sessions/enrollment-options.ts";
export type { CustomRoles } from "./sessions/role-choice.ts";
export type { Sealing, SealingKey } from "./sessions/seal.ts";
export type {
  Session,
  SessionInit,
  SessionKeys,
  SessionMode,
  Sessions,
  SessionToken,
  SingleUse,
} from "./sessions/session.ts";
export type { SessionsOptions } from "./sessions/session-options.ts";
export type { ShadowDifference, ShadowOptions, ShadowPolicy } from "./shadow.ts";
export { shadowPolicy } from "./shadow.ts";
export type { MemoryStoreOptions } from "./stores/memory.ts";
export { memoryStore } from "./stores/memory.ts";
export type { Store } from "./stores/store.ts";
export { alb } from "./tokens/alb.ts";
export type { AlbOptions } from "./tokens/alb-options.ts";
export type { AlbClaims, AlbPrincipal } from "./tokens/alb-principal.ts";
export type { ClaimPath } from "./tokens/claim-path.ts";
export type { TokenUse } from "./tokens/cognito-claims.ts";
export type { CookieToken, CookieTokenOptions } from "./tokens/cookie-token.ts";
export { cookieToken } from "./tokens/cookie-token.ts";
export type { RevocationsOptions } from "./tokens/create-revocations.ts";
export { createRevocations } from "./tokens/create-revocations.ts";
export type {
  IdentityPoolTokenClaims,
  IdentityPoolTokenGuest,
  IdentityPoolTokenPrincipal,
  IdentityPoolTokenUser,
} from "./tokens/identity-pool-principal.ts";
export type { IdentityPoolTokenOptions } from "./tokens/identity-pool-token.ts";
export { identityPoolToken } from "./tokens/identity-pool-token.ts";
export type { IssuerKeyOptions } from "./tokens/issuer-keys.ts";
export type { Jws } from "./tokens/jws.ts";
export type { KeyEvent } from "./tokens/key-event.ts";
export type { KeyAgeOptions } from "./tokens/key-options.ts";
export type { LiveCheck } from "./tokens/live-check.ts";
export { liveCheck } from "./tokens/live-check.ts";
export type { LiveCheckOptions } from "./tokens/live-check-options.ts";
export type { Naming } from "./tokens/naming.ts";
export { oidc } from "./tokens/oidc.ts";
export type { OidcOptions, OidcPlainOptions } from "./tokens/oidc-options.ts";
export type { OidcClaims, OidcPrincipal } from "./tokens/oidc-principal.ts";
export type { RevocableFacts, Revocation, RevokedSubject } from "./tokens/revocation.ts";
export type { Revocations } from "./tokens/revocations.ts";
export type { StsWebIdentityOptions } from "./tokens/sts-web-identity.ts";
export { stsWebIdentity } from "./tokens/sts-web-identity.ts";
export type {
  StsNamespaceClaims,
  StsWebIdentityClaims,
  StsWebIdentityGuest,
  StsWebIdentityPrincipal,
  StsWebIdentityRole,
} from "./tokens/sts-web-identity-principal.ts";
export type { TokenAlgorithm } from "./tokens/token-algorithm.ts";
export type { TokenCacheOptions } from "./tokens/token-cache.ts";
export type { CustomClaims, TokenClaims } from "./tokens/token-claims.ts";
export type { TokenIssuer, TokenPlace, VerifiedToken } from "./tokens/token-issuer.ts";
export type { TokenSource } from "./tokens/token-source.ts";
export type { UserPool } from "./tokens/user-pool.ts";
export { userPool } from "./tokens/user-pool.ts";
export type { UserPoolAccessClaims, UserPoolIdClaims } from "./tokens/user-pool-claims.ts";
export type { UserPoolAccessOptions, UserPoolIdOptions, UserPoolOptions } from "./tokens/user-pool-options.ts";
export type {
  UserPoolAccessPrincipal,
  UserPoolAccessUser,
  UserPoolClient,
  UserPoolIdPrincipal,
  UserPoolPrincipals,
} from "./tokens/user-pool-principal.ts";
export type { TrustedIssuer, Verified, Verifier } from "./verifier.ts";
export type { BearerOptions } from "./verify/bearer.ts";
export { bearer } from "./verify/bearer.ts";
export { gatewayEvent } from "./verify/gateway-event.ts";
export type { GatewayEventOptions, GatewayTrust, GatewayTrusts } from "./verify/gateway-event-options.ts";
export type {
  GatewayEventClient,
  GatewayEventGuest,
  GatewayEventPrincipal,
  GatewayEventRole,
  GatewayEventUser,
} from "./verify/gateway-event-principal.ts";
export type {
  ApiStage,
  AppSyncTrust,
  FunctionUrlTrust,
  HttpIamTrust,
  IamTrust,
  LatticeTrust,
  RestIamTrust,
  TrustedIdentityPool,
  WithIdentityPools,
} from "./verify/gateway-trust.ts";
export type { ReplayProtection } from "./verify/replay-guard.ts";
export { signedRequest } from "./verify/signed-request.ts";
export type { PresignedUrlOptions, SignedRequestOptions } from "./verify/signed-request-options.ts";
export type { SignedRequestPrincipal } from "./verify/signed-request-principal.ts";
export { stsProof } from "./verify/sts-proof.ts";
export type { StsProofOptions } from "./verify/sts-proof-options.ts";
export type { StsProofPrincipal } from "./verify/sts-proof-principal.ts";
export type { ClaimsTrust, TokenTrust, VerifiedTokenTrust } from "./verify/token-trust.ts";
