import { describe, expect, it } from "vitest";
import { lambdaAuthorizer } from "../../../../src/adapters/lambda/lambda-authorizer.ts";
import { createSessions } from "../../../../src/sessions/create-sessions.ts";
import { signedRequest } from "../../../../src/verify/signed-request.ts";
import { restTokenEvent } from "../events.ts";
import { byName } from "../gate.ts";
import { faultOf, gateBy, handlerOf, keyFor, type Mode, modes, tenants } from "./kept-gate.ts";

const formats = ["rest-token", "rest-request", "http-simple", "http-policy", "http-policy-1.0"] as const;
const all: readonly Mode[] = ["exact", "table", "coarse"];
const pairs = formats.flatMap((format) => all.map((mode) => [format, mode] as const));
const none = ["rest-token exact", "http-simple table"];

function construct(format: (typeof formats)[number], mode: Mode, options: object, authorizer = gateBy(tenants)) {
  return () => lambdaAuthorizer(authorizer, { format, cache: modes[mode](options) });
}

describe("a mode", () => {
  it.each(pairs.filter((pair) => !none.includes(pair.join(" "))))("is for its formats: %s, %s", (format, mode) => {
    expect(construct(format, mode, keyFor(format, mode))()).toBeTypeOf("function");
  });

  it.each([
    [
      "rest-token",
      "exact",
      "rest-request",
      "exactCache is for rest-request, http-simple, http-policy, http-policy-1.0",
    ],
    ["http-simple", "table", "http-policy", "tableCache is for rest-token, rest-request, http-policy, http-policy-1.0"],
  ] as const)("is for no other: %s, %s", (format, mode, keyed, message) => {
    const fault = faultOf(construct(format, mode, keyFor(keyed, mode)));
    expect(fault.option).toBe("lambdaAuthorizer.cache");
    expect(fault.message).toContain(message);
  });

  it.each(["table", "coarse"] as const)("has the key that the gateway has: %s", (mode) => {
    const missing = faultOf(construct("rest-request", mode, { cacheTtl: 300 }));
    expect(missing).toMatchObject({ code: "missing_option", option: `${mode}Cache.identitySource` });
    expect(missing.message).toContain('"method.request.header.Authorization"');
    const other = faultOf(construct("rest-request", mode, keyFor("http-policy", mode)));
    expect(other).toMatchObject({ code: "invalid_option", option: `${mode}Cache.identitySource` });
    expect(faultOf(construct("http-policy", mode, keyFor("rest-request", mode))).message).toContain(
      '"$request.header.Authorization"',
    );
    const token = faultOf(construct("rest-token", mode, keyFor("rest-request", mode)));
    expect(token).toMatchObject({ code: "invalid_option", option: `${mode}Cache.identitySource` });
    expect(token.message).toContain("leave it out");
  });
});

describe("a signature", () => {
  const signed = signedRequest({ sessions: createSessions({ service: "api.example.com", region: "eu-west-1" }) });
  const authorizer = gateBy({ "GET /a": "authenticated" }, byName, signed);
  const rows = pairs.filter((pair) => !none.includes(pair.join(" ")));

  it.each(rows)("is never kept: %s, %s is a TypeError at the construction", (format, mode) => {
    const fault = faultOf(construct(format, mode, keyFor(format, mode), authorizer));
    expect(fault).toBeInstanceOf(TypeError);
    expect(fault.option).toBe("lambdaAuthorizer.cache");
    expect(fault.message).toContain("AWS4-HMAC-SHA256");
  });

  it.each(formats)("is taken where nothing is kept: %s", (format) => {
    expect(lambdaAuthorizer(authorizer, { format, cache: "off" })).toBeTypeOf("function");
  });
});

describe("a TOKEN event that carries a signature", () => {
  it.each(["off", "coarse", "table"] as const)("is Unauthorized: %s", async (cache) => {
    const handler =
      cache === "off"
        ? (lambdaAuthorizer(gateBy(tenants), { format: "rest-token", cache: "off" }) as never)
        : handlerOf(gateBy(tenants), "rest-token", cache);
    const token =
      "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE000000000/20260101/eu-west-1/x/aws4_request, SignedHeaders=host, Signature=0";
    await expect((handler as (event: unknown) => Promise<object>)(restTokenEvent({ token }))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });
});
