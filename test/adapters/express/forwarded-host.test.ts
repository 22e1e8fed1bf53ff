import supertest from "supertest";
import { describe, expect, it } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { readTrustedProxies } from "../../../src/adapters/express/caller-address.ts";
import { forwardedHost } from "../../../src/adapters/express/forwarded-host.ts";
import { createAuthorizer } from "../../../src/authorizer.ts";
import { definePolicy } from "../../../src/policy/define-policy.ts";
import { frameworks } from "./frameworks.ts";
import { spoken } from "./spoken.ts";

const proxies = readTrustedProxies("x", ["10.0.0.0/8"]);

describe("the forwarded host", () => {
  it.each(["10.0.0.1", "::ffff:10.0.0.1"])("is what the trusted proxy %s writes", (peer) => {
    expect(forwardedHost(peer, ["api.example.com:8443"], proxies)).toBe("api.example.com:8443");
  });

  it.each<[string, string | undefined, string[]]>([
    ["the peer is not trusted", "192.0.2.1", ["api.example.com"]],
    ["the peer is unknown", undefined, ["api.example.com"]],
    ["the peer is no address", "proxy", ["api.example.com"]],
    ["the header is absent", "10.0.0.1", []],
    ["the header is empty", "10.0.0.1", [""]],
    ["the header occurs twice", "10.0.0.1", ["api.example.com", "api.example.com"]],
    ["the header is a list", "10.0.0.1", ["evil.example.com, api.example.com"]],
    ["the header ends in a comma", "10.0.0.1", ["api.example.com,"]],
  ])("is not known where %s", (_, peer, values) => {
    expect(forwardedHost(peer, values, proxies)).toBeUndefined();
  });
});

describe.each(frameworks)("the forwarded host, in %s", (_, express) => {
  it.each<[string, readonly string[] | undefined, string | undefined]>([
    ["a trusted proxy", ["127.0.0.0/8"], "api.example.com"],
    ["another peer", ["10.0.0.0/8"], undefined],
    ["anybody, where none is trusted", undefined, undefined],
  ])("is taken from %s as %s: %s", async (_name, trustedProxies, host) => {
    const verifier = spoken();
    const policy = definePolicy({ routes: { "* /**": "authenticated" } });
    const app = express();
    app.set("trust proxy", true);
    app.use(
      authorize(
        createAuthorizer({ verifiers: [verifier], policy }),
        trustedProxies === undefined ? {} : { trustedProxies },
      ),
    );
    await supertest(app).get("/").set("authorization", "Spoken alice").set("x-forwarded-host", "api.example.com");
    expect(verifier.asked.map((request) => request.forwardedHost)).toEqual([host]);
  });
});
