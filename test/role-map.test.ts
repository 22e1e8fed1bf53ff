import { describe, expect, it } from "vitest";
import { createPrincipal, type Principal } from "../src/principal.ts";
import { compileRoleMap, type RoleMap } from "../src/role-map.ts";

const expiresAt = new Date("2026-03-04T06:00:00Z");
const role = {
  arn: "arn:aws:sts::123456789012:assumed-role/Editor/session",
  partition: "aws",
  account: "123456789012",
  name: "Editor",
};
const editor: Principal = createPrincipal({
  kind: "role",
  id: "role:123456789012/Editor",
  issuer: "123456789012",
  verifiedBy: "signed-request",
  role,
  expiresAt,
});
const visitor: Principal = createPrincipal({
  kind: "guest",
  id: "guest:eu-west-1:11111111-2222-3333-4444-555555555555",
  issuer: "eu-west-1:66666666-7777-8888-9999-000000000000",
  verifiedBy: "signed-request",
  identityId: "eu-west-1:11111111-2222-3333-4444-555555555555",
  role,
});

describe("compileRoleMap", () => {
  it.each<[string, RoleMap]>([
    ["account and name", { "123456789012/Editor": { groups: ["editors", "authors"] } }],
    ["an ARN", { "arn:aws:iam::123456789012:role/Editor": { groups: ["editors", "authors"] } }],
  ])("gives open groups to a role listed by %s", (_, roles) => {
    const judge = compileRoleMap("roles", roles);
    expect(judge(editor)).toEqual({ ...editor, groups: { names: new Set(["editors", "authors"]), closed: false } });
  });

  it("replaces the groups that a session of a role came with", () => {
    const judge = compileRoleMap("roles", { "123456789012/Editor": { groups: [] } });
    const boastful = createPrincipal({ ...editor, groups: { names: new Set(["admins"]), closed: true } });
    expect(judge(boastful).groups).toEqual({ names: new Set(), closed: false });
  });

  it("leaves a guest a guest where its role gives groups", () => {
    const judge = compileRoleMap("roles", { "123456789012/Editor": { groups: ["readers"] } });
    expect(judge(visitor)).toEqual({ ...visitor, groups: { names: new Set(["readers"]), closed: false } });
  });

  it("makes a guest without groups, scopes and user of a role that is listed as one", () => {
    const judge = compileRoleMap("roles", { "123456789012/Editor": { guest: true } });
    const person = createPrincipal({
      ...editor,
      userId: "1",
      scopes: new Set(["a"]),
      groups: { names: new Set(["a"]), closed: true },
    });
    expect(judge(person)).toEqual(
      createPrincipal({
        kind: "guest",
        id: "guest:123456789012/Editor",
        issuer: "123456789012",
        verifiedBy: "signed-request",
        groups: { names: new Set(), closed: true },
        role,
        expiresAt,
      }),
    );
  });

  it("names a guest by its identity where one is known", () => {
    const judge = compileRoleMap("roles", { "123456789012/Editor": { guest: true } });
    expect(judge(visitor)).toMatchObject({ kind: "guest", id: visitor.id, identityId: visitor.identityId });
  });

  it.each<[string, Principal, RoleMap]>([
    ["an unlisted name", editor, { "123456789012/editor": { groups: [] } }],
    ["an unlisted account", editor, { "210987654321/Editor": { groups: [] } }],
    ["another partition", editor, { "arn:aws-us-gov:iam::123456789012:role/Editor": { groups: [] } }],
    ["a guest with an unlisted role", visitor, { "123456789012/Visitor": { guest: true } }],
    [
      "a caller without a role",
      createPrincipal({ kind: "role", id: "role:1", issuer: "1", verifiedBy: "opened" }),
      { "123456789012/Editor": { groups: [] } },
    ],
    ["any role where none is listed", editor, {}],
  ])("refuses %s", (_, principal, roles) => {
    const judge = compileRoleMap("roles", roles);
    expect(() => judge(principal)).toThrow(expect.objectContaining({ code: "role_not_allowed", status: 403 }));
  });

  it.each<[string, unknown, string]>([
    ["no object", "123456789012/Editor", "roles"],
    ["null", null, "roles"],
    ["a list", [], "roles"],
    ["a role without account", { Editor: { groups: [] } }, 'roles["Editor"]'],
    ["a pattern", { "123456789012/Edit*": { groups: [] } }, 'roles["123456789012/Edit*"]'],
    ["a session ARN", { [role.arn]: { groups: [] } }, `roles["${role.arn}"]`],
    ["a path", { "arn:aws:iam::123456789012:role/team/Editor": { groups: [] } }, "team"],
    [
      "a role twice",
      { "123456789012/Editor": { groups: [] }, "arn:aws:iam::123456789012:role/Editor": { groups: [] } },
      "listed already",
    ],
    ["no meaning", { "123456789012/Editor": undefined }, "123456789012/Editor"],
    ["null for a meaning", { "123456789012/Editor": null }, "123456789012/Editor"],
    ["an empty meaning", { "123456789012/Editor": {} }, "123456789012/Editor"],
    ["two meanings", { "123456789012/Editor": { guest: true, groups: [] } }, "123456789012/Editor"],
    ["guest: false", { "123456789012/Editor": { guest: false } }, "123456789012/Editor"],
    ["groups that are no list", { "123456789012/Editor": { groups: "editors" } }, "123456789012/Editor"],
    ["a group without a name", { "123456789012/Editor": { groups: [""] } }, "123456789012/Editor"],
    ["a group that is no text", { "123456789012/Editor": { groups: [1] } }, "123456789012/Editor"],
    ["a meaning by another name", { "123456789012/Editor": { group: ["editors"] } }, "123456789012/Editor"],
  ])("refuses %s when it is made", (_, roles, text) => {
    const make = () => compileRoleMap("roles", roles as RoleMap);
    expect(make).toThrow(
      expect.objectContaining({ name: "ConfigurationError", message: expect.stringContaining(text) }),
    );
  });
});
