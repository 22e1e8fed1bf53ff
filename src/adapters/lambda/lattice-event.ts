import { AuthError } from "../../errors.ts";
import type { AuthRequest } from "../../request.ts";
import { decodeQueryText } from "../../target.ts";
import { withinBasePath } from "./base-path.ts";
import {
  anyMethod,
  type EventFields,
  foreignEvent,
  requireFields,
  requireMethod,
  requireText,
  type TextLists,
} from "./event-fields.ts";
import { headersOf, listPairs, type Pair } from "./event-pairs.ts";
import { encodeQuery, rebuildTarget } from "./event-target.ts";

/**
 * What VPC Lattice sends to a function that is its target, in version 2.0 of the event structure, as far as it is read.
 *
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 */
export interface LatticeEvent {
  /** `2.0`. */
  readonly version: string;
  readonly path: string;
  readonly method: string;
  readonly headers: TextLists;
  readonly queryStringParameters?: TextLists | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly serviceNetworkArn: string; readonly serviceArn: string };
}

const arn = /^arn:aws(?:-[a-z]+)*:vpc-lattice:[\w-]+:\d{12}:/;

/**
 * Makes the request of an event of VPC Lattice.
 *
 * AWS does not say whether path and query are decoded. A path with `%` is refused as at other gateways. A name or value of the
 * query that would read otherwise if it were not decoded counts as two, so that no rule takes one reading for the other.
 *
 * The address of the caller is not known: of `X-Forwarded-For` AWS does not say what becomes of the caller's own.
 *
 * @throws AuthError `configuration_error`, `target_not_canonical`
 */
export function latticeRequest(event: EventFields, basePath = ""): AuthRequest {
  const context = requireFields(event, "requestContext");
  if (!arn.test(requireText(context, "serviceArn")) || !arn.test(requireText(context, "serviceNetworkArn"))) {
    throw foreignEvent("the event names no service of VPC Lattice");
  }
  const path = withinBasePath(requireText(event, "path"), basePath);
  if (path.includes("?")) {
    throw new AuthError("target_not_canonical", { reason: "the path holds a question mark" });
  }
  return {
    method: requireMethod(event, "method", anyMethod),
    target: rebuildTarget(path, encodeQuery(listPairs(event, "queryStringParameters").flatMap(readings))),
    wire: false,
    headers: headersOf(listPairs(event, "headers")),
  };
}

/** A pair as it stands, and as it would be if it had not been decoded. */
function readings([name, value]: Pair): readonly Pair[] {
  const decoded: Pair = [decodeQueryText(name) ?? name, decodeQueryText(value) ?? value];
  return decoded[0] === name && decoded[1] === value ? [decoded] : [[name, value], decoded];
}
