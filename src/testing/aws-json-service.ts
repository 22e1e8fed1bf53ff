import type { Answer } from "../answer.ts";
import { AwsError, awsJsonAnswer, awsJsonError, toAwsError } from "./aws-error.ts";
import { onlyValue, type WireRequest, type WireService } from "./wire.ts";

/** The members of a request, read with the checks of the service model. */
export interface JsonInput {
  has(name: string): boolean;
  text(name: string): string;
  /** Undefined where it is absent. */
  object(name: string): Readonly<Record<string, unknown>> | undefined;
}

/** What an operation gives; what it refuses it refuses with an {@link AwsError}. */
export type JsonOperation = (input: JsonInput) => Promise<Readonly<Record<string, unknown>>>;

/** What {@link createJsonService} takes. */
export interface JsonServiceSetup {
  /** Its name where outages and calls are spoken of. */
  readonly name: string;
  /** What precedes the operation in `X-Amz-Target`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** Answers what is no operation; undefined where there is nothing of that kind. */
  readonly other?: (request: WireRequest) => Promise<Answer | undefined>;
}

const mediaType = /^application\/x-amz-json-1\.1(?:$|;)/;

/** Serves operations over JSON 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). */
export function createJsonService({ name, target, operations, other }: JsonServiceSetup): WireService {
  function operationOf({ headers }: WireRequest): string | undefined {
    const [service, operation, ...rest] = (onlyValue(headers, "x-amz-target") ?? "").split(".");
    const named = service === target && operation !== undefined && rest.length === 0;
    return named && Object.hasOwn(operations, operation) ? operation : undefined;
  }

  async function perform(request: WireRequest): Promise<Answer> {
    const answer = await other?.(request);
    if (answer !== undefined) return answer;
    const operation = operations[operationOf(request) ?? ""];
    const typed = mediaType.test(onlyValue(request.headers, "content-type") ?? "");
    if (operation === undefined || request.method !== "POST" || request.target !== "/" || !typed) {
      throw new AwsError("UnknownOperationException", 400, "There is no such operation.");
    }
    return awsJsonAnswer(await operation(readInput(request.body)));
  }

  return {
    name,
    operation: operationOf,
    async handle(request) {
      try {
        return await perform(request);
      } catch (thrown) {
        return awsJsonError(toAwsError(thrown));
      }
    },
  };
}

function readInput(body: Buffer): JsonInput {
  let document: unknown;
  try {
    document = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", 400, "The body is not JSON.");
  }
  if (!isObject(document)) throw new AwsError("SerializationException", 400, "The body is not an object.");
  const members = document;
  return {
    has: (name) => members[name] !== undefined && members[name] !== null,
    text(name) {
      const value = members[name];
      if (typeof value !== "string" || value === "") throw invalid(name);
      return value;
    },
    object(name) {
      const value = members[name];
      if (value === undefined || value === null) return undefined;
      if (!isObject(value)) throw invalid(name);
      return value;
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(name: string): AwsError {
  return new AwsError(
    "ValidationException",
    400,
    `1 validation error detected: the value at '${name}' is missing or not valid`,
  );
}
