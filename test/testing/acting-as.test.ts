import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { closedGroups, openGroups, type Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { type ActingCaller, actingAs } from "../../src/testing/index.ts";

const request: AuthRequest = { method: "GET", target: "/", wire: true, headers: new RequestHeaders([]) };

async function principalOf(caller: ActingCaller): Promise<Principal> {
  return (await actingAs(caller).verify(request)).principal;
}

describe("actingAs", () => {
  it("names itself so that nobody takes it for a real verifier", async () => {
    const verifier = actingAs({});
    expect(verifier.scheme).toBe("Testing-Verifies-Nothing");
    expect(verifier.detects(request)).toBe(true);
    expect((await verifier.verify(request)).principal.verifiedBy).toBe("testing");
    expect(Object.isFrozen(verifier)).toBe(true);
  });

  it("stands for a plain user by default, in no group", async () => {
    expect(await principalOf({})).toEqual({
      kind: "user",
      id: "user:testing:test-user",
      issuer: "testing",
      verifiedBy: "testing",
      userId: "test-user",
      groups: closedGroups(),
      tags: new Map(),
      claims: {},
    });
  });

  it("stands for a user with groups, scopes, tags and claims", async () => {
    const principal = await principalOf({
      userId: "ada",
      issuer: "eu-west-1_Example01",
      groups: ["editors"],
      scopes: ["articles/write"],
      tags: { tenant: "acme" },
      claims: { email: "ada@example.com" },
      authenticatedAt: new Date(1000),
      expiresAt: new Date(2000),
    });
    expect(principal).toEqual({
      kind: "user",
      id: "user:eu-west-1_Example01:ada",
      issuer: "eu-west-1_Example01",
      verifiedBy: "testing",
      userId: "ada",
      groups: closedGroups(["editors"]),
      scopes: new Set(["articles/write"]),
      tags: new Map([["tenant", "acme"]]),
      claims: { email: "ada@example.com" },
      authenticatedAt: new Date(1000),
      expiresAt: new Date(2000),
    });
  });

  it("stands for a role, whose groups are open", async () => {
    expect(await principalOf({ kind: "role", role: "123456789012/ArticleEditor", groups: ["editors"] })).toMatchObject({
      kind: "role",
      id: "role:123456789012/ArticleEditor",
      groups: openGroups(["editors"]),
      role: {
        arn: "arn:aws:sts::123456789012:assumed-role/ArticleEditor/testing",
        account: "123456789012",
        name: "ArticleEditor",
      },
    });
  });

  it("stands for a guest, of whom no user id and no group is known", async () => {
    const principal = await principalOf({ kind: "guest" });
    expect(principal).toMatchObject({ kind: "guest", id: "guest:eu-west-1:test-guest" });
    expect(principal).not.toHaveProperty("userId");
    expect(principal).not.toHaveProperty("groups");
  });

  it("stands for a machine client", async () => {
    const principal = await principalOf({ kind: "client", scopes: ["articles/read"] });
    const client = {
      kind: "client",
      id: "client:testing:test-client",
      clientId: "test-client",
      groups: closedGroups(),
    };
    expect(principal).toMatchObject(client);
    expect(principal).not.toHaveProperty("userId");
  });

  const faults: readonly (readonly [string, object, string])[] = [
    ["a misspelled member", { Groups: ["editors"] }, "actingAs.Groups"],
    ["an anonymous caller", { kind: "anonymous" }, "actingAs.kind"],
    ["a role without an account", { kind: "role", role: "ArticleEditor" }, "actingAs.role"],
  ];

  it.each(faults)("refuses %s", (_title, caller, option) => {
    expect(() => actingAs(caller as ActingCaller)).toThrow(ConfigurationError);
    expect(() => actingAs(caller as ActingCaller)).toThrow(expect.objectContaining({ option }));
  });
});
