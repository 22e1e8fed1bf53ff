import { describe, expect, it } from "vitest";
import { discoveryUri, readDiscovery } from "../../src/tokens/discovery.ts";

const issuer = "https://login.example.com/tenant";
const jwks_uri = "https://keys.example.com/jwks";

describe("discoveryUri", () => {
  it("appends the well-known path, with one slash between", () => {
    expect(discoveryUri(issuer)).toBe(`${issuer}/.well-known/openid-configuration`);
    expect(discoveryUri(`${issuer}/`)).toBe(`${issuer}/.well-known/openid-configuration`);
  });
});

describe("readDiscovery", () => {
  it("finds the keys, at another host too", () => {
    expect(readDiscovery({ issuer, jwks_uri }, issuer, false)).toBe(jwks_uri);
  });

  it("takes keys from the loopback interface where that is allowed", () => {
    const local = { issuer, jwks_uri: "http://127.0.0.1:1234/jwks" };
    expect(readDiscovery(local, issuer, true)).toBe(local.jwks_uri);
    expect(() => readDiscovery(local, issuer, false)).toThrow();
  });

  it.each([
    [undefined],
    [[]],
    [{}],
    [{ jwks_uri }],
    [{ issuer }],
    [{ issuer: `${issuer}/`, jwks_uri }],
    [{ issuer: "https://LOGIN.example.com/tenant", jwks_uri }],
    [{ issuer: [issuer], jwks_uri }],
    [{ issuer, jwks_uri: "http://keys.example.com/jwks" }],
    [{ issuer, jwks_uri: "https://user:secret@keys.example.com/jwks" }],
    [{ issuer, jwks_uri: "file:///etc/passwd" }],
    [{ issuer, jwks_uri: "/jwks" }],
    [{ issuer, jwks_uri: [jwks_uri] }],
  ])("refuses %j", (document) => {
    expect(() => readDiscovery(document, issuer, false)).toThrow();
  });
});
