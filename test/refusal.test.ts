import { describe, expect, it } from "vitest";
import { noRemedy } from "../src/policy/remedy.ts";
import { anonymous, createPrincipal } from "../src/principal.ts";
import { refusal, refusalByRules } from "../src/refusal.ts";

const ada = createPrincipal({ kind: "user", id: "user:pool:ada", issuer: "pool", verifiedBy: "user-pool" });
const guest = createPrincipal({ kind: "guest", id: "guest:1", issuer: "pool", verifiedBy: "signed-request" });
const stepUp = { acrValues: ["urn:cognito:loa:3"], maxAge: 60 };

describe("a refusal", () => {
  it.each(["no_route", "access_denied"] as const)("of anybody who is somebody is %s", (code) => {
    expect(refusal(code, ada, "Bearer")).toMatchObject({ code, status: 403 });
    expect(refusal(code, guest, "Bearer")).toMatchObject({ code, status: 403 });
  });

  it("of an anonymous caller asks for a credential, be there a route or not", () => {
    expect(refusal("no_route", anonymous, "Bearer")).toMatchObject({ code: "no_credentials", challenge: "Bearer" });
    expect(refusal("access_denied", anonymous, "Bearer")).toMatchObject({ code: "no_credentials", status: 401 });
  });
});

describe("a refusal by rules", () => {
  it("is plain where one of them lacks what no caller can bring", () => {
    const scopes = { scopes: ["read"], stepUp: undefined };
    expect(refusalByRules([scopes, undefined], ada, "Bearer", undefined).code).toBe("access_denied");
  });

  it("names the scopes of all of them where scopes alone are missing", () => {
    const remedies = [
      { scopes: ["read"], stepUp: undefined },
      { scopes: ["write"], stepUp: undefined },
    ];
    expect(refusalByRules(remedies, ada, "Bearer", undefined)).toMatchObject({
      code: "insufficient_scope",
      challenge: 'Bearer error="insufficient_scope", scope="read write"',
    });
  });

  it("asks for another authentication by token, also where a signature came", () => {
    const refused = refusalByRules([{ ...noRemedy, stepUp }], ada, "AWS4-HMAC-SHA256", 'Bearer realm="x"');
    expect(refused).toMatchObject({ code: "insufficient_user_authentication", status: 401 });
    expect(refused.challenge).toMatch(/^Bearer realm="x", error="insufficient_user_authentication"/);
    expect(refusalByRules([{ ...noRemedy, stepUp }], ada, "AWS4-HMAC-SHA256", undefined).challenge).toMatch(/^AWS4-/);
  });

  it("names levels, age and scopes only where there are some", () => {
    const ageAlone = { scopes: [], stepUp: { acrValues: [], maxAge: 60 } };
    expect(refusalByRules([ageAlone], ada, "Bearer", undefined).challenge).not.toMatch(/acr_values|scope/);
    const all = { scopes: ["write"], stepUp: { acrValues: ["a"], maxAge: undefined } };
    const { challenge } = refusalByRules([all], ada, "Bearer", undefined);
    expect(challenge).toMatch(/acr_values="a"/);
    expect(challenge).toMatch(/scope="write"/);
    expect(challenge).not.toMatch(/max_age/);
  });
});
