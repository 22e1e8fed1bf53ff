import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { VerifiedPermissionsClient } from "@aws-sdk/client-verifiedpermissions";
import { type CedarValueJson, isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";

type Values = Readonly<Record<string, object>>;

interface Identifier {
  readonly entityType: string;
  readonly entityId: string;
}

/** What is asked: of one question all, of many the entities here and the rest in `requests`. */
interface Asked {
  readonly principal: Identifier;
  readonly action: { readonly actionType: string; readonly actionId: string };
  readonly resource: Identifier;
  readonly context: { readonly contextMap: Values };
}

/** The input of both operations. */
interface Input extends Asked {
  readonly entities: {
    readonly entityList: readonly {
      readonly identifier: Identifier;
      readonly attributes: Values;
      readonly parents: readonly Identifier[];
      readonly tags?: Values;
    }[];
  };
  readonly requests?: readonly Asked[];
}

/** An operation as it came over the wire. */
export interface WireCall {
  readonly operation: string;
  readonly input: Input;
}

/** An answer in the place of the one that Verified Permissions would give. */
export interface OtherAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | object;
  readonly afterMilliseconds?: number;
  /** Takes the answer that would be given, and changes it. */
  change?(answer: Record<string, unknown>): unknown;
}

/** What a test needs of it. */
export interface StandIn extends AsyncDisposable {
  readonly client: VerifiedPermissionsClient;
  readonly calls: WireCall[];
  /** What the next calls are answered with, in their order; the others are answered properly. */
  readonly next: OtherAnswer[];
  /** How many callers went away before they had an answer. */
  abandoned(): number;
}

/**
 * Verified Permissions on this machine: it speaks JSON 1.0 (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), and its
 * answers are those of Cedar to the policies that it holds.
 */
export async function startStandIn(policies: string): Promise<StandIn> {
  const calls: WireCall[] = [];
  const next: OtherAnswer[] = [];
  let abandoned = 0;
  const server = createServer(async (request, response) => {
    response.on("close", () => {
      if (!response.writableEnded) abandoned += 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [service, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    const input: Input = JSON.parse(Buffer.concat(chunks).toString());
    calls.push({ operation, input });
    const proper =
      service === "VerifiedPermissions" && request.headers["content-type"] === "application/x-amz-json-1.0";
    if (!proper) throw new Error("no client of Verified Permissions");
    const {
      status = 200,
      type = "application/x-amz-json-1.0",
      body,
      afterMilliseconds = 0,
      change,
    } = next.shift() ?? {};
    const answer = operation === "IsAuthorized" ? decide(policies, input, input) : decideAll(policies, input);
    await sleep(afterMilliseconds, undefined, { ref: false });
    const given = body ?? change?.(answer) ?? answer;
    response.writeHead(status, { "content-type": type });
    response.end(typeof given === "string" ? given : JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new VerifiedPermissionsClient({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret-of-the-gate" },
    maxAttempts: 1,
  });
  return {
    client,
    calls,
    next,
    abandoned: () => abandoned,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function decideAll(policies: string, input: Input): Record<string, unknown> {
  const { requests = [] } = input;
  return { results: requests.map((request) => ({ request, ...decide(policies, input, request) })) };
}

function decide(policies: string, { entities }: Input, { principal, action, resource, context }: Asked) {
  const outcome = isAuthorized({
    principal: reference(principal),
    action: { type: action.actionType, id: action.actionId },
    resource: reference(resource),
    context: values(context.contextMap),
    policies: { staticPolicies: policies },
    entities: entities.entityList.map(({ identifier, attributes, parents, tags = {} }) => ({
      uid: reference(identifier),
      attrs: values(attributes),
      parents: parents.map(reference),
      tags: values(tags),
    })),
  });
  if (outcome.type === "failure") throw new Error(JSON.stringify(outcome.errors));
  const { decision, diagnostics } = outcome.response;
  return {
    decision: decision.toUpperCase(),
    determiningPolicies: diagnostics.reason.map((policyId) => ({ policyId })),
    errors: diagnostics.errors.map(({ error }) => ({ errorDescription: error.message })),
  };
}

function reference({ entityType, entityId }: Identifier): { type: string; id: string } {
  return { type: entityType, id: entityId };
}

function values(record: Values): Record<string, CedarValueJson> {
  const made: Record<string, CedarValueJson> = Object.create(null);
  for (const [name, value] of Object.entries(record)) made[name] = cedarValue(value);
  return made;
}

function cedarValue(typed: object): CedarValueJson {
  const [[type, value] = []] = Object.entries(typed);
  if (type === "set") return (value as readonly object[]).map(cedarValue);
  if (type === "record") return values(value as Values);
  if (type === "entityIdentifier") return { __entity: reference(value as Identifier) };
  if (type === "ipaddr") return { __extn: { fn: "ip", arg: value } };
  return value;
}
