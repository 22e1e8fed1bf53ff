import { describe, expect, it } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import { revocableFacts } from "../../src/sessions/revocable-facts.ts";
import type { SessionRecord } from "../../src/sessions/session-record.ts";

const role = { arn: "arn:aws:iam::123456789012:role/R", partition: "aws", account: "123456789012", name: "R" };
const plain = createPrincipal({ kind: "guest", id: "guest:x", issuer: "x", verifiedBy: "signed-request" });
const record: SessionRecord = {
  accessKeyId: "ASIAEXAMPLE000000001",
  mode: "virtual",
  openedAt: 1_768_478_460_500,
  notAfter: 1_768_482_000_000,
  signingKeys: new Map(),
  principal: plain,
};

describe("the facts by which a session can be revoked", () => {
  it("are its access key id, its caller and when it was opened", () => {
    expect(revocableFacts(record)).toStrictEqual({
      accessKeyId: "ASIAEXAMPLE000000001",
      user: "guest:x",
      issuedAt: 1_768_478_460_500,
    });
  });

  it("are its caller's role and identity, the credentials that enrolled it, and its token's, where it has them", () => {
    const principal = createPrincipal({ ...plain, role, identityId: "eu-west-1:1" });
    const token = { sub: "ada", iat: 1_768_478_400, originJti: "o", jti: "j" };
    expect(revocableFacts({ ...record, principal, token, enrolledBy: "ASIAEXAMPLE000000009" })).toStrictEqual({
      accessKeyId: "ASIAEXAMPLE000000001",
      user: "guest:x",
      enrolledBy: "ASIAEXAMPLE000000009",
      role,
      identityId: "eu-west-1:1",
      originJti: "o",
      jti: "j",
      issuedAt: 1_768_478_400_000,
    });
  });

  it("leave out what a token does not say, and go by the earlier of two times", () => {
    const facts = revocableFacts({ ...record, token: { sub: "ada", iat: 1_768_478_461 } });
    expect(Object.keys(facts)).toEqual(["accessKeyId", "user", "issuedAt"]);
    expect(facts.issuedAt).toBe(1_768_478_460_500);
  });
});
