import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AuthorizerContext,
  authorizerContext,
  readAuthorizerContext,
} from "../../../src/adapters/lambda/authorizer-context.ts";
import { parseAssumedRoleArn } from "../../../src/arn.ts";
import { anonymous, closedGroups, createPrincipal, openGroups, type Principal } from "../../../src/principal.ts";

const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const full: Principal = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:ada",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
  verifiedBy: "signed-request",
  userId: "ada",
  identityId: "eu-west-1:2b1c7a54-0000-4000-8000-000000000000",
  clientId: "1example23456789",
  groups: closedGroups(["editors", "a,b", '"quoted"']),
  scopes: new Set(["articles/read", "articles/write"]),
  tags: new Map([
    ["tenant", "acme"],
    ["__proto__", "x"],
  ]),
  role: parseAssumedRoleArn("arn:aws:sts::123456789012:assumed-role/Editor/CognitoIdentityCredentials") as never,
  claims: { email: "ada@example.com" },
  authenticatedAt: new Date("2026-01-01T00:00:00.000Z"),
  expiresAt: new Date("2026-01-01T01:00:00.500Z"),
});

describe("authorizerContext", () => {
  it("writes all that is known of a caller but the claims, as flat strings", () => {
    expect(authorizerContext(full, sha256)).toEqual({
      poolgate: "1",
      principalId: "user:eu-west-1_Example01:ada",
      kind: "user",
      issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
      verifiedBy: "signed-request",
      userId: "ada",
      identityId: "eu-west-1:2b1c7a54-0000-4000-8000-000000000000",
      clientId: "1example23456789",
      role: "arn:aws:sts::123456789012:assumed-role/Editor/CognitoIdentityCredentials",
      groups: '["editors","a,b","\\"quoted\\""]',
      groupsClosed: "true",
      scopes: '["articles/read","articles/write"]',
      tags: '{"tenant":"acme","__proto__":"x"}',
      expiresAt: "2026-01-01T01:00:00.500Z",
      authenticatedAt: "2026-01-01T00:00:00.000Z",
      contentSha256: sha256,
    });
  });

  it("leaves out what is unknown", () => {
    const role = createPrincipal({
      kind: "role",
      id: "role:123456789012/Editor",
      issuer: "123456789012",
      verifiedBy: "test",
    });
    expect(authorizerContext(role, undefined)).toEqual({
      poolgate: "1",
      principalId: "role:123456789012/Editor",
      kind: "role",
      issuer: "123456789012",
      verifiedBy: "test",
    });
  });

  it("refuses a caller without an id, as a fault of ours", () => {
    expect(() => authorizerContext({ ...full, id: "" }, undefined)).toThrow(
      expect.objectContaining({ code: "internal_error" }),
    );
  });
});

describe("readAuthorizerContext", () => {
  it("gives back the caller without claims, frozen", () => {
    const handedOver = readAuthorizerContext(authorizerContext(full, sha256));
    expect(handedOver).toEqual({ principal: { ...full, claims: {} }, contentSha256: sha256 });
    expect(Object.isFrozen(handedOver?.principal)).toBe(true);
    expect(handedOver?.principal.tags.get("__proto__")).toBe("x");
  });

  it("gives back an anonymous caller", () => {
    const handedOver = readAuthorizerContext(authorizerContext(anonymous, undefined));
    expect(handedOver).toEqual({ principal: anonymous, contentSha256: undefined });
  });

  it("keeps open groups open, and empty groups apart from unknown ones", () => {
    const open = createPrincipal({ ...full, groups: openGroups(["editors"]) });
    const none = createPrincipal({ ...full, groups: closedGroups() });
    const { groups: _, ...unknown } = full;
    expect(readAuthorizerContext(authorizerContext(open, undefined))?.principal.groups).toEqual(open.groups);
    expect(readAuthorizerContext(authorizerContext(none, undefined))?.principal.groups).toEqual(closedGroups());
    expect(
      readAuthorizerContext(authorizerContext(createPrincipal(unknown), undefined))?.principal.groups,
    ).toBeUndefined();
  });

  it("keeps empty scopes apart from unknown ones", () => {
    const empty = createPrincipal({ ...full, scopes: new Set() });
    const { scopes: _, ...unknown } = full;
    expect(readAuthorizerContext(authorizerContext(empty, undefined))?.principal.scopes).toEqual(new Set());
    expect(
      readAuthorizerContext(authorizerContext(createPrincipal(unknown), undefined))?.principal.scopes,
    ).toBeUndefined();
  });

  it("reads back any groups, scopes and tags as they were", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(
        fc.uniqueArray(text),
        fc.boolean(),
        fc.uniqueArray(text),
        fc.dictionary(text, text),
        (groups, closed, scopes, tags) => {
          const principal = createPrincipal({
            kind: "user",
            id: "user:pool:ada",
            issuer: "pool",
            verifiedBy: "test",
            groups: closed ? closedGroups(groups) : openGroups(groups),
            scopes: new Set(scopes),
            tags: new Map(Object.entries(tags)),
          });
          // What the gateway does in between: JSON, there and back.
          const context = JSON.parse(JSON.stringify(authorizerContext(principal, undefined))) as AuthorizerContext;
          expect(readAuthorizerContext(context)?.principal).toEqual(principal);
        },
      ),
    );
  });

  it("takes the context of another authorizer for none of ours", () => {
    expect(readAuthorizerContext({ principalId: "ada", kind: "user", issuer: "x", verifiedBy: "x" })).toBeUndefined();
    expect(
      readAuthorizerContext(Object.create(authorizerContext(full, undefined)) as AuthorizerContext),
    ).toBeUndefined();
  });

  it("ignores what the gateway adds", () => {
    const context = { ...authorizerContext(full, undefined), integrationLatency: 12, stranger: "x" };
    expect(readAuthorizerContext(context)?.principal.id).toBe(full.id);
  });

  it.each([
    { poolgate: "2" },
    { poolgate: 1 },
    { principalId: "" },
    { principalId: undefined },
    { principalId: 7 },
    { kind: "admin" },
    { kind: undefined },
    { kind: ["user"] },
    { issuer: undefined },
    { issuer: null },
    { verifiedBy: "" },
    { verifiedBy: undefined },
    { userId: 7 },
    { identityId: null },
    { role: "arn:aws:iam::123456789012:role/Editor" },
    { role: "" },
    { groups: undefined },
    { groupsClosed: undefined },
    { groupsClosed: "yes" },
    { groupsClosed: true },
    { groups: "editors" },
    { groups: '"editors"' },
    { groups: "null" },
    { groups: '["editors",7]' },
    { groups: ["editors"] },
    { scopes: "{}" },
    { tags: "[]" },
    { tags: "null" },
    { tags: '"x"' },
    { tags: '{"tenant":7}' },
    { expiresAt: "2026-01-01" },
    { expiresAt: "tomorrow" },
    { expiresAt: "" },
    { expiresAt: 1_767_225_600 },
    { authenticatedAt: "2026-01-01T00:00:00Z" },
    { contentSha256: "" },
    { contentSha256: sha256.toUpperCase() },
    { contentSha256: "UNSIGNED-PAYLOAD" },
  ])("refuses a context with %j", (change) => {
    expect(() => readAuthorizerContext({ ...authorizerContext(full, sha256), ...change })).toThrow(
      expect.objectContaining({ code: "configuration_error" }),
    );
  });
});
