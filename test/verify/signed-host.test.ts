import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { equal, header } from "../../src/policy/combinators.ts";
import type { Verifier } from "../../src/verifier.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import { type Received, sessionsOf, toAuthRequest, withHeader, withMore } from "../signed/gate.ts";
import { presign } from "../signed/reference-presigner.ts";
import { sign } from "../signed/reference-signer.ts";

const sessions = sessionsOf();
const configured = signedRequest({ sessions, signedHost: "api.example.com" });
const forwarded = signedRequest({ sessions, forwardedHost: true, hosts: ["api.example.com", "www.example.com:8443"] });

/** A request as a proxy passes it on, with its own name as Host, and perhaps with what an adapter found out of the first. */
const judge = (verifier: Verifier, received: Received, forwardedHost?: string) =>
  verifier.verify({ ...toAuthRequest(received), ...(forwardedHost !== undefined && { forwardedHost }) });
const outcome = (verifier: Verifier, received: Received, forwardedHost?: string): Promise<string> =>
  judge(verifier, received, forwardedHost).then(
    () => "verified",
    (error: { code?: string }) => String(error.code),
  );
const behindProxy = (received: Received) => withHeader(received, "host", "10.0.0.7:3000");

describe("a configured signed host", () => {
  it("takes the place of the Host that arrives", async () => {
    expect(await outcome(configured, behindProxy(sign()))).toBe("verified");
    expect(await outcome(configured, behindProxy(presign()))).toBe("presigned_not_accepted");
    const presigning = signedRequest({ sessions, signedHost: "api.example.com", presignedUrls: { maxSeconds: 900 } });
    expect(await outcome(presigning, behindProxy(presign()))).toBe("verified");
  });

  it("is signed in the letters in which it is configured", async () => {
    const capitals = signedRequest({ sessions, signedHost: "API.example.com" });
    expect(await outcome(capitals, behindProxy(sign({ host: "API.example.com" })))).toBe("verified");
    expect(await outcome(capitals, behindProxy(sign()))).toBe("invalid_signature");
  });

  it("lets no signature for another host pass, whatever arrives as Host", async () => {
    const other = sign({ host: "evil.example.com" });
    expect(await outcome(configured, other)).toBe("invalid_signature");
    expect(await outcome(configured, withHeader(other, "host", "api.example.com"))).toBe("invalid_signature");
    expect(await outcome(configured, behindProxy(other), "evil.example.com")).toBe("invalid_signature");
  });

  it("must be signed, and two of Host are refused", async () => {
    expect(await outcome(configured, behindProxy(sign({ leaveOut: ["host"] })))).toBe("header_not_signed");
    expect(await outcome(configured, withMore(sign(), "host", "api.example.com"))).toBe("duplicate_header");
  });
});

describe("a forwarded host", () => {
  it.each(["api.example.com", "www.example.com:8443"])("takes the place of the Host that arrives: %s", async (host) => {
    expect(await outcome(forwarded, behindProxy(sign({ host })), host)).toBe("verified");
  });

  it("is never guessed from the Host or from the header", async () => {
    const named = withMore(sign(), "x-forwarded-host", "api.example.com");
    expect(await outcome(forwarded, sign())).toBe("host_not_accepted");
    expect(await outcome(forwarded, named)).toBe("host_not_accepted");
    expect(await outcome(forwarded, behindProxy(named))).toBe("host_not_accepted");
    await expect(judge(forwarded, sign())).rejects.toThrow(/no trusted proxy forwards the host/);
  });

  it("must be one of the hosts, and the one that was signed", async () => {
    expect(await outcome(forwarded, sign({ host: "evil.example.com" }), "evil.example.com")).toBe("host_not_accepted");
    expect(await outcome(forwarded, sign(), "www.example.com:8443")).toBe("invalid_signature");
    expect(await outcome(forwarded, sign({ host: "www.example.com:8443" }), "www.example.com")).toBe(
      "host_not_accepted",
    );
  });

  it("is not looked at without the option", async () => {
    const plain = signedRequest({ sessions });
    expect(await outcome(plain, behindProxy(sign()), "api.example.com")).toBe("host_not_accepted");
    expect(await outcome(plain, sign(), "evil.example.com")).toBe("verified");
    expect(await outcome(signedRequest({ sessions, forwardedHost: false }), sign())).toBe("verified");
  });
});

describe("a rule that reads Host", () => {
  const decide = async (verifier: Verifier, received: Received, rule: string) => {
    const decision = await createAuthorizer({ verifiers: [verifier] }).authorize(toAuthRequest(received), {
      rule: equal(header("host"), rule),
    });
    return decision.allowed ? "allowed" : decision.error.code;
  };

  it("is not given what a proxy put into its place as something that the caller signed", async () => {
    expect(await decide(configured, behindProxy(sign()), "10.0.0.7:3000")).toBe("header_not_signed");
    expect(await decide(configured, sign(), "api.example.com")).toBe("allowed");
    expect((await judge(configured, behindProxy(sign()))).signedHeaders).toEqual(
      new Set(["x-amz-date", "x-amz-security-token"]),
    );
  });
});
