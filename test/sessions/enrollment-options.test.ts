import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { createSessions } from "../../src/sessions/create-sessions.ts";
import { type EnrollmentOptions, readEnrollmentOptions } from "../../src/sessions/enrollment-options.ts";
import { userPool } from "../../src/tokens/user-pool.ts";

const sessions = createSessions({ service: "api.example.com", region: "eu-west-1" });
const roles = {
  "123456789012/Editor": { groups: ["editors"] },
  "arn:aws-cn:iam::210987654321:role/X": { guest: true },
} as const;
const options: EnrollmentOptions = { sessions, roles, regions: ["eu-west-1", "cn-north-1"] };

describe("the options of enrollment", () => {
  it("have defaults", () => {
    const settings = readEnrollmentOptions(options);
    expect(settings).toMatchObject({
      ...{ modes: ["virtual"], maxLength: 900_000, userPool: undefined, path: "/.well-known/poolgate/enroll" },
      ...{ perSourcePerMinute: 60, perAccountPerMinute: 600 },
      accounts: new Set(["123456789012", "210987654321"]),
    });
    expect([...settings.connections].map(([region, { url }]) => [region, url.href])).toEqual([
      ["eu-west-1", "https://sts.eu-west-1.amazonaws.com/"],
      ["cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/"],
    ]);
  });

  it("may name endpoints by region", () => {
    const endpoints = { "eu-west-1": "https://sts.example.com" };
    const { connections } = readEnrollmentOptions({ ...options, endpoints });
    expect(connections.get("eu-west-1")?.url.href).toBe("https://sts.example.com/");
    expect(connections.get("cn-north-1")?.url.href).toBe("https://sts.cn-north-1.amazonaws.com.cn/");
  });

  const undotted = createSessions({ service: "api", region: "eu-west-1", allowUndottedService: true });
  const pool = { userPoolId: "eu-west-1_Example01", clientId: "1example23456789" } as const;
  it.each<[string, object, string]>([
    ["an unknown one", { mode: "virtual" }, "enrollment.mode"],
    ["no sessions", { sessions: undefined }, "enrollment.sessions"],
    ["sessions that are none", { sessions: {} }, "enrollment.sessions"],
    ["no roles", { roles: undefined }, "enrollment.roles"],
    ["an empty map of roles", { roles: {} }, "enrollment.roles"],
    ["a role with a wildcard", { roles: { "123456789012/*": { guest: true } } }, 'enrollment.roles["123456789012/*"]'],
    ["no regions", { regions: undefined }, "enrollment.regions"],
    ["an empty list of regions", { regions: [] }, "enrollment.regions"],
    ["a region in place of a list", { regions: "eu-west-1" }, "enrollment.regions"],
    ["a region that is a host", { regions: ["evil.example/"] }, "enrollment.regions"],
    ["a region with a line feed", { regions: ["eu-west-1\n"] }, "enrollment.regions"],
    ["a region that is no text", { regions: [1] }, "enrollment.regions"],
    [
      "an endpoint of another region",
      { endpoints: { "us-east-1": "https://a.example" } },
      "enrollment.endpoints.us-east-1",
    ],
    [
      "an endpoint with a path",
      { endpoints: { "eu-west-1": "https://a.example/x" } },
      "enrollment.endpoints.eu-west-1",
    ],
    ["an endpoint with http", { endpoints: { "eu-west-1": "http://127.0.0.1:1" } }, "enrollment.endpoints.eu-west-1"],
    [
      "http to another machine",
      { endpoints: { "eu-west-1": "http://a.example" }, allowLoopbackHttp: true },
      "enrollment.endpoints.eu-west-1",
    ],
    ["a loopback switch that is no switch", { allowLoopbackHttp: "no" }, "enrollment.allowLoopbackHttp"],
    ["a fetch that is none", { fetch: "fetch" }, "enrollment.fetch"],
    ["an unknown limit", { limits: { perUserPerMinute: 1 } }, "enrollment.limits.perUserPerMinute"],
    ["a source without allowance", { limits: { perSourcePerMinute: 9 } }, "enrollment.limits.perSourcePerMinute"],
    ["an account that has no tenth", { limits: { perAccountPerMinute: 9 } }, "enrollment.limits.perAccountPerMinute"],
    ["a session of no time", { maxSessionMinutes: 0 }, "enrollment.maxSessionMinutes"],
    ["a session of more than an hour", { maxSessionMinutes: 61 }, "enrollment.maxSessionMinutes"],
    ["no mode", { modes: [] }, "enrollment.modes"],
    ["an unknown mode", { modes: ["v4a"] }, "enrollment.modes"],
    ["a mode in place of a list", { modes: "virtual" }, "enrollment.modes"],
    ["derived keys for a service without a dot", { sessions: undotted, modes: ["derived"] }, "enrollment.modes"],
    ["access tokens", { idToken: userPool({ ...pool, tokenUse: "access" }) }, "enrollment.idToken"],
    ["a switch for ID tokens", { idToken: true }, "enrollment.idToken"],
    ["null for ID tokens", { idToken: null }, "enrollment.idToken"],
    ["a path that is none", { path: "enroll" }, "enrollment.path"],
    ["a path with a query", { path: "/enroll?x" }, "enrollment.path"],
    ["a path that is no text", { path: 1 }, "enrollment.path"],
  ])("refuse %s", (_, faulty, option) => {
    const fault = () => readEnrollmentOptions({ ...options, ...faulty } as EnrollmentOptions);
    expect(fault).toThrow(ConfigurationError);
    expect(fault).toThrow(`${option}: `);
  });

  it("let a gate whose service has no dot enroll secrets of the callers' own making", () => {
    expect(readEnrollmentOptions({ ...options, sessions: undotted }).modes).toEqual(["virtual"]);
  });
});
