import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import { describe, expect, it } from "vitest";
import type { Verifier } from "../../src/verifier.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { credentials, now, type Received, sessionsOf, toAuthRequest } from "../signed/gate.ts";
import { NodeSha256 } from "../signed/node-sha256.ts";
import { sign } from "../signed/reference-signer.ts";
import { signSinglePath } from "../signed/single-path-signer.ts";

const sessions = sessionsOf();
const double = signedRequest({ sessions, pathEncoding: "double" });
const single = signedRequest({ sessions, pathEncoding: "single" });
const outcome = (received: Received, verifier: Verifier): Promise<string> =>
  verifier.verify(toAuthRequest(received)).then(
    () => "verified",
    (error: { code?: string }) => String(error.code),
  );

const escaped = ["/a%20b", "/caf%C3%A9", "/a%2Bb", "/a%25b", "/a%2520b", "/%C3%A9/"];
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const reserved = ["/a!b'()*", "/a+b", "/a;b=c,d@e:f$g&h"];

describe("paths of unreserved characters", () => {
  it.each(["/", "/articles", "/articles/a-b_c.d~e/"])("verify either way: %s", async (path) => {
    for (const gate of [double, single]) {
      expect(await outcome(sign({ method: "GET", path }), gate)).toBe("verified");
      expect(await outcome(signSinglePath(path, "wire"), gate)).toBe("verified");
    }
  });
});

describe.each(escaped)("the path %s", (path) => {
  it.each(["wire", "strict"] as const)(
    "signed once encoded, in the form %s, verifies in the mode single alone",
    async (form) => {
      const request = signSinglePath(path, form);
      expect(await outcome(request, single)).toBe("verified");
      expect(await outcome(request, double)).toBe("invalid_signature");
      expect(await outcome(request, signedRequest({ sessions }))).toBe("invalid_signature");
    },
  );

  it("signed twice encoded verifies in the mode double alone", async () => {
    const request = sign({ path });
    expect(await outcome(request, double)).toBe("verified");
    expect(await outcome(request, single)).toBe("invalid_signature");
  });

  it("signed for a mode is refused there on the path with more escapes or fewer", async () => {
    const others = [path.replaceAll("%", "%25"), decodeURIComponent(path).replaceAll(/[^\w/]/g, "_")];
    for (const target of others) {
      expect(await outcome({ ...signSinglePath(path, "wire"), target }, single)).toBe("invalid_signature");
      expect(await outcome({ ...signSinglePath(path, "strict"), target }, single)).toBe("invalid_signature");
      expect(await outcome({ ...sign({ path }), target }, double)).toBe("invalid_signature");
    }
  });
});

describe.each(reserved)("the path %s", (path) => {
  it("has one strict form in both modes, and verifies as it stands in the mode single", async () => {
    expect(await outcome(signSinglePath(path, "wire"), single)).toBe("verified");
    expect(await outcome(signSinglePath(path, "strict"), single)).toBe("verified");
    expect(await outcome(sign({ method: "GET", path }), double)).toBe("verified");
  });
});

describe("the mode single", () => {
  it("lets a path pass in other escapes where its specified form was signed, and refuses another path", async () => {
    const request = signSinglePath("/caf%C3%A9!", "strict");
    for (const target of ["/caf%C3%A9!", "/caf%c3%a9!", "/caf%C3%A9%21"]) {
      expect(await outcome({ ...request, target }, single)).toBe("verified");
    }
    for (const target of ["/caf%C3%A8!", "/cafe!", "/caf%25C3%25A9!", "/CAF%C3%A9!"]) {
      expect(await outcome({ ...request, target }, single)).toBe("invalid_signature");
    }
  });

  it("never takes a plus sign for a space", async () => {
    for (const form of ["wire", "strict"] as const) {
      expect(await outcome({ ...signSinglePath("/a%20b", form), target: "/a+b" }, single)).toBe("invalid_signature");
      expect(await outcome({ ...signSinglePath("/a+b", form), target: "/a%20b" }, single)).toBe("invalid_signature");
    }
  });

  it("refuses an escaped slash as everywhere", async () => {
    expect(await outcome(signSinglePath("/a%2Fb", "wire"), single)).toBe("target_not_canonical");
  });

  it("puts the base path ahead", async () => {
    const staged = signedRequest({ sessions, pathEncoding: "single", basePath: "/prod" });
    expect(await outcome(signSinglePath("/a%20b", "wire", "/prod"), staged)).toBe("verified");
    expect(await outcome(signSinglePath("/a%20b", "wire"), staged)).toBe("invalid_signature");
  });

  it.each([...escaped, ...reserved])(
    "verifies what @smithy/signature-v4 signs of %s where it is told not to escape",
    async (path) => {
      const signer = new SignatureV4({
        ...{ credentials, service: "api.example.com", region: "eu-west-1", sha256: NodeSha256 },
        uriEscapePath: false,
      });
      const { headers } = await signer.sign(
        { method: "GET", protocol: "https:", hostname: "api.example.com", path, headers: { host: "api.example.com" } },
        { signingDate: now },
      );
      expect(await outcome({ method: "GET", target: path, headers: Object.entries(headers), body: "" }, single)).toBe(
        "verified",
      );
    },
  );

  // aws4 takes the plus sign in the path of S3 for a space, as nobody who routes does.
  it.each<readonly [string, string]>([
    ...[...escaped, "/a!b'()*", "/a;b=c,d@e:f$g&h"].map((path) => [path, "verified"] as const),
    ["/a+b", "invalid_signature"],
  ])("of what aws4 signs of %s for S3, at a gate of that name, says %s", async (path, expected) => {
    const host = "api.example.com";
    const signed = aws4.sign(
      {
        ...{ host, path, service: "s3", region: "eu-west-1" },
        headers: { "X-Amz-Date": "20260304T050607Z", "X-Amz-Content-Sha256": emptySha256 },
      },
      credentials,
    );
    const s3 = signedRequest({ sessions: sessionsOf({ service: "s3" }), hosts: [host], pathEncoding: "single" });
    const headers = Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
    expect(await outcome({ method: "GET", target: path, headers, body: "" }, s3)).toBe(expected);
  });
});
