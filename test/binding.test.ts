import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EnrollmentBinding, enrollmentLines, type RequestBinding, requestLines } from "../src/binding.ts";

const enrollment: EnrollmentBinding = {
  audience: "api.example.com",
  mode: "virtual",
  accessKeyId: "ASIAEXAMPLE000000001",
  region: "eu-west-1",
  service: "api.example.com",
  keyHash: "aa".repeat(32),
  expires: 1_800_000_000,
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
};

const request: RequestBinding = {
  audience: "api.example.com",
  method: "POST",
  target: "/articles?draft=1",
  contentType: "application/json",
  bodyHash: "bb".repeat(32),
  expires: 1_800_000_000,
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
};

/** Any two bindings that differ in a field, made of short texts so that they often look alike. */
function pairs<Binding extends object>(good: Binding) {
  const changes = fc.record(
    Object.fromEntries(
      Object.entries(good).map(([name, value]) => [
        name,
        typeof value === "number" ? fc.nat(20) : fc.constantFrom("", "1", "2", "12", "a"),
      ]),
    ),
  );
  return fc.tuple(changes, changes) as unknown as fc.Arbitrary<[Binding, Binding]>;
}

describe("enrollmentLines", () => {
  it("writes one field a line, and an empty last line without an ID token", () => {
    expect(enrollmentLines(enrollment)).toBe(
      "poolgate-enroll/v1\napi.example.com\nvirtual\nASIAEXAMPLE000000001\neu-west-1\napi.example.com\n" +
        `${"aa".repeat(32)}\n1800000000\nAAAAAAAAAAAAAAAAAAAAAA\n\n`,
    );
  });

  it("ends with the hash of the ID token where there is one", () => {
    expect(enrollmentLines({ ...enrollment, idTokenHash: "cc".repeat(32) })).toMatch(/\n(?:cc){32}\n$/);
  });

  it.each(["audience", "mode", "accessKeyId", "region", "service", "keyHash", "nonce", "idTokenHash"] as const)(
    "throws where %s holds a line break",
    (field) => {
      for (const value of ["a\nb", "a\rb", "\n", "b\r\n"]) {
        expect(() => enrollmentLines({ ...enrollment, [field]: value })).toThrow(TypeError);
      }
    },
  );

  it("gives two bindings the same lines only where they are the same", () => {
    fc.assert(
      fc.property(pairs({ ...enrollment, idTokenHash: "" }), ([one, other]) => {
        expect(enrollmentLines(one) === enrollmentLines(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

describe("requestLines", () => {
  it("writes one field a line", () => {
    expect(requestLines(request)).toBe(
      "poolgate-request/v1\napi.example.com\nPOST\n/articles?draft=1\napplication/json\n" +
        `${"bb".repeat(32)}\n1800000000\nAAAAAAAAAAAAAAAAAAAAAA\n`,
    );
  });

  it.each(["audience", "method", "target", "contentType", "bodyHash", "nonce"] as const)(
    "throws where %s holds a line break",
    (field) => {
      for (const value of ["a\nb", "a\rb", "\n", "b\r\n"]) {
        expect(() => requestLines({ ...request, [field]: value })).toThrow(TypeError);
      }
    },
  );

  it("gives two bindings the same lines only where they are the same", () => {
    fc.assert(
      fc.property(pairs(request), ([one, other]) => {
        expect(requestLines(one) === requestLines(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
