import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { createLoginProviders } from "../../src/testing/login-providers.ts";

const start = Date.UTC(2026, 2, 4, 5, 6, 7);

function setUp() {
  const time = { now: start };
  const providers = createLoginProviders({
    provider: "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
    clientId: "1example23456789",
    loginProviders: ["accounts.google.com", "login.example.com"],
    readIdToken: () => undefined,
    clock: () => time.now,
  });
  return { time, providers };
}

describe("createLoginProviders", () => {
  it("reads what it has minted as a login without claims, so that no group or role comes from it", async () => {
    const { providers } = setUp();
    const token = await providers.mint("accounts.google.com", "g1");
    expect(providers.read("accounts.google.com", token)).toEqual({ provider: "accounts.google.com", sub: "g1" });
  });

  it("has one key for a provider, also where two tokens are minted at once", async () => {
    const { providers } = setUp();
    const tokens = await Promise.all(["g1", "g2"].map((sub) => providers.mint("accounts.google.com", sub)));
    expect(tokens.map((token) => providers.read("accounts.google.com", token).sub)).toEqual(["g1", "g2"]);
  });

  it("has another key for another provider", async () => {
    const { providers } = setUp();
    await providers.mint("login.example.com", "g1");
    const token = await providers.mint("accounts.google.com", "g1");
    const refused = expect.objectContaining({ message: "Invalid login token. Couldn't verify signed token." });
    expect(() => providers.read("login.example.com", token)).toThrow(refused);
  });

  it("takes a token for an hour", async () => {
    const { time, providers } = setUp();
    const token = await providers.mint("accounts.google.com", "g1");
    time.now += 3_600_000 - 1;
    expect(providers.read("accounts.google.com", token).sub).toBe("g1");
    time.now += 1;
    const refused = expect.objectContaining({ message: expect.stringContaining("Token expired") });
    expect(() => providers.read("accounts.google.com", token)).toThrow(refused);
  });

  it("mints for no provider that it was not told of", async () => {
    const { providers } = setUp();
    const refused = providers.mint("graph.facebook.com", "g1");
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow("accounts.google.com, login.example.com");
  });
});
