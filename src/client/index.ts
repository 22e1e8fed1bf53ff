export type { EnrollmentMode } from "../binding.ts";
export { ConfigurationError } from "../configuration.ts";
export { ClientError } from "./client-error.ts";
export type { AwsCredentials, CredentialsSource, TemporaryCredentials } from "./credentials.ts";
export { type Enrollment, enroll } from "./enroll.ts";
export type { EnrollOptions } from "./enroll-options.ts";
export {
  type BrokeredCredentials,
  type FetchCredentialsOptions,
  fetchCredentials,
  type IdTokenSource,
  type LoginSource,
} from "./fetch-credentials.ts";
export { type SignProofOptions, signProof } from "./sign-proof.ts";
export { createSignedFetch, type SignedFetch } from "./signed-fetch.ts";
export type {
  BrokeredFetchOptions,
  EnrolledFetchOptions,
  PlainFetchOptions,
  SignedFetchOptions,
} from "./signed-fetch-options.ts";
