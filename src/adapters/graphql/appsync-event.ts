import { isCredentialHeader } from "../../credential-headers.ts";
import { AuthError } from "../../errors.ts";
import { type AuthRequest, RequestHeaders } from "../../request.ts";
import {
  eventFields,
  field,
  foreignEvent,
  optionalFields,
  requireFields,
  requireText,
} from "../lambda/event-fields.ts";
import type { AppSyncSettings } from "./appsync-options.ts";

/**
 * What AppSync sends to a Lambda authorizer, as far as it is read.
 *
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export interface AppSyncAuthorizerEvent {
  /** The header `Authorization` as sent, which AppSync does not accept with `Bearer`. */
  readonly authorizationToken: string;
  readonly requestContext: {
    readonly apiId: string;
    readonly accountId: string;
    readonly queryString: string;
    readonly operationName?: string | null | undefined;
  };
  readonly requestHeaders?: { readonly [name: string]: string | undefined } | null | undefined;
}

/** A question of AppSync. */
export interface AppSyncQuestion {
  readonly document: string | undefined;
  readonly operationName: unknown;
  /** Whether it is about a connection for subscriptions, each of which AppSync asks about by itself. */
  readonly connects: boolean;
  /**
   * The request as it is judged. Its only credential is the token: AppSync may keep the answer by that alone.
   *
   * @throws AuthError where the token does not begin as it must.
   */
  toRequest(): AuthRequest;
}

// What AppSync writes where a client opens a connection, in place of an operation; AWS does not document it. It is no name of an
// operation (https://spec.graphql.org/October2021/#Name).
const connection = /^DeepDish:Connect$/i;

/**
 * Reads an event.
 *
 * @throws AuthError `configuration_error` where it is none of the API's.
 */
export function readAppSyncEvent(event: unknown, { tokenPrefix, api }: AppSyncSettings): AppSyncQuestion {
  const fields = eventFields(event);
  const token = requireText(fields, "authorizationToken");
  const context = requireFields(fields, "requestContext");
  if (api !== undefined && (field(context, "apiId") !== api.id || field(context, "accountId") !== api.account)) {
    throw foreignEvent("the event is not of the API of apiArn");
  }
  const headers = optionalFields(fields, "requestHeaders");
  const [document, operationName] = [field(context, "queryString"), field(context, "operationName")];
  return {
    document: typeof document === "string" ? document : undefined,
    operationName,
    connects: (document ?? "") === "" && typeof operationName === "string" && connection.test(operationName),
    toRequest() {
      const pairs = Object.entries(headers).filter(([name]) => !isCredentialHeader(name.toLowerCase()));
      const texts = pairs.flatMap(([name, value]) => (typeof value === "string" ? [name, value] : []));
      return {
        method: "POST",
        target: "/graphql",
        wire: false,
        headers: new RequestHeaders([...texts, ...authorization(token, tokenPrefix)]),
      };
    },
  };
}

function authorization(token: string, prefix: string): readonly string[] {
  if (token === "") return [];
  if (!token.startsWith(prefix)) throw new AuthError("unsupported_scheme", { reason: "the token lacks its prefix" });
  return ["authorization", `Bearer ${token.slice(prefix.length)}`];
}
