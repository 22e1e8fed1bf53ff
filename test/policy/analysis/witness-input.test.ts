import { describe, expect, it } from "vitest";
import { callerProfiles } from "../../../src/policy/analysis/caller-model.ts";
import type { CallerProfile } from "../../../src/policy/analysis/caller-profile.ts";
import type { WitnessFacts } from "../../../src/policy/analysis/witness-facts.ts";
import { witnessInput } from "../../../src/policy/analysis/witness-input.ts";

/** A caller of whom nobody asked anything. */
function unasked(profile: CallerProfile): WitnessFacts {
  return {
    ...{ cost: 0, profile, groups: undefined, scopes: undefined, methods: [], role: undefined, issuer: undefined },
    ...{ clientId: undefined, age: undefined, address: undefined, operands: [], opaque: new Map() },
  };
}
const callerOf = (kind: string, verifiedBy: string) => {
  const profile = callerProfiles.find((one) => one.kind === kind && one.verifiedBy === verifiedBy) as CallerProfile;
  return witnessInput(unasked(profile), "GET", "/").principal;
};

describe("a witness of whom nothing was asked", () => {
  it("has the scopes that his kind always has, none of them, and else nobody knows his scopes", () => {
    expect(callerOf("client", "user-pool").scopes).toEqual(new Set());
    expect(callerOf("user", "user-pool").scopes).toBeUndefined();
    expect(callerOf("role", "sts-proof").scopes).toBeUndefined();
  });

  it("has what else his kind always has", () => {
    expect(callerOf("client", "user-pool")).toMatchObject({ clientId: "client-1" });
    expect(callerOf("user", "user-pool")).toMatchObject({ userId: "user-1" });
    expect(callerOf("role", "sts-proof")).toMatchObject({ role: { account: "999999999999" }, issuer: "999999999999" });
    expect(callerOf("anonymous", "nothing")).toMatchObject({ kind: "anonymous" });
  });
});
