export type { CoveredLeaf, LeafCoverage } from "../personas/leaf-coverage.ts";
export type { Persona } from "../personas/persona.ts";
export type { Expectation, PolicyTestCase, PolicyTests } from "../personas/policy-tests.ts";
export { type PolicyTestFailure, type PolicyTestReport, testPolicy } from "../personas/test-policy.ts";
export { type ActingCaller, actingAs } from "./acting-as.ts";
export type { Outage, OutagePoint, PoolOperation } from "./outages.ts";
export type { Person } from "./person.ts";
export { type MatcherOptions, type PolicyMatchers, policyMatchers } from "./policy-matchers.ts";
export {
  type Caller,
  type PoolCredentials,
  type PoolSignerOptions,
  type Pools,
  type PoolsEndpoints,
  startPools,
} from "./pools.ts";
export type { PoolsOptions } from "./pools-options.ts";
export {
  type BrokerCredentials,
  type CredentialsSource,
  type SignableRequest,
  type Signer,
  type SignerOptions,
  type SigningCredentials,
  signer,
} from "./signer.ts";
export type { TemporaryCredentials } from "./temporary-credentials.ts";
export type { JwksDocument, PublicJwk } from "./token-key.ts";
export type { AccessTokenOptions, TokenOptions } from "./user-pool.ts";
