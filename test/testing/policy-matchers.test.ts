import { anyone, definePolicy, equal, group, header, ip, query } from "poolgate";
import { type PolicyMatchers, policyMatchers } from "poolgate/testing";
import { describe, expect, it } from "vitest";

declare module "vitest" {
  interface Matchers<T> extends PolicyMatchers {}
}
expect.extend(policyMatchers);

const policy = definePolicy({
  routes: {
    "GET /health": anyone,
    "POST /articles": group("editors"),
    "GET /office": ip("10.0.0.0/8"),
    "GET /preview": equal(header("x-preview"), "on"),
  },
});

describe("policyMatchers", () => {
  it("tell whether a policy allows", async () => {
    await expect(policy).toAllow({ groups: ["editors"] }, "POST /articles");
    await expect(policy).toAllow("anonymous", "GET /health", { route: "GET /health" });
    await expect(policy).not.toAllow("groups=readers", "POST /articles");
    await expect(policy).not.toAllow("anonymous", "GET /health", { route: "* /**" });
  });

  it("tell whether a policy denies, and with which code", async () => {
    await expect(policy).toDeny("guest", "POST /articles");
    await expect(policy).toDeny("anonymous", "POST /articles", { code: "no_credentials", route: "POST /articles" });
    await expect(policy).not.toDeny("anonymous", "POST /articles", { code: "access_denied" });
    await expect(policy).toDeny("guest", "PUT /articles", { code: "no_route" });
  });

  it("take fields and connect in place of a method and a path", async () => {
    const graph = definePolicy({ fields: { "Mutation.*": group("editors") }, connect: group("live") });
    await expect(graph).toAllow({ groups: ["editors"] }, "fields Mutation.publish Query.articles");
    await expect(graph).toDeny({ groups: ["live"] }, "fields Mutation.publish Query.articles", {
      code: "access_denied",
    });
    await expect(graph).toAllow({ groups: ["live"] }, "connect");
    await expect(graph).toDeny("anonymous", "connect", { code: "no_credentials" });
    const rooms = definePolicy({ connect: equal(query("room"), "7") });
    await expect(rooms).toAllow("guest", "connect?room=7");
    await expect(rooms).toDeny("guest", "connect?room=8");
  });

  it("take headers and an address", async () => {
    await expect(policy).toAllow("guest", "GET /office", { ip: "10.1.2.3" });
    await expect(policy).toDeny("guest", "GET /office");
    await expect(policy).toAllow("guest", "GET /preview", { headers: { "X-Preview": "on" } });
  });

  it("say why a decision came out otherwise", async () => {
    const allowed = expect(policy).toAllow("guest", "POST /articles", { route: "POST /articles" });
    await expect(allowed).rejects.toThrow(
      /^expected the policy to allow POST \/articles by POST \/articles, but it was:\ndenied: access_denied(?:.|\n)*be in the group "editors"/,
    );
    const denied = expect(policy).toDeny("guest", "GET /health", { code: "no_route" });
    await expect(denied).rejects.toThrow(
      /^expected the policy to deny with no_route GET \/health, but it was:\nallowed/,
    );
    const not = expect(policy).not.toDeny("guest", "POST /articles");
    await expect(not).rejects.toThrow(/^expected the policy not to deny POST \/articles, but it was:\ndenied/);
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      "a persona that is none",
      () => expect(policy).toAllow({ groups: "a" } as never, "GET /"),
      "write a list, not a string",
    ],
    ["an address that is none", () => expect(policy).toDeny("guest", "GET /", { ip: "10.1.2" }), "write an IP address"],
    ["a request that is none", () => expect(policy).toAllow("guest", "/"), "write a method and a path"],
    [
      "a credential",
      () => expect(policy).toAllow("guest", "GET /", { headers: { authorization: "x" } }),
      "leave it out",
    ],
  ])("refuse %s", async (_, match, message) => {
    await expect(match()).rejects.toThrow(message);
  });
});
