import type { Authorizer } from "../../authorizer.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../../configuration.ts";
import type { Policy } from "../../policy/define-policy.ts";
import { requireAskable } from "./require-askable.ts";
import { readSchemaTypes, type SchemaTypes } from "./schema-types.ts";

/** What {@link appsyncAuthorizer} takes beside the authorizer. */
export interface AppSyncAuthorizerOptions {
  /**
   * The text of the API's schema (SDL). With it the fields further in are judged by the types that they have there, and a rule of
   * the policy for a field that the schema lacks is refused. Without it only the fields are exact that an operation begins with.
   */
  readonly schema?: string;
  /** What the API's tokens begin with ahead of the token itself, such as `custom-`; nothing by default. */
  readonly tokenPrefix?: string;
  /**
   * How many seconds AppSync may keep an answer, 0 to 3,600; 0 by default. Only an answer is kept that would be the same for every
   * operation of its caller, and never past the end of his token.
   */
  readonly cacheTtl?: number;
  /**
   * The ARN of the API, such as `arn:aws:appsync:eu-west-1:123456789012:apis/abcdef`. With it denied fields are named in full,
   * as where several APIs share the function, and events of other APIs are refused.
   */
  readonly apiArn?: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/** The options, read. */
export interface AppSyncSettings {
  readonly policy: Policy;
  readonly schema: SchemaTypes | undefined;
  readonly tokenPrefix: string;
  readonly cacheTtl: number;
  readonly api: { readonly arn: string; readonly account: string; readonly id: string } | undefined;
  readonly clock: () => number;
}

const owner = "appsyncAuthorizer";
const arnForm = /^arn:aws(?:-[a-z]+)*:appsync:[\da-z-]+:(\d{12}):apis\/([\w-]+)$/;

/**
 * Checks the options once, when the handler is made.
 *
 * @throws ConfigurationError
 */
export function readAppSyncOptions(authorizer: Authorizer, options: AppSyncAuthorizerOptions): AppSyncSettings {
  if (typeof authorizer?.authorize !== "function") {
    throw new ConfigurationError("missing_option", owner, "pass what createAuthorizer returns");
  }
  refuseUnknownOptions(owner, options, ["schema", "tokenPrefix", "cacheTtl", "apiArn", "clock"]);
  const { tokenPrefix = "", cacheTtl = 0, apiArn, clock = Date.now } = options;
  if (!authorizer.verifiers.some(({ scheme }) => scheme.toLowerCase() === "bearer")) {
    throw new ConfigurationError(
      "invalid_option",
      owner,
      "AppSync hands on a token, so one verifier must be bearer({ ... })",
    );
  }
  if ("schema" in options && typeof options.schema !== "string")
    throw invalid("schema", "must be the text of a schema (SDL)");
  const schema = options.schema === undefined ? undefined : readSchemaTypes(`${owner}.schema`, options.schema);
  requireAskable(owner, authorizer.policy, schema);
  if (typeof tokenPrefix !== "string" || /[\s]|^bearer/i.test(tokenPrefix)) {
    throw invalid("tokenPrefix", 'must be text without spaces, such as "custom-"; AppSync takes no Bearer there');
  }
  requireInteger(`${owner}.cacheTtl`, cacheTtl, 0, 3_600);
  if (typeof clock !== "function") throw invalid("clock", "must be a function such as Date.now");
  return { policy: authorizer.policy as Policy, schema, tokenPrefix, cacheTtl, api: readArn(apiArn), clock };
}

function readArn(arn: string | undefined): AppSyncSettings["api"] {
  if (arn === undefined) return undefined;
  const [, account, id] = (typeof arn === "string" ? arnForm.exec(arn) : undefined) ?? [];
  if (account === undefined || id === undefined) {
    throw invalid("apiArn", "must be the ARN of an API, such as arn:aws:appsync:eu-west-1:123456789012:apis/abcdef");
  }
  return { arn, account, id };
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `${owner}.${option}`, message);
}
