import { describe, expect, it } from "vitest";
import { bareToken, hasSignatureQuery, presentedCredential, selectVerifier } from "../src/credentials.ts";
import { AuthError } from "../src/errors.ts";
import { anonymous } from "../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../src/request.ts";
import { parseTarget } from "../src/target.ts";
import type { Verifier } from "../src/verifier.ts";

const request = (headers: readonly string[], target = "/"): AuthRequest => ({
  method: "GET",
  target,
  wire: true,
  headers: new RequestHeaders(headers),
});

const verifier = (scheme: string, detects: boolean, replaces?: Verifier["replaces"]): Verifier => ({
  scheme,
  detects: () => detects,
  verify: async () => ({ principal: anonymous }),
  ...(replaces !== undefined && { replaces }),
});

const present = (headers: readonly string[], target?: string) => {
  const candidate = request(headers, target);
  return presentedCredential(candidate, parseTarget(candidate.target));
};

describe("hasSignatureQuery", () => {
  it.each([
    "X-Amz-Signature=0",
    "x-amz-algorithm=a",
    "a=1&X-AMZ-SIGNATURE",
    "X%2DAmz-Signature=1",
    "%58-amz-%73ignature=1",
  ])("finds the signature in %s", (query) => {
    expect(hasSignatureQuery(parseTarget(`/?${query}`))).toBe(true);
  });

  it.each(["", "a=X-Amz-Signature", "X-Amz-Date=1", "X-Amz-Signature-Version=4", "%ff=1", "a%20b=1"])(
    "finds none in %j",
    (query) => {
      expect(hasSignatureQuery(parseTarget(`/?${query}`))).toBe(false);
    },
  );

  it("finds none where there is no query", () => {
    expect(hasSignatureQuery(parseTarget("/"))).toBe(false);
  });
});

describe("presentedCredential", () => {
  it("names the scheme in lower case", () => {
    expect(present(["Authorization", "Bearer x"])).toBe("bearer");
    expect(present(["Authorization", "BEARER\tx"])).toBe("bearer");
    expect(present(["Authorization", "Basic"])).toBe("basic");
    expect(present(["Authorization", ""])).toBe("");
  });

  it("tells a token without a scheme from a scheme", () => {
    expect(present(["Authorization", "eyJhbGciOiJSUzI1NiJ9.e30.AA"])).toBe(bareToken);
    expect(present(["Authorization", "eyJhbGciOiJSUzI1NiJ9.e30.AA x"])).toBe("eyjhbgcioijsuzi1nij9.e30.aa");
    expect(present(["Authorization", "EYJ"])).toBe("eyj");
  });

  it("is undefined where the request shows none", () => {
    expect(present(["accept", "*/*"])).toBeUndefined();
  });

  it.each([
    ["two Authorization headers", ["authorization", "Bearer a", "Authorization", "Bearer b"], "/"],
    ["a header and a presigned query", ["authorization", "Bearer a"], "/?X-Amz-Signature=1"],
  ])("refuses %s", (_name, headers, target) => {
    expect(() => present(headers, target)).toThrow(new AuthError("ambiguous_credentials"));
  });
});

describe("selectVerifier", () => {
  const choose = (verifiers: readonly Verifier[], headers: readonly string[], target = "/") => {
    const candidate = request(headers, target);
    return selectVerifier(verifiers, candidate, presentedCredential(candidate, parseTarget(candidate.target)));
  };

  it("chooses nobody for a request without a credential", () => {
    expect(choose([verifier("Bearer", false)], [])).toBeUndefined();
  });

  it("chooses the verifier whose scheme it is, in any case", () => {
    const bearer = verifier("Bearer", true);
    expect(choose([verifier("Other", false), bearer], ["authorization", "bEARER x"])).toBe(bearer);
  });

  it("chooses a verifier that finds its credential elsewhere", () => {
    const apiKey = verifier("ApiKey", true);
    expect(choose([apiKey], ["x-api-key", "k"])).toBe(apiKey);
  });

  it.each([
    ["an Authorization header of an unknown scheme", ["authorization", "Basic eDp5"], "/"],
    ["an empty Authorization header", ["authorization", ""], "/"],
    ["a presigned query", [], "/?x-amz-signature=1"],
  ])("refuses %s that nobody claims, and never calls it anonymous", (_name, headers, target) => {
    expect(() => choose([verifier("Bearer", false)], headers, target)).toThrow(new AuthError("unsupported_scheme"));
  });

  it("refuses two kinds of credential", () => {
    expect(() => choose([verifier("Bearer", true), verifier("ApiKey", true)], ["authorization", "Bearer x"])).toThrow(
      new AuthError("ambiguous_credentials"),
    );
  });

  it("refuses a claimed credential beside an Authorization header that is not its own", () => {
    expect(() => choose([verifier("ApiKey", true)], ["authorization", "Basic eDp5", "x-api-key", "k"])).toThrow(
      new AuthError("ambiguous_credentials"),
    );
  });

  it("refuses a claimed credential beside a presigned query that is not its own", () => {
    expect(() => choose([verifier("ApiKey", true)], ["x-api-key", "k"], "/?X-Amz-Signature=1")).toThrow(
      new AuthError("ambiguous_credentials"),
    );
  });

  it("gives a presigned query to the verifier of signatures", () => {
    const signed = verifier("AWS4-HMAC-SHA256", true);
    expect(choose([signed], [], "/?X-Amz-Signature=1")).toBe(signed);
  });

  it("lets a trusted gateway's verifier take the place of those it names", () => {
    const gateway = verifier("Gateway", true, ["bearer", "presigned"]);
    expect(choose([verifier("Bearer", true), gateway], ["authorization", "Bearer x"])).toBe(gateway);
    expect(choose([gateway], ["authorization", "Bearer x"])).toBe(gateway);
    expect(choose([gateway], [], "/?X-Amz-Signature=1")).toBe(gateway);
  });

  it("lets it take their place in the requests alone of which it says so", () => {
    const gateway = verifier("Gateway", true, ({ headers }) => (headers.get("x-checked") === "yes" ? ["Bearer"] : []));
    const bearer = ["authorization", "Bearer x"];
    expect(choose([verifier("Bearer", true), gateway], [...bearer, "x-checked", "yes"])).toBe(gateway);
    expect(() => choose([verifier("Bearer", true), gateway], bearer)).toThrow(new AuthError("ambiguous_credentials"));
    expect(() => choose([gateway], bearer)).toThrow(new AuthError("ambiguous_credentials"));
  });

  it("does not let it take the place of any other", () => {
    const gateway = verifier("Gateway", true, ["Bearer"]);
    expect(() => choose([verifier("ApiKey", true), gateway], ["x-api-key", "k"])).toThrow(
      new AuthError("ambiguous_credentials"),
    );
  });
});
