import { describe, expect, it } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import { parseRoleArn, type RoleArn } from "../../src/role-arn.ts";
import { type CustomRoles, compileRoleChoice, readRoleChoice } from "../../src/sessions/role-choice.ts";

const path = "/.well-known/poolgate/credentials";
const editor = "arn:aws:iam::123456789012:role/articles/Editor";
const admin = "arn:aws:iam::123456789012:role/Admin";

describe("readRoleChoice", () => {
  it.each([
    ["as it stands", `${path}?role=${editor}`],
    ["escaped", `${path}?role=${encodeURIComponent(editor)}`],
    ["with empty pieces around it", `${path}?&role=${editor}&`],
  ])("reads the role %s", (_, target) => {
    expect(readRoleChoice(target)).toEqual(parseRoleArn(editor));
  });

  it.each([path, `${path}?`, `${path}?&`])("leaves the choice to the identity pool in %s", (target) => {
    expect(readRoleChoice(target)).toBeUndefined();
  });

  it.each([
    ["two roles", `${path}?role=${editor}&role=${admin}`],
    ["the same role twice", `${path}?role=${editor}&role=${editor}`],
    ["something beside the role", `${path}?role=${editor}&x=1`],
    ["a misspelled name", `${path}?Role=${editor}`],
    ["an escaped name", `${path}?%72ole=${editor}`],
    ["a list", `${path}?role[]=${editor}`],
    ["something else", `${path}?token=abc`],
    ["no value", `${path}?role`],
    ["an empty role", `${path}?role=`],
    ["a name without an account", `${path}?role=Editor`],
    ["a short name", `${path}?role=123456789012/Editor`],
    ["the ARN of a session", `${path}?role=arn:aws:sts::123456789012:assumed-role/Editor/x`],
    ["bytes that are not UTF-8", `${path}?role=%ff`],
    ["a role twice escaped", `${path}?role=${encodeURIComponent(encodeURIComponent(editor))}`],
  ])("refuses %s", (_, target) => {
    expect(() => readRoleChoice(target)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});

describe("compileRoleChoice", () => {
  const user = (roles: unknown) =>
    createPrincipal({
      kind: "user",
      id: "user:p:ada",
      issuer: "p",
      verifiedBy: "user-pool",
      claims: { "cognito:roles": roles },
    });
  const refused = expect.objectContaining({ code: "role_not_allowed", status: 403 });
  const judge = (option: CustomRoles, arn: string, roles?: unknown) => {
    const role = parseRoleArn(arn) as RoleArn;
    compileRoleChoice("broker.customRoles", option)(role, roles === undefined ? undefined : user(roles));
  };

  it.each<[string, CustomRoles, string]>([
    ["any role that the token offers", true, editor],
    ["a listed role", ["123456789012/Editor"], editor],
    ["a role that is listed by ARN", ["123456789012/Other", "arn:aws:iam::123456789012:role/Admin"], admin],
  ])("allows %s", (_, option, arn) => {
    expect(() => judge(option, arn, [editor, admin])).not.toThrow();
  });

  it.each<[string, CustomRoles, string, unknown]>([
    ["every role where the option is off", false, editor, [editor]],
    ["a role that the token does not offer", true, admin, [editor]],
    ["a listed role that the token does not offer", ["123456789012/Admin"], admin, [editor]],
    ["a role that is not listed", ["123456789012/Admin"], editor, [editor, admin]],
    ["every role where the list is empty", [], editor, [editor]],
    ["a listed name in another account", ["210987654321/Editor"], editor, [editor]],
    ["the same name under another path", true, editor, ["arn:aws:iam::123456789012:role/Editor"]],
    ["another spelling", true, editor, [editor.toUpperCase()]],
    ["a role in a token that offers a text", true, editor, editor],
    ["a role in a token that offers nothing", true, editor, null],
    ["a guest", true, editor, undefined],
  ])("refuses %s", (_, option, arn, roles) => {
    expect(() => judge(option, arn, roles)).toThrow(refused);
  });
});
