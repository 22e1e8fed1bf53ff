import { describe, expect, it } from "vitest";
import { readWebIdentityClaims } from "../../src/tokens/web-identity-claims.ts";

const account = "123456789012";
const sts = { aws_account: account, principal_tags: { team: "data" }, original_session_exp: "2026-07-01T13:00:00Z" };
const good = { sub: `arn:aws:iam::${account}:role/Nightly`, "https://sts.amazonaws.com/": sts };
const nested = (claims: object) => ({ ...good, "https://sts.amazonaws.com/": { ...sts, ...claims } });

describe("readWebIdentityClaims", () => {
  it("reads role, tags and the end of the session", () => {
    expect(readWebIdentityClaims(good, account)).toEqual({
      role: { arn: good.sub, partition: "aws", account, name: "Nightly" },
      principalTags: { team: "data" },
      sessionEnd: Date.parse("2026-07-01T13:00:00Z"),
    });
  });

  it("reads a role with a path, and a token without tags or session end", () => {
    const sub = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reader_0000000000000000`;
    const claims = nested({ principal_tags: undefined, original_session_exp: undefined });
    expect(readWebIdentityClaims({ ...claims, sub }, account)).toEqual({
      role: { arn: sub, partition: "aws", account, name: "AWSReservedSSO_Reader_0000000000000000" },
      principalTags: {},
    });
  });

  it("reads fractions of a second", () => {
    const claims = nested({ original_session_exp: "2026-07-01T13:00:00.250Z" });
    expect(readWebIdentityClaims(claims, account).sessionEnd).toBe(Date.parse("2026-07-01T13:00:00Z") + 250);
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ["no sub", { ...good, sub: undefined }, "sub is not the ARN of a role"],
    ["a list as sub", { ...good, sub: [good.sub] }, "sub is not the ARN of a role"],
    ["an IAM user", { ...good, sub: `arn:aws:iam::${account}:user/ada` }, "sub is not the ARN of a role"],
    ["the root user", { ...good, sub: `arn:aws:iam::${account}:root` }, "sub is not the ARN of a role"],
    [
      "an assumed role",
      { ...good, sub: `arn:aws:sts::${account}:assumed-role/Nightly/session` },
      "sub is not the ARN of a role",
    ],
    ["a line after the role", { ...good, sub: `${good.sub}\n` }, "sub is not the ARN of a role"],
    ["no claims of STS", { sub: good.sub }, "the claims of STS are missing"],
    ["a list of claims", { ...good, "https://sts.amazonaws.com/": [sts] }, "the claims of STS are missing"],
    [
      "a role of another account",
      { ...good, sub: "arn:aws:iam::210987654321:role/Nightly" },
      "the account is not the configured one",
    ],
    ["another account", nested({ aws_account: "210987654321" }), "the account is not the configured one"],
    ["no account", nested({ aws_account: undefined }), "the account is not the configured one"],
    ["an account as a number", nested({ aws_account: Number(account) }), "the account is not the configured one"],
    [
      "an end on a day that no month has",
      nested({ original_session_exp: "2026-02-30T00:00:00Z" }),
      "original_session_exp is not a time in UTC",
    ],
    ["tags as a list", nested({ principal_tags: ["team"] }), "principal_tags is not an object"],
    ["tags as a text", nested({ principal_tags: "team" }), "principal_tags is not an object"],
    ...[
      7,
      "",
      "tomorrow",
      "2026-07-01",
      "2026-07-01T13:00:00",
      "2026-07-01T13:00:00+02:00",
      "2026-13-01T13:00:00Z",
    ].map(
      (end) =>
        [
          `a session end ${end}`,
          nested({ original_session_exp: end }),
          "original_session_exp is not a time in UTC",
        ] as const,
    ),
  ])("refuses %s", (_name, payload, reason) => {
    expect(() => readWebIdentityClaims(payload, account)).toThrow(
      expect.objectContaining({ code: "invalid_token", options: { reason } }),
    );
  });

  it("reads nothing from Object.prototype, even if another library has put it there", () => {
    const claims = { sub: good.sub, "https://sts.amazonaws.com/": { aws_account: account } };
    const polluted = {
      aws_account: account,
      principal_tags: { team: "x" },
      original_session_exp: "2000-01-01T00:00:00Z",
    };
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
    }
    try {
      expect(readWebIdentityClaims(claims, account)).toEqual({
        role: { arn: good.sub, partition: "aws", account, name: "Nightly" },
        principalTags: {},
      });
      expect(() => readWebIdentityClaims({ ...claims, "https://sts.amazonaws.com/": {} }, account)).toThrow();
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    }
  });
});
