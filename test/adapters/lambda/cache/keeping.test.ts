import { describe, expect, it } from "vitest";
import { principalOf } from "../../../../src/adapters/lambda/principal-of.ts";
import { createPrincipal } from "../../../../src/principal.ts";
import type { Verifier } from "../../../../src/verifier.ts";
import { httpAuthorizerEvent, httpProxyEvent, restRequestEvent } from "../events.ts";
import { byTenant, faultOf, gateBy, handlerOf, keyFor, type Mode, modes, now, tenants } from "./kept-gate.ts";

describe.each(["exact", "table", "coarse"] as const)("how long answers are kept: %s", (mode: Mode) => {
  const make = (options: object) => () => modes[mode]({ ...keyFor("http-policy", mode), ...options });

  it.each<[object, string]>([
    [{ cacheTtl: undefined }, "cacheTtl"],
    [{ cacheTtl: 0 }, "cacheTtl"],
    [{ cacheTtl: 3_601 }, "cacheTtl"],
    [{ cacheTtl: "300" }, "cacheTtl"],
    [{ cacheTtl: 1.5 }, "cacheTtl"],
    [{ clock: 7 }, "clock"],
    [{ ttl: 300 }, "ttl"],
  ])("is refused as %j", (options, option) => {
    expect(faultOf(make(options)).option).toBe(`${mode}Cache.${option}`);
  });

  it.each([1, 3_600])("is %d seconds", (cacheTtl) => {
    expect(make({ cacheTtl })().judgeFor).toBeTypeOf("function");
  });

  it("is declared", () => {
    for (const options of [undefined, null, "300", 300, []]) {
      expect(faultOf(() => modes[mode](options as never)).option).toBe(`${mode}Cache`);
    }
  });
});

describe("the function behind a kept answer", () => {
  const context = async () => {
    const expiresAt = new Date(now + 60_000);
    const lasting: Verifier = {
      ...byTenant,
      verify: async () => ({
        principal: createPrincipal({ kind: "user", id: "user:x", issuer: "x", verifiedBy: "x", expiresAt }),
      }),
    };
    const handler = handlerOf(gateBy({ "GET /articles": "authenticated" }, lasting), "http-policy", "table", {
      cacheTtl: 3_600,
    });
    const event = { ...httpAuthorizerEvent(), identitySource: ["Bearer editor"] };
    return ((await handler(event as never)) as { context: Record<string, string> }).context;
  };

  it("refuses a caller whose credential has ended since, however long the gateway keeps it", async () => {
    const event = httpProxyEvent({ context: await context() });
    expect(principalOf(event, { clock: () => now + 59_999 }).id).toBe("user:x");
    expect(() => principalOf(event, { clock: () => now + 60_000 })).toThrow(
      expect.objectContaining({ code: "token_expired" }),
    );
  });

  it("refuses an answer that the gateway kept for longer than was declared, but for a minute", async () => {
    const { expiresAt: _, ...lasting } = await context();
    const event = httpProxyEvent({ context: lasting });
    expect(principalOf(event, { clock: () => now + 3_659_999 }).id).toBe("user:x");
    for (const late of [now + 3_660_000, Number.NaN]) {
      expect(() => principalOf(event, { clock: () => late })).toThrow(
        expect.objectContaining({ code: "configuration_error" }),
      );
    }
  });
});

it("keeps nothing of a REST request but its token", async () => {
  const handler = handlerOf(gateBy(tenants), "rest-request", "table");
  const first = await handler(
    restRequestEvent({ path: "/a/7", headers: { Authorization: "Bearer A", Cookie: "token=x" } }) as never,
  );
  const second = await handler(
    restRequestEvent({
      method: "POST",
      path: "/none",
      headers: { Authorization: "Bearer A" },
      query: { a: ["1"] },
    }) as never,
  );
  expect(second).toEqual(first);
});
