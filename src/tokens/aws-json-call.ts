import { type AwsAnswer, type AwsCall, type AwsConnection, callAws, unavailable } from "../aws-call.ts";
import { type JsonObject, parseStrictObject } from "./strict-json.ts";

/** One operation of a service of AWS that speaks JSON 1.1. */
export interface AwsJsonCall extends Pick<AwsCall, "timeout" | "maxBytes"> {
  /** The value of `X-Amz-Target`: the service and the operation. */
  readonly target: string;
  /** What the operation takes; members that are undefined are left out. */
  readonly input: object;
}

/** What the service gave, or the code of its refusal, such as `NotAuthorizedException`; undefined where it told none. */
export type AwsJsonAnswer = { readonly document: JsonObject } | { readonly refusal: string | undefined };

const mediaType = "application/x-amz-json-1.1";

/**
 * Calls an operation over JSON 1.1, see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html. The message of a
 * refusal is left behind: it quotes ids and tokens.
 *
 * @throws AuthError `upstream_unavailable`, see {@link callAws}.
 */
export async function callAwsJson(
  connection: AwsConnection,
  { target, input, ...limits }: AwsJsonCall,
): Promise<AwsJsonAnswer> {
  const answer = await callAws(connection, {
    ...limits,
    headers: { "content-type": mediaType, "x-amz-target": target },
    body: JSON.stringify(input),
    mediaType,
  });
  return answer.status === 200 ? { document: parseObject(answer.body) } : { refusal: refusalCode(answer) };
}

function refusalCode({ status, headers, body }: AwsAnswer): string | undefined {
  // A fault of the server is one whatever it calls itself, and so is throttling.
  if (status !== 400 && status !== 403) return undefined;
  const { __type: type } = parseObject(body);
  const code = typeof type === "string" ? type : (headers.get("x-amzn-errortype") ?? "");
  return /^(?:[\w.]+#)?(\w+)(?::.*)?$/.exec(code)?.[1];
}

function parseObject(text: string): JsonObject {
  const value = parseStrictObject(Buffer.from(text));
  if (typeof value === "string") throw unavailable("the answer of AWS cannot be read");
  return value;
}
