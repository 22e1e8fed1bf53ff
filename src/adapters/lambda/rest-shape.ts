import type { TextLists, Texts } from "./event-fields.ts";

/** Headers and query as REST APIs and WebSocket APIs tell them. Tests from the console have nulls. */
export interface RestMaps {
  readonly headers: Texts | null;
  readonly multiValueHeaders?: TextLists | null;
  readonly queryStringParameters: Texts | null;
  readonly multiValueQueryStringParameters?: TextLists | null;
}

/** What REST APIs, and HTTP APIs in payload format 1.0, tell of a request, to authorizers and to functions behind them alike. */
export interface RestShape extends RestMaps {
  readonly httpMethod: string;
  /** The route that matched, such as `/articles/{id}`. */
  readonly resource?: string;
  /**
   * Within the stage; behind a custom domain it begins with the base path, and with the stage where the mapping names none. Behind
   * an HTTP API it begins with the stage, unless that is `$default`.
   */
  readonly path: string;
  readonly pathParameters?: Texts | null;
}
