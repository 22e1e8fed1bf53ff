import { describe, expect, it } from "vitest";
import { inquiryKey, inquiryOf } from "../../src/policy/inquiry-of.ts";
import { createPrincipal, openGroups } from "../../src/principal.ts";
import { editor, ruleInput } from "./rule-input.ts";

describe("an inquiry", () => {
  it("tells who calls, what he wants and the arguments of the rule", () => {
    const input = {
      ...ruleInput({
        principal: editor,
        target: "/articles/a%20b?x=secret",
        headers: ["Authorization", "Bearer secret"],
        params: { id: "a b", list: ["x"] },
        remoteAddress: "192.0.2.1",
        now: 5,
      }),
      route: "GET /articles/:id",
    };
    const inquiry = inquiryOf(input, [["plan", "pro"]]);
    expect({ ...inquiry, params: { ...inquiry.params }, arguments: { ...inquiry.arguments } }).toEqual({
      principal: editor,
      method: "GET",
      path: "/articles/a%20b",
      route: "GET /articles/:id",
      params: { id: "a b" },
      remoteAddress: "192.0.2.1",
      now: 5,
      arguments: { plan: "pro" },
    });
    expect(JSON.stringify(inquiry)).not.toContain("secret");
  });

  it("tells the method that is judged", () => {
    expect(inquiryOf({ ...ruleInput({ method: "POST" }), method: "DELETE" }, []).method).toBe("DELETE");
  });

  it("cannot be changed, and names in it are not special", () => {
    const principal = createPrincipal({
      ...editor,
      groups: openGroups(["a"]),
      scopes: new Set(["b"]),
      tags: new Map(),
    });
    const params = JSON.parse('{"__proto__":"x"}') as Record<string, unknown>;
    const inquiry = inquiryOf(ruleInput({ principal, params }), [["__proto__", 1]]);
    expect(Object.isFrozen(inquiry) && Object.isFrozen(inquiry.params) && Object.isFrozen(inquiry.arguments)).toBe(
      true,
    );
    expect(Object.entries(inquiry.params)).toEqual([["__proto__", "x"]]);
    expect(Object.entries(inquiry.arguments)).toEqual([["__proto__", 1]]);
    const names = inquiry.principal.groups?.names as Set<string>;
    expect(() => names.add("admins")).toThrow(TypeError);
    expect(() => (inquiry.principal.tags as Map<string, string>).set("tenant", "other")).toThrow(TypeError);
  });

  it("has a key that changes with all that can differ about one request", () => {
    const input = ruleInput({ params: { id: "1", other: "2" } });
    const key = inquiryKey(input, [["a", 1]]);
    expect(inquiryKey({ ...input, params: { other: "2", id: "1" } }, [["a", 1]])).toBe(key);
    const others = [
      inquiryKey(input, [["a", "1"]]),
      inquiryKey(input, [["b", 1]]),
      inquiryKey(input, []),
      inquiryKey({ ...input, params: { id: "1" } }, [["a", 1]]),
      inquiryKey({ ...input, method: "DELETE" }, [["a", 1]]),
      inquiryKey({ ...input, route: "GET /" }, [["a", 1]]),
    ];
    expect(new Set([key, ...others]).size).toBe(7);
  });
});
