import { fileURLToPath } from "node:url";
import type { Pools } from "poolgate/testing";
import { type LambdaFunction, startFunction } from "./lambda-runtime.ts";
import { run } from "./programs.ts";

/** A template of CloudFormation. */
export interface Template {
  /** What SAM gives to every function. */
  readonly Globals?: { readonly Function: Readonly<Record<string, unknown>> };
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Reads a template; rejects with what is wrong with it. */
export async function readTemplate(file: string): Promise<Template> {
  const script = `${folder}read-template.mjs`;
  const { status, stdout, stderr } = await run(process.execPath, [script, file]);
  if (status !== 0) throw new Error(`${status} ${stderr}`);
  return JSON.parse(stdout);
}

/** What the compiler finds wrong with an example, by its own configuration and packages. */
export async function compile(example: string): Promise<string> {
  const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const { stdout, stderr } = await run(process.execPath, [tsc, "-p", example]);
  return stdout + stderr;
}

/** The resources of a type. */
export function resourcesOf({ Resources }: Template, type: string): readonly Resource[] {
  return Object.values(Resources).filter(({ Type }) => Type === type);
}

/** The resource of a type whose properties have the given values. */
export function resourceWith(template: Template, type: string, properties: object): Resource {
  const wanted = Object.entries(properties);
  const [found] = resourcesOf(template, type).filter((resource) =>
    wanted.every(([name, value]) => resource.Properties[name] === value),
  );
  if (found === undefined) throw new Error(`there is no ${type} with ${JSON.stringify(properties)}`);
  return found;
}

/**
 * Starts a function of a template in a process of its own, with the environment that the template gives it: what refers to the user
 * pool or to its app client is that of `pools`.
 */
export function deploy(template: Template, fn: Resource, code: string, pools: Pools): Promise<LambdaFunction> {
  const { Handler, Environment } = { ...template.Globals?.Function, ...fn.Properties } as {
    readonly Handler: string;
    readonly Environment?: { readonly Variables: Readonly<Record<string, { readonly Ref: string }>> };
  };
  const referred = (name: string) => {
    const type = template.Resources[name]?.Type;
    if (type === "AWS::Cognito::UserPool") return pools.userPoolId;
    if (type === "AWS::Cognito::UserPoolClient") return pools.clientId;
    throw new Error(`${name} is ${type}`);
  };
  const variables = Object.entries(Environment?.Variables ?? {}).map(([name, { Ref }]) => [name, referred(Ref)]);
  const env = {
    ...Object.fromEntries(variables),
    COGNITO_KEYS: pools.endpoints.jwksUri,
    NODE_OPTIONS: `--import=${folder}cognito-on-loopback.mjs`,
  };
  return startFunction(code, env, { root: code, handler: Handler });
}

/** What a function answers, as its caller in this process would see it. */
export async function answerOf<Answer>(fn: LambdaFunction, event: unknown): Promise<Answer> {
  const invocation = await fn.invoke(event);
  if ("error" in invocation) throw new Error(invocation.error.errorMessage);
  return invocation.answer as Answer;
}
