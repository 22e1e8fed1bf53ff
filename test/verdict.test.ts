import { describe, expect, it, vi } from "vitest";
import { isPending, promised } from "../src/awaitable.ts";
import { AuthError } from "../src/errors.ts";
import { createPrincipal } from "../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import { parseTarget } from "../src/target.ts";
import { challengeOf, createVerification } from "../src/verdict.ts";
import type { Verifier } from "../src/verifier.ts";

const principal = createPrincipal({ kind: "user", id: "user:pool:1", issuer: "pool", verifiedBy: "test" });
const target = parseTarget("/");

function verifierWith(verify: Verifier["verify"]): Verifier {
  return {
    scheme: "Test",
    challenge: 'Test realm="r"',
    detects: ({ headers }) => headers.all("x-token").length > 0,
    verify,
  };
}

function requestWith(...headers: readonly string[]): AuthRequest {
  return { method: "GET", target: "/", wire: true, headers: new RequestHeaders(headers) };
}

describe("a verification", () => {
  it("is there at once where the verifier has nothing to wait for", () => {
    const verifyOnce = createVerification([verifierWith(() => promised(() => ({ principal })))]);
    expect(verifyOnce(requestWith("x-token", "good"), target)).toEqual({
      verified: { principal },
      scheme: 'Test realm="r"',
    });
  });

  it("is there at once for a caller without a credential", () => {
    const verify = vi.fn();
    const verdict = createVerification([verifierWith(verify)])(requestWith(), target);
    expect(verdict).toMatchObject({ verified: { principal: { kind: "anonymous" } } });
    expect(verify).not.toHaveBeenCalled();
  });

  it("waits for a verifier that promises", async () => {
    const verdict = createVerification([verifierWith(async () => ({ principal }))])(
      requestWith("x-token", "good"),
      target,
    );
    expect(isPending(verdict)).toBe(true);
    expect(await verdict).toMatchObject({ verified: { principal } });
  });

  it("gives what the verifier refuses with, and its challenge, and never throws", async () => {
    const fault = new AuthError("invalid_token");
    const rejecting = createVerification([verifierWith(() => Promise.reject(fault))]);
    const throwing = createVerification([
      verifierWith(() => {
        throw fault;
      }),
    ]);
    for (const verifyOnce of [rejecting, throwing]) {
      expect(await verifyOnce(requestWith("x-token", "bad"), target)).toMatchObject({
        error: { code: "invalid_token", challenge: expect.stringContaining('Test realm="r"') },
      });
    }
  });

  it.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["no principal", {}],
    ["a principal that is null", { principal: null }],
    ["a promise of a principal", { principal: Promise.resolve(principal) }],
    ["a principal of no kind", { principal: { id: "user:pool:1" } }],
  ])("refuses the caller of a verifier that gives %s, at once or later", async (_name, given) => {
    for (const verify of [() => promised(() => given), async () => given, () => given]) {
      const verdict = await createVerification([verifierWith(verify as Verifier["verify"])])(
        requestWith("x-token", "any"),
        target,
      );
      expect(verdict).toMatchObject({ error: { code: "configuration_error" } });
    }
  });

  it("happens once for one request object, whatever comes out of it", async () => {
    for (const outcome of [async () => ({ principal }), () => Promise.reject(new AuthError("invalid_token"))]) {
      const verify = vi.fn(outcome);
      const verifyOnce = createVerification([verifierWith(verify)]);
      const request = requestWith("x-token", "any");
      expect(await verifyOnce(request, target)).toBe(await verifyOnce(request, target));
      expect(verify).toHaveBeenCalledOnce();
    }
  });
});

describe("challengeOf", () => {
  it("is the scheme where the verifier says no more", () => {
    const { challenge: _, ...plain } = verifierWith(async () => ({ principal }));
    expect(challengeOf(plain)).toBe("Test");
  });
});
