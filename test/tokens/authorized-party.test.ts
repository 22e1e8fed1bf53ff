import { describe, expect, it } from "vitest";
import { requireAuthorizedParty } from "../../src/tokens/authorized-party.ts";

const one = ["api"];
const two = ["api", "userinfo"];
const parties = new Set(["web", "app"]);

describe("requireAuthorizedParty", () => {
  it.each([
    [undefined, one, undefined],
    ["web", one, undefined],
    ["other", one, undefined],
    ["other", two, null],
    [undefined, two, null],
    ["web", one, parties],
    ["app", two, parties],
    [undefined, [], undefined],
  ])("accepts azp %j with the audiences %j", (azp, audiences, accepted) => {
    expect(requireAuthorizedParty({ azp }, audiences, accepted)).toBeUndefined();
  });

  it.each([
    ["web", two, undefined, "it has several audiences, and authorizedParty is not configured"],
    [undefined, two, undefined, "it has several audiences, and authorizedParty is not configured"],
    [undefined, one, parties, "azp is none of the configured parties"],
    ["WEB", one, parties, "azp is none of the configured parties"],
    ["", one, parties, "azp is none of the configured parties"],
    [["web"], one, parties, "azp is not a string"],
    [7, one, null, "azp is not a string"],
    [null, one, undefined, "azp is not a string"],
  ])("refuses azp %j with the audiences %j", (azp, audiences, accepted, reason) => {
    expect(() => requireAuthorizedParty({ azp }, audiences, accepted)).toThrow(
      expect.objectContaining({ code: "invalid_token", options: { reason } }),
    );
  });
});
