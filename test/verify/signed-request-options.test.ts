import { describe, expect, it } from "vitest";
import { canonicalPaths, singleEncodedPaths } from "../../src/sigv4/canonical-path.ts";
import { readSignedRequestOptions, type SignedRequestOptions } from "../../src/verify/signed-request-options.ts";
import { sessionsOf, toAuthRequest } from "../signed/gate.ts";
import { sign } from "../signed/reference-signer.ts";

const sessions = sessionsOf();

describe("readSignedRequestOptions", () => {
  it("has defaults for all but the sessions", () => {
    expect(readSignedRequestOptions({ sessions })).toMatchObject({
      bodyLimitBytes: 1_048_576,
      bodyReaders: 256,
      replayProtection: "off",
      rules: {
        region: "eu-west-1",
        service: "api.example.com",
        hosts: new Set(["api.example.com"]),
        basePath: "",
        requireContentType: false,
        unsignedHeaders: new Set(),
        hostOf: undefined,
        canonicalPaths,
        unsignedPayload: undefined,
        presignedSeconds: 0,
      },
    });
  });

  it("takes every option that loosens or tightens what is accepted", () => {
    const unsignedPayload = () => true;
    const options = { sessions, unsignedPayload, presignedUrls: { maxSeconds: 60 }, pathEncoding: "single" } as const;
    for (const replayProtection of ["off", "unsafe-methods", "all"] as const) {
      expect(readSignedRequestOptions({ ...options, replayProtection })).toMatchObject({
        replayProtection,
        rules: { unsignedPayload, presignedSeconds: 60, canonicalPaths: singleEncodedPaths },
      });
    }
    expect(readSignedRequestOptions({ sessions, pathEncoding: "double" }).rules.canonicalPaths).toBe(canonicalPaths);
  });

  it("takes a signed host out of the hosts in any case, or a forwarded one", () => {
    const hosts = ["api.example.com", "www.example.com:8443"];
    const request = { ...toAuthRequest(sign()), forwardedHost: "www.example.com" };
    const hostOf = (options: Partial<SignedRequestOptions>) =>
      readSignedRequestOptions({ sessions, hosts, ...options }).rules.hostOf?.(request);
    expect(hostOf({ signedHost: "WWW.example.com:8443" })).toBe("WWW.example.com:8443");
    expect(hostOf({ signedHost: "api.example.com", forwardedHost: false })).toBe("api.example.com");
    expect(hostOf({ forwardedHost: true })).toBe("www.example.com");
    expect(hostOf({})).toBeUndefined();
  });

  it("takes hosts in any case, with ports and addresses", () => {
    const { rules } = readSignedRequestOptions({
      sessions,
      hosts: ["API.example.com:8443", "127.0.0.1:3000", "[::1]:3000"],
    });
    expect(rules.hosts).toEqual(new Set(["api.example.com:8443", "127.0.0.1:3000", "[::1]:3000"]));
  });

  it.each<[string, unknown]>([
    ["signedRequest", undefined],
    ["signedRequest.session", { session: sessions }],
    ["signedRequest.bodylimitbytes", { sessions, bodylimitbytes: 1 }],
    ["signedRequest.sessions", {}],
    ["signedRequest.sessions", { sessions: null }],
    ["signedRequest.sessions", { sessions: {} }],
    ["signedRequest.hosts", { sessions: sessionsOf({ service: "sts" }) }],
    ["signedRequest.hosts", { sessions, hosts: [] }],
    ["signedRequest.hosts", { sessions, hosts: "api.example.com" }],
    ["signedRequest.hosts", { sessions, hosts: ["https://api.example.com"] }],
    ["signedRequest.hosts", { sessions, hosts: ["api.example.com", 1] }],
    ["signedRequest.hosts", { sessions, hosts: ["*.example.com"] }],
    ["signedRequest.basePath", { sessions, basePath: "prod" }],
    ["signedRequest.basePath", { sessions, basePath: "/prod/" }],
    ["signedRequest.basePath", { sessions, basePath: "/" }],
    ["signedRequest.basePath", { sessions, basePath: "/a/../b" }],
    ["signedRequest.basePath", { sessions, basePath: "/a%20b" }],
    ["signedRequest.basePath", { sessions, basePath: null }],
    ["signedRequest.bodyLimitBytes", { sessions, bodyLimitBytes: -1 }],
    ["signedRequest.bodyLimitBytes", { sessions, bodyLimitBytes: "1mb" }],
    ["signedRequest.bodyReaders", { sessions, bodyReaders: 0 }],
    ["signedRequest.bodyReaders", { sessions, bodyReaders: Number.POSITIVE_INFINITY }],
    ["signedRequest.requireContentType", { sessions, requireContentType: "yes" }],
    ["signedRequest.requireContentType", { sessions, requireContentType: undefined }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: "x-amz-cf-id" }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: ["X-Amz-Cf-Id"] }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: ["x-tenant"] }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: ["x-amz-date"] }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: ["x-amz-security-token"] }],
    ["signedRequest.unsignedHeaders", { sessions, unsignedHeaders: ["x-amz-content-sha256"] }],
    ["signedRequest.roles", { sessions, roles: null }],
    ["signedRequest.replayProtection", { sessions, replayProtection: undefined }],
    ["signedRequest.replayProtection", { sessions, replayProtection: null }],
    ["signedRequest.replayProtection", { sessions, replayProtection: true }],
    ["signedRequest.replayProtection", { sessions, replayProtection: "unsafe" }],
    ["signedRequest.presignedUrls", { sessions, presignedUrls: true }],
    ["signedRequest.presignedUrls", { sessions, presignedUrls: null }],
    ["signedRequest.presignedUrls.maxseconds", { sessions, presignedUrls: { maxseconds: 60 } }],
    ["signedRequest.presignedUrls.maxSeconds", { sessions, presignedUrls: {} }],
    ["signedRequest.presignedUrls.maxSeconds", { sessions, presignedUrls: { maxSeconds: 0 } }],
    ["signedRequest.presignedUrls.maxSeconds", { sessions, presignedUrls: { maxSeconds: 901 } }],
    ["signedRequest.presignedUrls.maxSeconds", { sessions, presignedUrls: { maxSeconds: "60" } }],
    ["signedRequest.unsignedPayload", { sessions, unsignedPayload: true }],
    ["signedRequest.unsignedPayload", { sessions, unsignedPayload: ["/upload"] }],
    ["signedRequest.signedHost", { sessions, signedHost: "www.example.com" }],
    ["signedRequest.signedHost", { sessions, signedHost: "" }],
    ["signedRequest.signedHost", { sessions, signedHost: null }],
    ["signedRequest.signedHost", { sessions, signedHost: "api.example.com", forwardedHost: true }],
    ["signedRequest.forwardedHost", { sessions, forwardedHost: "X-Forwarded-Host" }],
    ["signedRequest.forwardedHost", { sessions, signedHost: "api.example.com", forwardedHost: 1 }],
    ["signedRequest.pathEncoding", { sessions, pathEncoding: "once" }],
    ["signedRequest.pathEncoding", { sessions, pathEncoding: null }],
  ])("refuses a faulty %s: %j", (option, options) => {
    const read = () => readSignedRequestOptions(options as SignedRequestOptions);
    expect(read).toThrow(expect.objectContaining({ name: "ConfigurationError", option }));
  });

  it("lets longer names than those of the credentials be unsigned", () => {
    const { rules } = readSignedRequestOptions({ sessions, unsignedHeaders: ["x-amz-date-received"] });
    expect(rules.unsignedHeaders).toEqual(new Set(["x-amz-date-received"]));
  });
});
