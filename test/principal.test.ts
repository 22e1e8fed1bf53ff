import { describe, expect, it } from "vitest";
import {
  anonymous,
  closedGroups,
  createPrincipal,
  isAuthenticated,
  lockPrincipal,
  openGroups,
  type PrincipalKind,
} from "../src/principal.ts";

const init = { kind: "user", id: "user:p:s", issuer: "p", verifiedBy: "test" } as const;

describe("createPrincipal", () => {
  it("freezes the principal and its claims, arrays and objects in them included", () => {
    const principal = createPrincipal({ ...init, claims: { list: [{ a: 1 }], deep: { b: [1] } } });
    expect(Object.isFrozen(principal)).toBe(true);
    expect(() => (principal.claims.list as unknown[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign((principal.claims.list as object[])[0] as object, { a: 2 })).toThrow(TypeError);
    expect(() => Object.assign(principal.claims.deep as object, { b: 2 })).toThrow(TypeError);
  });

  it("copies the claims, so that a later change of the source changes nothing", () => {
    const claims = { plan: "free" };
    const principal = createPrincipal({ ...init, claims });
    claims.plan = "pro";
    expect(principal.claims.plan).toBe("free");
  });

  it("gives claims no prototype, so that no name in them is special", () => {
    const principal = createPrincipal({ ...init, claims: JSON.parse('{"__proto__":{"admin":true}}') });
    expect(Object.getPrototypeOf(principal.claims)).toBe(null);
    expect(principal.claims.admin).toBeUndefined();
    expect(principal.claims.constructor).toBeUndefined();
    expect(Object.entries(principal.claims)).toEqual([["__proto__", { admin: true }]]);
  });

  it("has no tags and no claims by default, and leaves groups and scopes unknown", () => {
    const principal = createPrincipal(init);
    expect(principal.tags.size).toBe(0);
    expect(principal.claims).toEqual({});
    expect(principal.groups).toBeUndefined();
    expect(principal.scopes).toBeUndefined();
  });
});

describe("groups", () => {
  it("are closed where the credential tells all of them, open where a role stands for some", () => {
    expect(closedGroups(["a"])).toEqual({ names: new Set(["a"]), closed: true });
    expect(closedGroups()).toEqual({ names: new Set(), closed: true });
    expect(openGroups(["a"])).toEqual({ names: new Set(["a"]), closed: false });
  });
});

describe("anonymous", () => {
  it("is in no group, and that is known", () => {
    expect(anonymous).toMatchObject({ kind: "anonymous", id: "anonymous", groups: { closed: true } });
    expect(anonymous.groups?.names.size).toBe(0);
  });
});

describe("what principals share", () => {
  it.each<[string, () => unknown]>([
    [
      "a group to anonymous",
      () => (anonymous as unknown as { groups: { names: Set<string> } }).groups.names.add("admins"),
    ],
    ["a tag to anonymous", () => (anonymous.tags as Map<string, string>).set("tenant", "acme")],
    ["a tag to a caller without tags", () => (createPrincipal(init).tags as Map<string, string>).set("a", "b")],
  ])("refuses to give %s, since all of them would have it", (_name, give) => {
    expect(give).toThrow(TypeError);
    expect(anonymous.groups?.names.size).toBe(0);
    expect(createPrincipal(init).tags.size).toBe(0);
  });

  it("is no list of groups: each caller has his own", () => {
    expect(closedGroups().names).not.toBe(closedGroups().names);
  });
});

describe("lockPrincipal", () => {
  it("freezes a principal that somebody made by hand", () => {
    const principal = { ...init, tags: new Map(), claims: {} };
    lockPrincipal(principal);
    expect(() => Object.assign(principal, { id: "user:p:t" })).toThrow(TypeError);
  });

  it("locks what a handler could change, and leaves it what it was", () => {
    const principal = createPrincipal({
      ...init,
      groups: openGroups(["editors"]),
      scopes: new Set(["read"]),
      tags: new Map([["tenant", "acme"]]),
      authenticatedAt: new Date(0),
      expiresAt: new Date(1),
    });
    const names = principal.groups?.names;
    lockPrincipal(principal);
    for (const change of [
      () => (names as Set<string>).add("admins"),
      () => (names as Set<string>).delete("editors"),
      () => (principal.scopes as Set<string>).clear(),
      () => (principal.tags as Map<string, string>).set("tenant", "globex"),
      () => (principal.tags as Map<string, string>).delete("tenant"),
      () => principal.authenticatedAt?.setUTCFullYear(9999),
      () => principal.expiresAt?.setMilliseconds(0),
    ]) {
      expect(change).toThrow(TypeError);
    }
    expect(principal).toEqual({
      ...init,
      groups: { names: new Set(["editors"]), closed: false },
      scopes: new Set(["read"]),
      tags: new Map([["tenant", "acme"]]),
      claims: Object.create(null),
      authenticatedAt: new Date(0),
      expiresAt: new Date(1),
    });
    expect([names instanceof Set, principal.tags instanceof Map, principal.expiresAt instanceof Date]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("takes those who have nothing to lock, and those that are locked already", () => {
    expect(() => lockPrincipal(createPrincipal(init))).not.toThrow();
    expect(() => lockPrincipal(anonymous)).not.toThrow();
    expect(anonymous.groups?.names.has("x")).toBe(false);
  });
});

describe("isAuthenticated", () => {
  it.each<[PrincipalKind, boolean]>([
    ["user", true],
    ["client", true],
    ["role", true],
    ["guest", false],
    ["anonymous", false],
  ])("of %s is %s", (kind, expected) => {
    expect(isAuthenticated(createPrincipal({ ...init, kind }))).toBe(expected);
  });
});
