import { describe, expect, it } from "vitest";
import { signedContentSha256 } from "../../../src/adapters/lambda/signed-content.ts";
import { RequestHeaders } from "../../../src/request.ts";

const helloSha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function hashOf(...raw: string[]): string | undefined {
  return signedContentSha256({ method: "GET", target: "/", wire: false, headers: new RequestHeaders(raw) });
}

it("is the hash that a signed request states", () => {
  expect(hashOf("Authorization", "AWS4-HMAC-SHA256 x", "X-Amz-Content-Sha256", helloSha256)).toBe(helloSha256);
});

it("is that of no body where a signed request states none", () => {
  expect(hashOf("Authorization", "AWS4-HMAC-SHA256 x")).toBe(emptySha256);
});

it.each([[], ["Authorization", "Bearer editor"]])("is unknown for a request that is not signed: %j", (...raw) => {
  expect(hashOf(...raw)).toBeUndefined();
  expect(hashOf(...raw, "X-Amz-Content-Sha256", helloSha256)).toBeUndefined();
});

describe("of a presigned URL", () => {
  const of = (query: string, ...raw: string[]) =>
    signedContentSha256({ method: "GET", target: `/a?${query}`, wire: false, headers: new RequestHeaders(raw) });

  it("is that of no body where it states none, so that none can be put under it", () => {
    expect(of("X-Amz-Signature=0")).toBe(emptySha256);
    expect(of("x%2Damz-algorithm=AWS4-HMAC-SHA256&a=%FF")).toBe(emptySha256);
  });

  it("is what the query states, in any spelling, or the header", () => {
    expect(of(`X-Amz-Signature=0&X-Amz-Content-Sha256=${helloSha256}`)).toBe(helloSha256);
    expect(of(`x%2Damz-content-sha256=${helloSha256}&X-Amz-Signature=0`)).toBe(helloSha256);
    expect(of("X-Amz-Signature=0", "X-Amz-Content-Sha256", helloSha256)).toBe(helloSha256);
  });

  it("is not looked for in the query of another request", () => {
    const query = `X-Amz-Content-Sha256=${helloSha256}`;
    expect(of(query)).toBeUndefined();
    expect(of(query, "Authorization", "AWS4-HMAC-SHA256 x")).toBe(emptySha256);
  });
});

it("is unknown where the body may go unsigned, so that the function behind takes any", () => {
  expect(hashOf("Authorization", "AWS4-HMAC-SHA256 x", "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")).toBeUndefined();
});

it("is that of no body for a request with a proof, whatever hash a header states", () => {
  for (const scheme of ["Poolgate-Request", "poolgate-request"]) {
    expect(hashOf("Authorization", `${scheme} e30`)).toBe(emptySha256);
    expect(hashOf("Authorization", `${scheme} e30`, "X-Amz-Content-Sha256", helloSha256)).toBe(emptySha256);
  }
  expect(hashOf("Authorization", "Poolgate-Requests e30")).toBeUndefined();
});
