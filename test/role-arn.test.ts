import { describe, expect, it } from "vitest";
import { isSameRole, parseRoleArn } from "../src/role-arn.ts";

describe("parseRoleArn", () => {
  it.each([
    ["arn:aws:iam::123456789012:role/Editor", "aws", "Editor"],
    ["arn:aws:iam::123456789012:role/articles/staff/Editor", "aws", "Editor"],
    ["arn:aws-us-gov:iam::123456789012:role/service-role/a+=,.@-_Z9", "aws-us-gov", "a+=,.@-_Z9"],
    [`arn:aws-cn:iam::123456789012:role/${"p".repeat(510)}/${"n".repeat(64)}`, "aws-cn", "n".repeat(64)],
  ])("reads %s", (arn, partition, name) => {
    expect(parseRoleArn(arn)).toEqual({ arn, partition, account: "123456789012", name });
  });

  it.each([
    ["nothing", ""],
    ["a short name", "123456789012/Editor"],
    ["the ARN of a session", "arn:aws:sts::123456789012:assumed-role/Editor/ada"],
    ["the ARN of a user", "arn:aws:iam::123456789012:user/Editor"],
    ["an account of eleven digits", "arn:aws:iam::12345678901:role/Editor"],
    ["another partition", "arn:gcp:iam::123456789012:role/Editor"],
    ["no name", "arn:aws:iam::123456789012:role/"],
    ["no name behind a path", "arn:aws:iam::123456789012:role/articles/"],
    ["a name of 65 characters", `arn:aws:iam::123456789012:role/${"n".repeat(65)}`],
    ["a wildcard", "arn:aws:iam::123456789012:role/Edit*"],
    ["a space", "arn:aws:iam::123456789012:role/a b/Editor"],
    ["a line feed at the end", "arn:aws:iam::123456789012:role/Editor\n"],
    ["a path of 511 characters", `arn:aws:iam::123456789012:role/${"p".repeat(511)}/Editor`],
  ])("reads no role from %s", (_, text) => {
    expect(parseRoleArn(text)).toBeUndefined();
  });
});

describe("isSameRole", () => {
  const role = { partition: "aws", account: "123456789012", name: "Editor" };

  it("compares partition, account and name", () => {
    expect(isSameRole(role, { ...role })).toBe(true);
    expect(isSameRole(role, { ...role, partition: "aws-cn" })).toBe(false);
    expect(isSameRole(role, { ...role, account: "210987654321" })).toBe(false);
    expect(isSameRole(role, { ...role, name: "editor" })).toBe(false);
  });
});
