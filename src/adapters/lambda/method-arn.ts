/** The parts of the ARN of a REST API's method. */
export interface MethodArn {
  readonly method: string;
  /** The path of the request within the stage, with its leading slash. */
  readonly path: string;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html; the console's test
// of an authorizer has the stage "null" or "ESTestInvoke-stage", and local gateways have accounts that are no digits.
const api = /^arn:aws(?:-[a-z]+)*:execute-api:[\w-]+:[\w-]+:[\w-]+$/;
const stage = /^[\w-]{1,128}$/;
const verb = /^[A-Z]+$/;

/**
 * Reads `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{VERB}/{path}`, where the path of the root is empty.
 *
 * @returns undefined for any other text.
 */
export function parseMethodArn(arn: string): MethodArn | undefined {
  const [name = "", stageName = "", method = "", ...segments] = arn.split("/");
  if (!api.test(name) || !stage.test(stageName) || !verb.test(method) || segments.length === 0) return undefined;
  return { method, path: `/${segments.join("/")}` };
}

/** The parts of the ARN of a method or route. */
export interface StageArn extends MethodArn {
  readonly partition: string;
  /** The ARN up to the stage and its slash. */
  readonly stage: string;
}

/**
 * Reads the ARN of a method of a REST API, or of a route of an HTTP API, whose stage may have the name `$default`.
 *
 * @returns undefined for any other text.
 */
export function parseStageArn(arn: string): StageArn | undefined {
  const [name = "", stageName = "", method = "", ...segments] = arn.split("/");
  if (!api.test(name) || !(stage.test(stageName) || stageName === "$default")) return undefined;
  if (!verb.test(method) || segments.length === 0) return undefined;
  const [, partition = ""] = name.split(":");
  return { partition, stage: `${name}/${stageName}/`, method, path: `/${segments.join("/")}` };
}

/**
 * Whether an ARN, given back in a policy, stands for the one request that was asked about and for nothing else.
 *
 * The resource of a statement has at most 512 characters
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html). HTTP APIs have a
 * stage and a route of the name `$default`, where the dollar sign means itself.
 */
export function isExactArn(arn: string): boolean {
  const [name = "", ...rest] = arn.split("/");
  return (
    arn.length <= 512 &&
    api.test(name) &&
    rest.length > 1 &&
    rest.every((part) => part === "$default" || !/[*?$]/.test(part))
  );
}
