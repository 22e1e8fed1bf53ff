import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorizerContext } from "../../../src/adapters/lambda/authorizer-context.ts";
import { gateMiddleware, guardHandler } from "../../../src/adapters/lambda/index.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { errorTable } from "../../../src/errors.ts";
import { group } from "../../../src/policy/combinators.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { gatewayEvent } from "../../../src/verify/gateway-event.ts";
import * as appSyncAuthorizers from "../../fixtures/appsync-authorizer.ts";
import * as appSyncResolvers from "../../fixtures/appsync-resolver.ts";
import * as functionUrls from "../../fixtures/function-url.ts";
import * as httpAuthorizersV1 from "../../fixtures/http-authorizer-v1.ts";
import * as httpAuthorizersV2 from "../../fixtures/http-authorizer-v2.ts";
import * as httpProxiesV1 from "../../fixtures/http-proxy-v1.ts";
import * as httpProxies from "../../fixtures/http-proxy-v2.ts";
import * as loadBalancers from "../../fixtures/load-balancer.ts";
import * as restProxies from "../../fixtures/rest-proxy.ts";
import * as restRequests from "../../fixtures/rest-request.ts";
import * as restTokens from "../../fixtures/rest-token.ts";
import * as lattices from "../../fixtures/vpc-lattice.ts";
import * as webSockets from "../../fixtures/websocket.ts";
import {
  functionUrlEvent,
  httpProxyEvent,
  httpProxyEventV1,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  restProxyEvent,
} from "./events.ts";
import { byName, caller, gate, policy } from "./gate.ts";

const trusting = createAuthorizer({
  verifiers: [
    byName,
    gatewayEvent({
      trust: [{ format: "rest-iam", account: "123456789012", apiId: "abcdef1234", stage: "prod" }],
      roles: { "123456789012/ArticleEditor": { groups: ["editors"] } },
    }),
  ],
  policy,
});

/** What a function answers whose handler must not be called; nothing but an answer may come out. */
async function answerTo(event: unknown, authorizer = gate()): Promise<[status: number, code: string]> {
  const guarded = guardHandler(authorizer, () => {
    throw new Error("the handler was called");
  });
  const answer = await guarded(event as never, {});
  const early = await gateMiddleware(authorizer).before({ event: event as never });
  expect(early).toEqual(answer);
  const { code = "" } = answer.body === "" ? {} : (JSON.parse(answer.body) as { code?: string });
  return [answer.statusCode, code];
}

const doors = [
  ["a REST API", restProxyEvent],
  ["an HTTP API", httpProxyEvent],
  ["an HTTP API in payload format 1.0", httpProxyEventV1],
  ["a function URL", functionUrlEvent],
  ["a load balancer", loadBalancerEvent],
  ["a load balancer that sends lists", loadBalancerListEvent],
  ["VPC Lattice", latticeEvent],
] as const;

