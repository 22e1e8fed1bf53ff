import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactCache } from "../../../src/adapters/lambda/cache/exact-cache.ts";
import { tableCache } from "../../../src/adapters/lambda/cache/table-cache.ts";
import { guardHandler, lambdaAuthorizer, principalOf } from "../../../src/adapters/lambda/index.ts";
import { AuthError } from "../../../src/errors.ts";
import { group } from "../../../src/policy/combinators.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { httpAuthorizerV1 } from "../../fixtures/http-authorizer-v1.ts";
import {
  functionUrlEvent,
  httpAuthorizerEvent,
  httpProxyEvent,
  latticeEvent,
  loadBalancerEvent,
  loadBalancerListEvent,
  restProxyEvent,
  restRequestEvent,
  restTokenEvent,
} from "./events.ts";
import { gate } from "./gate.ts";

// Whatever a direct Invoke may pass: JSON, with names that objects are born with among its keys.
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    undefined,
    JSON.parse('{"__proto__":{"authorization":"Bearer editor"}}'),
    { constructor: { prototype: {} } },
    "Bearer editor",
    ["Bearer editor"],
    "*",
    "arn:aws:execute-api:*:*:*/*/*/*",
  ),
);
// An event of an editor that asks for what the policy has no route for, so that no change may be allowed.
const facts = { method: "DELETE", path: "/secrets" };
const doors = [
  ["rest-token", restTokenEvent(facts), lambdaAuthorizer(gate(), { format: "rest-token", cache: "off" })],
  ["rest-request", restRequestEvent(facts), lambdaAuthorizer(gate(), { format: "rest-request", cache: "off" })],
  ["http-simple", httpAuthorizerEvent(facts), lambdaAuthorizer(gate(), { format: "http-simple", cache: "off" })],
  ["http-policy", httpAuthorizerEvent(facts), lambdaAuthorizer(gate(), { format: "http-policy", cache: "off" })],
  ["http-policy-1.0", v1Event(), lambdaAuthorizer(gate(), { format: "http-policy-1.0", cache: "off" })],
] as const;
const keepable = gate({ policy: definePolicy({ routes: { "GET /articles": group("editors") } }) });
const key = ["$request.header.Authorization", "$context.httpMethod", "$context.path"] as const;
const keepers = [
  [
    "rest-token",
    restTokenEvent(facts),
    lambdaAuthorizer(keepable, { format: "rest-token", cache: tableCache({ cacheTtl: 60 }) }),
  ],
  [
    "http-policy-1.0",
    { ...v1Event(), identitySource: "Bearer editor" },
    lambdaAuthorizer(keepable, {
      format: "http-policy-1.0",
      cache: tableCache({ cacheTtl: 60, identitySource: [key[0]] }),
    }),
  ],
  [
    "http-simple",
    { ...httpAuthorizerEvent(facts), identitySource: ["Bearer editor", facts.method, facts.path] },
    lambdaAuthorizer(keepable, {
      format: "http-simple",
      cache: exactCache({ cacheTtl: 60, identitySource: key }),
    }),
  ],
] as const;

function v1Event(): object {
  const { methodArn } = httpAuthorizerV1;
  return {
    ...httpAuthorizerV1,
    methodArn: methodArn.replace("GET/articles/7", "DELETE/secrets"),
    httpMethod: facts.method,
    path: facts.path,
    resource: facts.path,
    pathParameters: {},
    headers: { Authorization: "Bearer editor" },
  };
}

/** Whether an answer lets anything pass; a fault must be one of ours with its code. */
async function allows(handler: (event: never) => Promise<object>, event: unknown): Promise<boolean> {
  try {
    const answer = await handler(event as never);
    return JSON.stringify(answer).includes('"Allow"') || ("isAuthorized" in answer && answer.isAuthorized === true);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.message === "Unauthorized") return false;
    expect(thrown).toBeInstanceOf(AuthError);
    return false;
  }
}

describe.each(keepers)("answers of %s that are kept", (_, event, handler) => {
  it("grant what the policy grants and no more, whatever is in the event", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk, spoiled(event)), async (value) => {
        let answer: unknown;
        try {
          answer = await handler(value as never);
        } catch (thrown) {
          if ((thrown as Error).message !== "Unauthorized") expect(thrown).toBeInstanceOf(AuthError);
          return;
        }
        const text = JSON.stringify(answer);
        expect(text).not.toContain('"isAuthorized":true');
        const [allowed] = /"Allow","Resource":\[[^\]]*\]/.exec(text) ?? [];
        // The whole of what an editor may do, and nothing that a caller wrote.
        if (allowed !== undefined) expect(allowed.match(/(?:GET|HEAD)\/articles\/?(?=")/g)).toHaveLength(4);
        if (allowed !== undefined) expect(allowed.split("arn:aws:execute-api:")).toHaveLength(5);
      }),
      { numRuns: 300 },
    );
  });
});

/** Puts junk at one place of an event, at any depth of it. */
function spoiled(event: object): fc.Arbitrary<unknown> {
  const paths: string[][] = [];
  const walk = (value: object, path: string[]) => {
    for (const [name, member] of Object.entries(value)) {
      paths.push([...path, name]);
      if (typeof member === "object" && member !== null) walk(member, [...path, name]);
    }
  };
  walk(event, []);
  return fc.tuple(fc.constantFrom(...paths), junk).map(([path, value]) => {
    const copy = structuredClone(event);
    let place = copy as Record<string, unknown>;
    for (const name of path.slice(0, -1)) place = place[name] as Record<string, unknown>;
    place[path.at(-1) as string] = value;
    return copy;
  });
}

describe.each(doors)("%s", (_, event, handler) => {
  it("never allows junk, and fails with a code only", async () => {
    await fc.assert(
      fc.asyncProperty(junk, async (value) => {
        expect(await allows(handler as never, value)).toBe(false);
      }),
    );
  });

  it("never allows an event that was spoiled at one place", async () => {
    await fc.assert(
      fc.asyncProperty(spoiled(event), async (value) => {
        expect(await allows(handler as never, value)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("never says Unauthorized to an event that is not of its format", async () => {
    for (const [format, other] of [...doors, ["proxy", restProxyEvent(facts)] as const]) {
      if (format === _ || (format.startsWith("http-") && _.startsWith("http-"))) continue;
      await expect((handler as (event: unknown) => Promise<object>)(other)).rejects.toMatchObject({
        name: "AuthError",
        code: "configuration_error",
        message: expect.not.stringMatching(/^Unauthorized$/),
      });
    }
  });
});

describe("guardHandler", () => {
  const guarded = guardHandler(gate(), () => {
    throw new Error("the handler was called");
  });

  it.each([restProxyEvent, httpProxyEvent, functionUrlEvent, loadBalancerEvent, loadBalancerListEvent, latticeEvent])(
    "never calls the handler for a spoiled event: format %#",
    async (make) => {
      const event = make(facts);
      await fc.assert(
        fc.asyncProperty(fc.oneof(junk, spoiled(event)), async (value) => {
          expect((await guarded(value as never, {})).statusCode).toBeGreaterThanOrEqual(400);
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe("principalOf", () => {
  it("finds nobody in junk", () => {
    fc.assert(
      fc.property(fc.oneof(junk, spoiled(restProxyEvent()), spoiled(httpProxyEvent())), (value) => {
        expect(() => principalOf(value as object)).toThrow(AuthError);
      }),
    );
  });
});
