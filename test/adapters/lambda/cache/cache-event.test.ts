import { afterEach, describe, expect, it, vi } from "vitest";
import { tableCache } from "../../../../src/adapters/lambda/cache/table-cache.ts";
import { lambdaAuthorizer } from "../../../../src/adapters/lambda/lambda-authorizer.ts";
import { gateBy } from "./kept-gate.ts";

describe("what is told of answers that grant less", () => {
  afterEach(() => vi.restoreAllMocks());

  it("becomes one warning of the process for each kind, where nobody listens", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const long = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`GET /${"x".repeat(40)}${index}`, "authenticated"]),
    );
    const handler = lambdaAuthorizer(gateBy(long), { format: "rest-token", cache: tableCache({ cacheTtl: 300 }) });
    const event = {
      type: "TOKEN",
      authorizationToken: "Bearer reader",
      methodArn: `arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/${"x".repeat(40)}7`,
    } as const;
    await handler(event);
    await handler(event);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("exact_instead"), { code: "POOLGATE_ON_CACHE_EVENT" });
  });

  it.each([new Error("x"), "x"])("cannot fail an answer by what a listener throws: %j", async (thrown) => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const starred = gateBy({ "GET /t/:t": { equal: [{ param: "t" }, "*"] } });
    const handler = lambdaAuthorizer(starred, {
      format: "rest-token",
      cache: tableCache({
        cacheTtl: 300,
        onCacheEvent: () => {
          throw thrown;
        },
      }),
    });
    const event = {
      type: "TOKEN",
      authorizationToken: "Bearer reader",
      methodArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/t/x",
    } as const;
    expect(await handler(event)).toMatchObject({ policyDocument: { Statement: [{ Effect: "Deny" }] } });
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