describe.each(doors)("an event of %s that somebody wrote by hand", (name, event) => {
  const lists = name.endsWith("lists") || name === "VPC Lattice";
  const headersIn = name.endsWith("lists") ? "multiValueHeaders" : "headers";
  /** The event with other headers, in the form of the door. */
  function withHeaders(headers: Readonly<Record<string, unknown>>): object {
    const entries = Object.entries(headers).map(([key, value]) => [key, lists ? [value] : value]);
    return {
      ...event(),
      ...("multiValueHeaders" in event() && { multiValueHeaders: null }),
      [headersIn]: fromJson(entries),
    };
  }

  it("is no proof of a caller whom an authorizer would have handed over", async () => {
    const context = { ...authorizerContext(caller("ada", ["editors", "admins"]), undefined), integrationLatency: 1 };
    const bare = event({ method: "POST", headers: {} });
    const forged = { ...bare.requestContext, authorizer: { ...context, lambda: context, claims: context } };
    expect(await answerTo({ ...bare, requestContext: forged })).toEqual([401, "no_credentials"]);
  });

  it("is no proof of a caller whom an untrusted gateway would have let in", async () => {
    const identity = restProxies.restIamUser.requestContext.identity;
    const bare = event({ method: "POST", headers: {} });
    const { identity: _, ...context } = bare.requestContext as { readonly identity?: unknown };
    const forged = { ...context, accountId: "210987654321", identity };
    const [status] = await answerTo({ ...bare, requestContext: forged }, trusting);
    expect(status === 401 || status === 403).toBe(true);
  });

  it.each([
    [{ Authorization: "Bearer editor", authorization: "Bearer editor" }, 400, "ambiguous_credentials"],
    [{ AUTHORIZATION: "Bearer reader", authorization: "Bearer editor" }, 400, "ambiguous_credentials"],
    [{ authorization_: "Bearer editor", x_authorization: "Bearer editor" }, 401, "no_credentials"],
    [{ author_ization: "Bearer editor", http_authorization: "Bearer editor" }, 401, "no_credentials"],
    [{ "authorization ": "Bearer editor", "authorization:": "Bearer editor" }, 401, "no_credentials"],
    [{ "": "Bearer editor" }, 401, "no_credentials"],
    [{ ["__proto__"]: "Bearer editor", constructor: "Bearer editor" }, 401, "no_credentials"],
    [{ authorization: { toString: "Bearer editor" } }, 500, "configuration_error"],
    [{ authorization: 7 }, 500, "configuration_error"],
    [{ authorization: true }, 500, "configuration_error"],
    [{ authorization: [["Bearer editor"]] }, 500, "configuration_error"],
  ])("does not get by with the headers %j", async (headers, status, code) => {
    expect(await answerTo(withHeaders(headers))).toEqual([status, code]);
  });

  it("does not get by with what hides in a prototype", async () => {
    const hidden = JSON.stringify(event({ method: "POST", headers: {} })).replace(
      new RegExp(`"${headersIn}":{`),
      (found) => `${found}"__proto__":{"authorization":"Bearer editor"},`,
    );
    expect(await answerTo(JSON.parse(hidden))).toEqual([500, "configuration_error"]);
    expect(await answerTo(JSON.parse(`{"__proto__":${JSON.stringify(event())}}`))).toEqual([
      500,
      "configuration_error",
    ]);
    expect(await answerTo(Object.create(event()))).toEqual([500, "configuration_error"]);
  });

  it.each(["0.9", "1", "2", "2.0 ", "undefined", "3.0", "", 2, true, {}, ["2.0"], [], null])(
    "is none with the version %j",
    async (version) => {
      expect(await answerTo({ ...event(), version })).toEqual([500, "configuration_error"]);
    },
  );

  it.each([null, undefined, [], "x", 7, {}])("is none with the request context %j", async (requestContext) => {
    expect(await answerTo({ ...event(), requestContext })).toEqual([500, "configuration_error"]);
  });

  it("is none with null everywhere", async () => {
    const nulls = Object.fromEntries(Object.keys(event()).map((key) => [key, null]));
    expect(await answerTo(nulls)).toEqual([500, "configuration_error"]);
    const { requestContext, version } = event() as { readonly requestContext: unknown; readonly version?: unknown };
    const marked = { ...nulls, requestContext, ...(version !== undefined && { version }) };
    expect(await answerTo(marked)).toEqual([500, "configuration_error"]);
  });
});

describe.each(doors)("a body of 6 MB from %s", (_, event) => {
  const text = "a".repeat(6 * 1_048_576);
  const reading = (limit: number): Verifier => ({
    ...byName,
    async verify(request) {
      await request.body?.(limit);
      return byName.verify(request);
    },
  });

  it.each([
    ["as text", { body: text }],
    ["in base64", { body: text, isBase64Encoded: true }],
  ])("is not read beyond the limit %s", async (_form, change) => {
    const authorizer = gate({ verifiers: [reading(1_048_576)] });
    expect(await answerTo({ ...event({ method: "POST" }), ...change }, authorizer)).toEqual([413, "body_too_large"]);
  });

  it("is refused where it is no base64", async () => {
    const authorizer = gate({ verifiers: [reading(8 * 1_048_576)] });
    const change = { body: `${text}!`, isBase64Encoded: true };
    expect(await answerTo({ ...event({ method: "POST" }), ...change }, authorizer)).toEqual([
      500,
      "configuration_error",
    ]);
  });
});

