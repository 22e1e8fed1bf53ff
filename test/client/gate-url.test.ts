import { describe, expect, it } from "vitest";
import { endpointOf, readGateUrl } from "../../src/client/gate-url.ts";

describe("the URL of a gate", () => {
  it.each(["https://api.example.com", "http://127.0.0.1:8080/stage", "http://localhost:3000/", "http://[::1]:1"])(
    "may be %s",
    (url) => {
      expect(readGateUrl("enroll.url", url).href).toBe(new URL(url).href);
      expect(readGateUrl("enroll.url", new URL(url)).href).toBe(new URL(url).href);
    },
  );

  it.each([
    [undefined, "enroll.url: is required, such as https://api.example.com"],
    ["/articles", "enroll.url: must be a URL such as https://api.example.com"],
    [7, "enroll.url: must be a URL such as https://api.example.com"],
    ["http://api.example.com", "enroll.url: must begin with https:"],
    ["http://127.0.0.1.example.com", "enroll.url: must begin with https:"],
    ["ftp://127.0.0.1", "enroll.url: must begin with https:"],
    ["https://ada@api.example.com", "enroll.url: must hold no user name, password, query or fragment"],
    ["https://api.example.com/?stage=1", "enroll.url: must hold no user name, password, query or fragment"],
  ])("may not be %j", (url, message) => {
    expect(() => readGateUrl("enroll.url", url)).toThrow(message);
  });
});

describe("an endpoint of a gate", () => {
  it.each([
    ["https://api.example.com", "https://api.example.com/.well-known/x"],
    ["https://api.example.com/", "https://api.example.com/.well-known/x"],
    ["https://api.example.com/prod", "https://api.example.com/prod/.well-known/x"],
    ["https://api.example.com/prod/", "https://api.example.com/prod/.well-known/x"],
  ])("of %s is %s", (gate, endpoint) => {
    expect(endpointOf("enroll.path", new URL(gate), "/.well-known/x").href).toBe(endpoint);
  });

  it.each(["//evil.example.com/x", "/\\evil.example.com/x", "https://evil.example.com/x", "enroll", "", "/x?y=1"])(
    "does not lead elsewhere by the path %j",
    (path) => {
      expect(() => endpointOf("enroll.path", new URL("https://api.example.com"), path)).toThrow("must be a path");
    },
  );
});
