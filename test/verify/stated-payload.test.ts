import { describe, expect, it, vi } from "vitest";
import type { AuthRequest } from "../../src/request.ts";
import { signedRequest } from "../../src/verify/signed-request.ts";
import type { SignedRequestOptions } from "../../src/verify/signed-request-options.ts";
import { type Received, sessionsOf, toAuthRequest, withMore } from "../signed/gate.ts";
import { sign } from "../signed/reference-signer.ts";

const unsigned = sign({ path: "/upload", body: "a", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });

function outcome(received: Received, unsignedPayload?: unknown): Promise<string> {
  const options = { sessions: sessionsOf(), ...(unsignedPayload !== undefined && { unsignedPayload }) };
  return signedRequest(options as SignedRequestOptions)
    .verify(toAuthRequest(received))
    .then(
      () => "verified",
      (error: { code?: string }) => String(error.code),
    );
}

describe("an unsigned payload", () => {
  it("is let in where the option says true of the request, and its body is not read", async () => {
    const seen: AuthRequest[] = [];
    const body = vi.fn(async () => new Uint8Array());
    const unsignedPayload = (request: AuthRequest) => {
      seen.push(request);
      return request.target === "/upload";
    };
    const gate = signedRequest({ sessions: sessionsOf(), unsignedPayload });
    const request = { ...toAuthRequest(unsigned), body };
    await gate.verify(request);
    expect(seen).toEqual([request]);
    expect(body).not.toHaveBeenCalled();
    const elsewhere = sign({ path: "/other", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    await expect(gate.verify(toAuthRequest(elsewhere))).rejects.toMatchObject({ code: "payload_not_signed" });
  });

  it("may have any body, and none at hand", async () => {
    for (const body of ["a", "b", "", undefined])
      expect(await outcome({ ...unsigned, body }, () => true)).toBe("verified");
  });

  it("takes no reader from others", async () => {
    const gate = signedRequest({ sessions: sessionsOf(), unsignedPayload: () => true, bodyReaders: 1 });
    let finish = () => {};
    const slow = gate.verify({
      ...toAuthRequest(sign()),
      body: () => new Promise((resolve) => (finish = () => resolve(new Uint8Array()))),
    });
    await gate.verify(toAuthRequest(unsigned));
    finish();
    await slow;
  });

  it.each<[string, unknown]>([
    ["is not set", undefined],
    ["says false", () => false],
    ["says nothing", () => undefined],
    ["says 1", () => 1],
    ['says "true"', () => "true"],
    ["promises true", async () => true],
    ["says so with an object", () => new Boolean(true)],
  ])("is refused where the option %s", async (_, unsignedPayload) => {
    expect(await outcome(unsigned, unsignedPayload)).toBe("payload_not_signed");
  });

  it("is refused as our own fault where the option throws", async () => {
    const cause = new Error("a bug");
    const gate = signedRequest({
      sessions: sessionsOf(),
      unsignedPayload() {
        throw cause;
      },
    });
    await expect(gate.verify(toAuthRequest(unsigned))).rejects.toMatchObject({
      code: "configuration_error",
      status: 500,
      cause,
    });
    expect(await gate.verify(toAuthRequest(sign()))).toMatchObject({ principal: { kind: "user" } });
  });

  it.each<[string, Received, string]>([
    [
      "is not signed",
      withMore(sign({ payload: "UNSIGNED-PAYLOAD" }), "x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
      "header_not_signed",
    ],
    ["is not stated, as Amplify leaves it", sign({ body: "a", payload: "UNSIGNED-PAYLOAD" }), "payload_not_signed"],
    [
      "is spelled in lower case",
      sign({ headers: { "x-amz-content-sha256": "unsigned-payload" } }),
      "malformed_credentials",
    ],
    ...["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"].map(
      (stated): [string, Received, string] => [
        `is ${stated}`,
        sign({ headers: { "x-amz-content-sha256": stated } }),
        "payload_not_signed",
      ],
    ),
    [
      "was signed over a hash",
      { ...sign({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }, payload: "0".repeat(64) }) },
      "invalid_signature",
    ],
  ])("is refused where it %s, whatever the option says", async (_, received, code) => {
    expect(await outcome(received, () => true)).toBe(code);
  });

  it("is not asked about by a request that signs its body", async () => {
    const unsignedPayload = vi.fn(() => true);
    expect(await outcome({ ...sign({ body: "a" }), body: "b" }, unsignedPayload)).toBe("invalid_signature");
    expect(unsignedPayload).not.toHaveBeenCalled();
  });
});
