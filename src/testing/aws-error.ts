import { randomUUID } from "node:crypto";
import type { Answer } from "../answer.ts";

/** A refusal as an AWS service words it. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  /** The code, such as `NotAuthorizedException`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** How an identity pool refuses a login. */
export function notAuthorized(message: string): AwsError {
  return new AwsError("NotAuthorizedException", 400, message);
}

/** What a service answers to a fault of its own. */
export function toAwsError(thrown: unknown): AwsError {
  return thrown instanceof AwsError
    ? thrown
    : new AwsError("InternalFailure", 500, "The request processing has failed.");
}

/** A JSON 1.1 answer (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). */
export function awsJsonAnswer(document: Readonly<Record<string, unknown>>): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
    body: JSON.stringify(document),
  };
}

/** A refusal over JSON 1.1. */
export function awsJsonError({ code, status, message }: AwsError): Answer {
  return {
    status,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": randomUUID(),
      "x-amzn-errortype": `${code}:`,
      "x-amzn-errormessage": message,
    },
    body: JSON.stringify({ __type: code, message }),
  };
}

const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Elements of an XML answer by name, in order. */
export interface XmlElements {
  readonly [name: string]: string | XmlElements;
}

/** An answer of the query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html). */
export function awsQueryAnswer(action: string, result: XmlElements): Answer {
  const requestId = randomUUID();
  const content = xml({ [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }, 1);
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<${action}Response xmlns="${stsNamespace}">\n${content}</${action}Response>\n`,
  };
}

/** A refusal over the query protocol. */
export function awsQueryError({ code, status, message }: AwsError): Answer {
  const requestId = randomUUID();
  const type = status < 500 ? "Sender" : "Receiver";
  const content = xml({ Error: { Type: type, Code: code, Message: message }, RequestId: requestId }, 1);
  return {
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<ErrorResponse xmlns="${stsNamespace}">\n${content}</ErrorResponse>\n`,
  };
}

function xml(elements: XmlElements, depth: number): string {
  const indent = "  ".repeat(depth);
  return Object.entries(elements)
    .map(([name, value]) =>
      typeof value === "string"
        ? `${indent}<${name}>${escapeXml(value)}</${name}>\n`
        : `${indent}<${name}>\n${xml(value, depth + 1)}${indent}</${name}>\n`,
    )
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
