import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { bearerChallenge } from "../../src/verify/bearer-challenge.ts";

const resourceMetadata = "https://api.example.com/.well-known/oauth-protected-resource/v1";

describe("the challenge of bearer", () => {
  it.each([
    [{}, 'Bearer realm="poolgate"'],
    [{ realm: "The (API), v1" }, 'Bearer realm="The (API), v1"'],
    [{ resourceMetadata }, `Bearer realm="poolgate", resource_metadata="${resourceMetadata}"`],
  ])("of %j is %s", (options, challenge) => {
    expect(bearerChallenge(options)).toBe(challenge);
  });

  it.each([
    "",
    "/.well-known/oauth-protected-resource",
    "http://api.example.com/",
    "javascript:alert(1)",
    "https://api.example.com",
    "https://ada:secret@api.example.com/",
    "https://ada@api.example.com/",
    "https://:secret@api.example.com/",
    "https://api.example.com/#document",
    'https://api.example.com/?"',
    "https://api.example.com/?\\",
    "https://api.example.com/\r\nset-cookie: a=b",
    1,
    null,
    new URL(resourceMetadata),
  ])("names no document at %j", (value) => {
    const make = () => bearerChallenge({ resourceMetadata: value as string });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/^bearer\.resourceMetadata: must be an https URL/);
  });
});
