import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountOfAccessKey } from "../../src/sessions/account-of-access-key.ts";
import { createCredentialsLedger } from "../../src/testing/temporary-credentials.ts";

describe("accountOfAccessKey", () => {
  it.each([
    ["ASIAQNZGKIQY56JQ7WML", "029608264753"],
    ["ASIAY34FZKBOKMUTVV7A", "609629065308"],
    ["ASIAQAAAAAAAAAAAAAAA", "000000000000"],
    ["ASIA7777777777777777", "1099511627775"],
    // Of the time when ids told nothing.
    ["ASIAIOSFODNN7EXAMPLE", "581039954779"],
  ])("tells of %s the number %s", (id, account) => {
    expect(accountOfAccessKey(id)).toBe(account);
  });

  it("tells the account for which an id was issued", () => {
    const accounts = fc.bigInt(0n, 999_999_999_999n).map((number) => String(number).padStart(12, "0"));
    fc.assert(
      fc.property(accounts, (account) => {
        const { accessKeyId } = createCredentialsLedger(account).issue("Role", "session", new Date());
        expect(accountOfAccessKey(accessKeyId)).toBe(account);
      }),
    );
  });
});
