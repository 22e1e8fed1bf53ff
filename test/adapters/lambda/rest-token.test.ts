import { describe, expect, it } from "vitest";
import { readRestToken } from "../../../src/adapters/lambda/rest-token.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { restTokenEvent } from "./events.ts";

const proof: Verifier = {
  scheme: "Poolgate-Request",
  perRequest: true,
  detects: () => false,
  verify: () => Promise.reject(new Error("not reached")),
};
const bearer: Verifier = { scheme: "Bearer", detects: () => false, verify: proof.verify };

describe("readRestToken", () => {
  it("takes method and path from the ARN, and the token for the only header", () => {
    const request = readRestToken(restTokenEvent({ method: "POST", path: "/a b/c" }), {
      verifiers: [bearer],
    }).toRequest();
    expect(request).toMatchObject({ method: "POST", target: "/a%20b/c", wire: false });
    expect(Object.keys(request)).not.toContain("body");
    expect([...request.headers.names()]).toEqual(["authorization"]);
    expect(request.headers.get("authorization")).toBe("Bearer editor");
  });

  it.each([
    "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/eu-west-1/api.example.com/aws4_request, SignedHeaders=host, Signature=00",
    "aws4-hmac-sha256 Credential=x",
    "AWS4-ECDSA-P256-SHA256 Credential=x",
    "  AWS4-HMAC-SHA256 Credential=x",
    "AWS4-HMAC-SHA256",
    "Poolgate-Request eyJ2IjoxfQ",
    "poolgate-request\teyJ2IjoxfQ",
  ])("refuses %j with 401, since a token cannot be checked for a signature", (token) => {
    const question = readRestToken(restTokenEvent({ token }), { verifiers: [bearer, proof] });
    expect(() => question.toRequest()).toThrow(expect.objectContaining({ code: "unsupported_scheme", status: 401 }));
  });

  it("tells a signature from a verifier that reads more of a request than one header", () => {
    const cookies: Verifier = { ...bearer, perRequest: true };
    const reasonOf = (token: string) => () =>
      readRestToken(restTokenEvent({ token }), { verifiers: [cookies] }).toRequest();
    expect(reasonOf("AWS4-HMAC-SHA256 Credential=x")).toThrow(
      "(a TOKEN authorizer sees too little of a request to verify a signature; make it a REQUEST authorizer)",
    );
    expect(reasonOf("Bearer editor")).toThrow(
      "(a TOKEN authorizer sees one header, and the verifier of this scheme reads more of a request; make it a REQUEST authorizer)",
    );
  });

  it.each(["/files/*", "/files/a?b", "/files/$a", "/files/a%20b"])("makes no request of the path %s", (path) => {
    expect(() => readRestToken(restTokenEvent({ path }), { verifiers: [bearer] }).toRequest()).toThrow(
      expect.objectContaining({ code: "target_not_canonical" }),
    );
  });

  it("leaves a scheme that is no signature to the verifiers", () => {
    expect(
      readRestToken(restTokenEvent({ token: "Poolgate-Request x" }), { verifiers: [bearer] }).toRequest().wire,
    ).toBe(false);
    expect(
      readRestToken(restTokenEvent({ token: "" }), { verifiers: [proof] })
        .toRequest()
        .headers.get("authorization"),
    ).toBe("");
  });

  it.each([
    undefined,
    null,
    "TOKEN",
    [],
    {},
    { type: "REQUEST" },
    { ...restTokenEvent(), type: "REQUEST" },
    { ...restTokenEvent(), authorizationToken: undefined },
    { ...restTokenEvent(), authorizationToken: null },
    { ...restTokenEvent(), authorizationToken: ["Bearer editor"] },
    { ...restTokenEvent(), methodArn: undefined },
    { ...restTokenEvent(), methodArn: "*" },
    { ...restTokenEvent(), methodArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/*/GET/articles" },
    Object.create(restTokenEvent()) as object,
  ])("refuses %j as an event of another format, which is no fault of the caller", (event) => {
    expect(() => readRestToken(event, { verifiers: [bearer] })).toThrow(
      expect.objectContaining({ code: "configuration_error", status: 500 }),
    );
  });
});