/** An object as JSON.parse makes it, whatever its names are. */
function fromJson(entries: readonly (readonly unknown[])[]): unknown {
  return JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`);
}

describe("single values and lists of a REST API that disagree", () => {
  const change = (single: string, list: readonly string[]) => ({
    ...restProxyEvent(),
    headers: { Authorization: single },
    multiValueHeaders: { authorization: list },
  });

  it.each([
    change("Bearer editor", ["Bearer reader"]),
    change("Bearer reader", ["Bearer editor"]),
    change("Bearer editor", ["Bearer editor", "Bearer editor"]),
  ])("are two credentials: case %#", async (event) => {
    expect(await answerTo(event)).toEqual([400, "ambiguous_credentials"]);
  });
});

// Whatever a direct Invoke may pass: JSON, with names that objects are born with among its keys.
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    ...[null, undefined, "Bearer editor", ["Bearer editor"], {}, [], -1, "2.0", "\u0000", "/../", "%"],
    ...[JSON.parse('{"__proto__":{"authorization":"Bearer editor"}}'), { constructor: { prototype: {} } }],
  ),
);

/** Puts junk at some places of an event, at any depth of it, or takes what is there away. */
function spoiled(event: object): fc.Arbitrary<object> {
  const paths: string[][] = [];
  const walk = (value: object, path: string[]) => {
    for (const [name, member] of Object.entries(value)) {
      paths.push([...path, name]);
      if (typeof member === "object" && member !== null) walk(member, [...path, name]);
    }
  };
  walk(event, []);
  const spoil = fc.tuple(fc.constantFrom(...paths), junk);
  return fc.array(spoil, { minLength: 1, maxLength: 3 }).map((spoils) => {
    const copy = structuredClone(event);
    for (const [path, value] of spoils) {
      let place: unknown = copy;
      for (const name of path.slice(0, -1)) place = (place as Record<string, unknown> | undefined | null)?.[name];
      const last = path.at(-1) as string;
      if (typeof place === "object" && place !== null) (place as Record<string, unknown>)[last] = value;
    }
    return copy;
  });
}

// Nobody may do anything: there is no such group.
const shut = gate({ policy: definePolicy({ routes: { "* /**": group("nobody") } }) });
const fixtures = [restProxies, httpProxies, httpProxiesV1, functionUrls, loadBalancers, lattices]
  .flatMap((module) => Object.entries(module as Record<string, unknown>))
  .filter((entry): entry is [string, object] => typeof entry[1] === "object");

describe("an event of AWS that is no request to a function", () => {
  const questions = [restTokens, restRequests, httpAuthorizersV1, httpAuthorizersV2, appSyncAuthorizers];
  const others = [...questions, webSockets, appSyncResolvers]
    .flatMap((module) => Object.entries(module as Record<string, unknown>))
    .filter(([, event]) => typeof event === "object");

  it.each(others)("is refused: %s", async (_, event) => {
    expect(await answerTo(event)).toEqual([500, "configuration_error"]);
  });
});

describe("an event of AWS that was spoiled", () => {
  it.each(fixtures)("is answered with a code, and never let in: %s", async (_, event) => {
    await fc.assert(
      fc.asyncProperty(spoiled(event), async (value) => {
        const [status, code] = await answerTo(value, shut);
        const known = Object.hasOwn(errorTable, code) ? errorTable[code as keyof typeof errorTable].status : undefined;
        expect([status, code === "" || known === status]).toEqual([expect.any(Number), true]);
        expect(status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 60 },
    );
  });
});
