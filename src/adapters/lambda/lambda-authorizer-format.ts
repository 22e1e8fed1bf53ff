import type { HttpAuthorizerEventV1 } from "./http-policy-v1.ts";
import type { HttpAuthorizerEvent } from "./http-question.ts";
import type { SimpleAnswer } from "./http-simple.ts";
import type { PolicyAnswer } from "./policy-answer.ts";
import type { RestRequestEvent } from "./rest-request.ts";
import type { RestTokenEvent } from "./rest-token.ts";

/** The event and the answer of each format. */
export interface LambdaAuthorizerFormats {
  /** A TOKEN authorizer of a REST API. */
  "rest-token": { readonly event: RestTokenEvent; readonly answer: PolicyAnswer };
  /** A REQUEST authorizer of a REST API. */
  "rest-request": { readonly event: RestRequestEvent; readonly answer: PolicyAnswer };
  /** An authorizer of an HTTP API, payload format 2.0, simple responses enabled. */
  "http-simple": { readonly event: HttpAuthorizerEvent; readonly answer: SimpleAnswer };
  /** An authorizer of an HTTP API, payload format 2.0, simple responses not enabled. */
  "http-policy": { readonly event: HttpAuthorizerEvent; readonly answer: PolicyAnswer };
  /** An authorizer of an HTTP API, payload format 1.0. */
  "http-policy-1.0": { readonly event: HttpAuthorizerEventV1; readonly answer: PolicyAnswer };
}

/** The name of a format. */
export type LambdaAuthorizerFormat = keyof LambdaAuthorizerFormats;
