import { describe, expect, it } from "vitest";
import { createPrincipal } from "../../src/principal.ts";
import { enhancedFlow, type FlowRequest } from "../../src/sessions/credentials-flow.ts";
import * as fake from "./fake-aws.ts";

const noon = Date.UTC(2026, 0, 15, 12);
const request: FlowRequest = {
  identityId: fake.identityId,
  logins: { "login.example.com": "a.b.c" },
  caller: createPrincipal({ kind: "user", id: "user:p:ada", issuer: "p", verifiedBy: "user-pool" }),
  role: undefined,
};

function setUp(lefts: readonly number[]) {
  let given = 0;
  const { fetch, calls } = fake.fakeAws(() => noon, {
    GetCredentialsForIdentity: () => fake.credentials((noon + Number(lefts[given++])) / 1_000),
  });
  const url = new URL("https://cognito-identity.eu-west-1.amazonaws.com/");
  return { calls, flow: enhancedFlow({ url, fetch }, () => noon) };
}

describe("the enhanced flow", () => {
  it("leaves the role to the identity pool", async () => {
    const { calls, flow } = setUp([3_600_000]);
    const { credentials, role, sessionName } = await flow(request);
    expect(credentials.expiration).toBe(noon + 3_600_000);
    expect([role, sessionName]).toEqual([undefined, undefined]);
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ IdentityId: fake.identityId, Logins: request.logins });
  });

  it("asks for a role, and says that it must be that", async () => {
    const role = { arn: "arn:aws:iam::123456789012:role/a/Editor", partition: "aws", account: "1", name: "Editor" };
    const { calls, flow } = setUp([3_600_000]);
    expect((await flow({ ...request, role })).role).toBe(role);
    expect(JSON.parse(calls[0]?.body ?? "").CustomRoleArn).toBe(role.arn);
  });

  it("asks once more, for the same, where less than 20 minutes are left", async () => {
    const { calls, flow } = setUp([1_199_999, 5_000]);
    expect((await flow(request)).credentials.expiration).toBe(noon + 5_000);
    expect(calls.map(({ body }) => body)).toEqual([calls[0]?.body, calls[0]?.body]);
  });
});
