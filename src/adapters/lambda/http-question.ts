import type { AuthRequest } from "../../request.ts";
import {
  type EventFields,
  eventFields,
  field,
  foreignEvent,
  requireFields,
  requireMethod,
  requireText,
  type Texts,
} from "./event-fields.ts";
import { refuseWildcards } from "./event-target.ts";
import { type HttpRequestContext, httpHeaders, httpPath, httpRequest } from "./http-event.ts";
import type { KeyValues } from "./question.ts";

/**
 * What an HTTP API sends to an authorizer with payload format 2.0, as far as it is read.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export interface HttpAuthorizerEvent {
  /** `2.0`. */
  readonly version: string;
  readonly type: "REQUEST";
  readonly routeArn: string;
  readonly routeKey?: string;
  /** Begins with the stage, unless that is `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Missing where the request has no cookies. */
  readonly cookies?: readonly string[] | null;
  readonly headers?: Texts | null;
  readonly pathParameters?: Texts | null;
  /** Missing where the authorizer has no identity source. */
  readonly identitySource?: readonly string[] | null;
  readonly requestContext: HttpRequestContext;
}

/**
 * Takes an event for a question of an HTTP API in payload format 2.0.
 *
 * @throws AuthError `configuration_error`
 */
export function httpQuestion(event: unknown): EventFields {
  const fields = eventFields(event);
  if (field(fields, "version") !== "2.0") throw foreignEvent("the payload format of the event is not 2.0");
  if (field(fields, "type") !== "REQUEST") throw foreignEvent("the type of the event is not REQUEST");
  return fields;
}

/**
 * Makes the request that an HTTP API asks about.
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function httpQuestionRequest(fields: EventFields, basePath = ""): AuthRequest {
  refuseWildcards(httpPath(fields));
  return httpRequest(fields, basePath);
}

/** Makes the request by which the caller is known, whatever he asks for. */
export function httpCredentials(fields: EventFields): AuthRequest {
  return { method: methodOf(fields), target: "/", wire: false, headers: httpHeaders(fields) };
}

/** The method and the path that are asked for. */
export function httpAsked(fields: EventFields, basePath: string): { readonly method: string; readonly path: string } {
  return { method: methodOf(fields), path: httpPath(fields, basePath) };
}

/**
 * What is told of the key under which the gateway keeps the answer. Its `$context.path` is the path with the stage, or without
 * where the stage is `$default`.
 *
 * @throws AuthError `configuration_error`
 */
export function httpKeyValues(fields: EventFields): KeyValues {
  const http = requireFields(requireFields(fields, "requestContext"), "http");
  const paths = [requireText(fields, "rawPath"), field(http, "path")].filter((path) => typeof path === "string");
  return { values: field(fields, "identitySource"), method: methodOf(fields), paths };
}

function methodOf(fields: EventFields): string {
  return requireMethod(requireFields(requireFields(fields, "requestContext"), "http"), "method");
}
