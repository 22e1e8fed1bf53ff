import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import type { RevocableFacts, Revocation } from "../../src/tokens/revocation.ts";
import { namesOf, parseEntry, readRevocation, spellEntry } from "../../src/tokens/revocation-entry.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const day = 86_400_000;
const digest = (text: string) => createHash("sha256").update(text).digest("base64url");
const read = (revocation: unknown) => readRevocation(revocation as Revocation, noon, day);

describe("readRevocation", () => {
  it.each<[string, Revocation, string]>([
    ["a session", { accessKeyId: "ASIAEXAMPLE000000001" }, `accessKeyId/${digest("ASIAEXAMPLE000000001")}`],
    ["a role", { role: "123456789012/Editor" }, `role/${digest("aws/123456789012/editor")}`],
    ["a role by its ARN", { role: "arn:aws-cn:iam::123456789012:role/E" }, `role/${digest("aws-cn/123456789012/e")}`],
    ["a sign-in", { originJti: "o" }, `originJti/${digest("o")}`],
    ["a token", { jti: "j" }, `jti/${digest("j")}`],
    ["an identity", { identityId: "eu-west-1:1" }, `identityId/${digest("eu-west-1:1")}`],
  ])("reads %s, whenever it was issued, for as long as things live", (_, revocation, name) => {
    expect(read(revocation)).toEqual({ name, until: noon + day });
  });

  it("reads a user as all that was issued up to now, or before the time that is given", () => {
    const name = `user/${digest("user:p:ada")}`;
    expect(read({ user: "user:p:ada" })).toEqual({ name, before: noon + 1, until: noon + day });
    const issuedBefore = new Date(noon - 5);
    expect(read({ user: "user:p:ada", issuedBefore })).toEqual({ name, before: noon - 5, until: noon + day });
  });

  it("reads how long to remember, in whole milliseconds whatever the clock says", () => {
    expect(read({ jti: "j", until: new Date(noon + 1) }).until).toBe(noon + 1);
    expect(readRevocation({ user: "u" }, noon + 0.5, day)).toMatchObject({ before: noon + 1, until: noon + 1 + day });
  });

  const role = "revocations.revoke.role";
  const faults: readonly [string, unknown, string][] = [
    ["no object", undefined, "revocations.revoke"],
    ["nothing to revoke", {}, "revocations.revoke"],
    ["an end alone", { until: new Date(noon + 1) }, "revocations.revoke"],
    ["two things", { jti: "j", originJti: "o" }, "revocations.revoke"],
    ["a misspelled thing", { orginJti: "o" }, "revocations.revoke.orginJti"],
    ["an empty sign-in", { originJti: "" }, "revocations.revoke.originJti"],
    ["a token that is null", { jti: null }, "revocations.revoke.jti"],
    ["a user that is a list", { user: ["user:p:ada"] }, "revocations.revoke.user"],
    ["an access key id that can be none", { accessKeyId: "ada" }, "revocations.revoke.accessKeyId"],
    ["a role with a wildcard", { role: "123456789012/Edit*" }, role],
    ["a role without an account", { role: "Editor" }, role],
    ["a role by an ARN with a path", { role: "arn:aws:iam::123456789012:role/team/Editor" }, role],
    ["a role by the ARN of a session", { role: "arn:aws:sts::123456789012:assumed-role/Editor/ada" }, role],
    ["an end that is over", { jti: "j", until: new Date(noon) }, "revocations.revoke.until"],
    ["an end in milliseconds", { jti: "j", until: noon + 1 }, "revocations.revoke.until"],
    ["an end that is no time", { jti: "j", until: new Date(Number.NaN) }, "revocations.revoke.until"],
    ["an end that is null", { jti: "j", until: null }, "revocations.revoke.until"],
    ["a time of issue for a token", { jti: "j", issuedBefore: new Date(noon) }, "revocations.revoke.issuedBefore"],
    ["a time of issue that is null", { user: "u", issuedBefore: null }, "revocations.revoke.issuedBefore"],
    ["a time of issue before 1970", { user: "u", issuedBefore: new Date(-1) }, "revocations.revoke.issuedBefore"],
  ];

  it.each(faults)("refuses %s", (_, revocation, option) => {
    expect(() => read(revocation)).toThrow(ConfigurationError);
    expect(() => read(revocation)).toThrow(`${option}: `);
  });
});

describe("an entry as the end of a store key", () => {
  const names = fc.constantFrom("accessKeyId", "role", "user", "originJti", "jti", "identityId");
  const times = fc.integer({ min: 0, max: 8.64e15 });
  const entries = fc
    .tuple(names, fc.string({ unit: "binary" }), fc.option(times), times)
    .map(([name, value, before, until]) => ({
      ...{ name: `${name}/${digest(value)}`, until },
      ...(before !== null && { before }),
    }));

  it("comes back as it was spelled", () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(parseEntry(spellEntry(entry))).toEqual(entry);
      }),
    );
  });

  it("says nothing of what is revoked that could be read back", () => {
    expect(spellEntry(read({ originJti: "secret-sign-in" }))).toMatch(/^originJti\/[\w-]{43}\/-\/\d{13}$/);
  });

  const good = `jti/${digest("j")}/-/1768564800000`;
  it.each([
    "",
    good.replace("jti", "sub"),
    good.replace("jti", "constructor"),
    good.replace(digest("j"), "j"),
    good.replace("/-/", "/"),
    good.replace("/-/", "/x/"),
    good.replace("/-/", "/-1/"),
    `${good}0000`,
    `${good}\n`,
    `x${good}`,
  ])("is refused where it reads %j", (spelled) => {
    expect(parseEntry(good)).toBeDefined();
    expect(parseEntry(spelled)).toBeUndefined();
  });
});

describe("namesOf", () => {
  it("names every entry that could be about a session", () => {
    const facts: RevocableFacts = {
      accessKeyId: "pg-example-session-1",
      enrolledBy: "ASIAEXAMPLE000000001",
      role: { partition: "aws", account: "123456789012", name: "Editor" },
      user: "user:p:ada",
      originJti: "o",
      jti: "j",
      identityId: "eu-west-1:1",
      issuedAt: noon,
    };
    const revocations: readonly Revocation[] = [
      { accessKeyId: "pg-example-session-1" },
      { accessKeyId: "ASIAEXAMPLE000000001" },
      { role: "123456789012/eDITOR" },
      { user: "user:p:ada" },
      { originJti: "o" },
      { jti: "j" },
      { identityId: "eu-west-1:1" },
    ];
    expect(namesOf(facts)).toEqual(revocations.map((revocation) => read(revocation).name));
  });

  it("names none for what has no facts", () => {
    expect(namesOf({ issuedAt: noon })).toEqual([]);
  });
});
