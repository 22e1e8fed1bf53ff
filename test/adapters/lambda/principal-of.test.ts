import { describe, expect, it } from "vitest";
import { authorizerContext } from "../../../src/adapters/lambda/authorizer-context.ts";
import { principalOf, rememberPrincipal } from "../../../src/adapters/lambda/principal-of.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { httpProxyEvent, restProxyEvent } from "./events.ts";
import { caller, gate } from "./gate.ts";

const helloSha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const end = new Date("2026-01-01T01:00:00.000Z");
const ada = caller("ada", ["editors"], end);
const context = authorizerContext(ada, undefined);
const authorizer = gate();
const before = { clock: () => end.getTime() - 1 };

describe("principalOf", () => {
  it.each([
    ["a REST API", restProxyEvent({ context })],
    ["an HTTP API", httpProxyEvent({ context })],
  ])("reads the caller behind an authorizer of %s", (_, event) => {
    expect(principalOf(event, before)).toEqual({ ...ada, claims: {} });
  });

  it.each([
    ["a REST API", restProxyEvent({ context })],
    ["an HTTP API", httpProxyEvent({ context })],
  ])("refuses the caller of %s from the second on in which his credential ends", (_, event) => {
    for (const clock of [() => end.getTime(), () => end.getTime() + 1, () => Number.NaN]) {
      expect(() => principalOf(event, { clock })).toThrow(expect.objectContaining({ code: "token_expired" }));
    }
    expect(() => principalOf(event)).toThrow(expect.objectContaining({ code: "token_expired" }));
  });

  it("reads a caller whose credential does not end", () => {
    const endless = authorizerContext(caller("ada", []), undefined);
    expect(principalOf(httpProxyEvent({ context: endless })).id).toBe("user:eu-west-1_Example01:ada");
  });

  it("checks the body that was signed", () => {
    const signed = authorizerContext(ada, helloSha256);
    expect(principalOf(restProxyEvent({ context: signed, body: "hello" }), before).userId).toBe("ada");
    for (const event of [restProxyEvent({ context: signed }), httpProxyEvent({ context: signed, body: "hullo" })]) {
      expect(() => principalOf(event, before)).toThrow(expect.objectContaining({ code: "payload_mismatch" }));
    }
  });

  it("gives whom guardHandler let through, before it looks into the event", () => {
    const event = httpProxyEvent({ context });
    const guarded = caller("ben", []);
    rememberPrincipal(event, guarded, authorizer);
    expect(principalOf(event)).toBe(guarded);
  });

  it("gives whom guardHandler let through by the authorizer that it is asked for", () => {
    const event = httpProxyEvent({ context });
    const guarded = caller("ben", []);
    rememberPrincipal(event, guarded, authorizer);
    expect(principalOf(event, authorizer)).toBe(guarded);
  });

  it("refuses an authorizer that did not let the event through, and every one behind lambdaAuthorizer", () => {
    const guarded = httpProxyEvent({ context });
    rememberPrincipal(guarded, caller("ben", []), authorizer);
    const refused = expect.objectContaining({ code: "configuration_error" });
    expect(() => principalOf(guarded, gate())).toThrow(refused);
    expect(principalOf(httpProxyEvent({ context }), before)).toMatchObject({ kind: "user" });
    expect(() => principalOf(httpProxyEvent({ context }), authorizer)).toThrow(refused);
  });

  it.each([
    {},
    [],
    { requestContext: null },
    { requestContext: {} },
    { requestContext: { authorizer: null } },
    { requestContext: { authorizer: {} } },
    { requestContext: { authorizer: { lambda: null } } },
    { requestContext: { authorizer: { lambda: {} } } },
    { requestContext: { authorizer: { claims: { sub: "ada" } } } },
    { requestContext: { authorizer: { jwt: { claims: { sub: "ada" }, scopes: null } } } },
    { requestContext: { authorizer: { principalId: "ada", kind: "user" } } },
    { requestContext: { authorizer: Object.create(context) as object } },
    { requestContext: { authorizer: { ...context, kind: "root" } } },
    { requestContext: { authorizer: { lambda: { ...context, poolgate: "9" } } } },
    { requestContext: { authorizer: { lambda: { stranger: "x" }, ...context } } },
    httpProxyEvent(),
    restProxyEvent(),
  ])("throws where there is no caller of ours: event %#", (event) => {
    expect(() => principalOf(event, before)).toThrow(
      expect.objectContaining({ name: "AuthError", code: "configuration_error" }),
    );
  });

  it("refuses an option that it does not have", () => {
    expect(() => principalOf(httpProxyEvent({ context }), { now: Date.now } as never)).toThrow(ConfigurationError);
  });
});
