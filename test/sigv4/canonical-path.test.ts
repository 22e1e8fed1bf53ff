import { SignatureV4 as OldSignatureV4 } from "@aws-sdk/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPaths, isUnreservedPath, singleEncodedPaths } from "../../src/sigv4/canonical-path.ts";
import { NodeSha256 } from "../signed/node-sha256.ts";

describe("canonicalPaths", () => {
  it.each([
    ["/", ["/"]],
    ["/articles/a-b_c.d~e", ["/articles/a-b_c.d~e"]],
    ["/articles/", ["/articles/"]],
    ["/a%20b", ["/a%2520b"]],
    ["/caf%C3%A9", ["/caf%25C3%25A9"]],
    ["/caf%c3%a9", ["/caf%25c3%25a9"]],
    ["/a+b;c=d", ["/a%2Bb%3Bc%3Dd"]],
    ["/a!b'()*", ["/a%21b%27%28%29%2A", "/a!b'()*"]],
    ["/a!%21", ["/a%21%2521", "/a!%2521"]],
  ])("of %s are %j", (path, canonical) => {
    expect(canonicalPaths(path)).toEqual(canonical);
  });

  it("are never shared by two paths", () => {
    const piece = fc.constantFrom(
      "a",
      "/",
      "!",
      "%21",
      "%2521",
      "'",
      "%27",
      "(",
      ")",
      "*",
      "%2A",
      "%2a",
      "%25",
      "%252A",
      "+",
      "%20",
    );
    const path = fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(fc.array(path, { minLength: 50, maxLength: 100 }), (paths) => {
        const owners = new Map<string, string>();
        for (const one of paths) {
          for (const canonical of canonicalPaths(one)) {
            expect(owners.get(canonical) ?? one).toBe(one);
            owners.set(canonical, one);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("hold the one that @aws-sdk/signature-v4 signs", () => {
    const signer = new OldSignatureV4({
      credentials: { accessKeyId: "", secretAccessKey: "" },
      service: "",
      region: "",
      sha256: NodeSha256,
    });
    const character = fc.constantFrom(..."abc!'()*+,;=:@&$-._~", "%20", "%C3%A9", "%2A");
    fc.assert(
      fc.property(fc.array(character, { minLength: 1, maxLength: 20 }), (characters) => {
        const path = `/a${characters.join("")}`;
        // It is there at run time, though its type calls it private.
        const theirs = Reflect.get(signer, "getCanonicalPath").call(signer, { path });
        expect(canonicalPaths(path)).toContain(theirs);
      }),
    );
  });
});

describe("singleEncodedPaths", () => {
  it.each([
    ["/", ["/"]],
    ["/articles/a-b_c.d~e", ["/articles/a-b_c.d~e"]],
    ["/a%20b", ["/a%20b"]],
    ["/caf%c3%a9", ["/caf%c3%a9", "/caf%C3%A9"]],
    ["/a+b;c=d/", ["/a+b;c=d/", "/a%2Bb%3Bc%3Dd/"]],
    ["/a!b'()*", ["/a!b'()*", "/a%21b%27%28%29%2A"]],
    ["/a%2520b", ["/a%2520b"]],
    ["/a%25", ["/a%25"]],
  ])("of %s are %j", (path, canonical) => {
    expect(singleEncodedPaths(path)).toEqual(canonical);
  });

  it("are never shared by two paths that differ when decoded", () => {
    const pieces = ["a", "/", "!", "%21", "%2521", "*", "%2A", "%2a", "%25", "%252A", "+", "%2B", "%20", "%2520"];
    const path = fc
      .array(fc.constantFrom(...pieces, "%C3%A9", "%c3%a9", "%25C3%25A9"), { maxLength: 5 })
      .map((some) => `/${some.join("")}`);
    let shared = 0;
    fc.assert(
      fc.property(fc.array(path, { minLength: 50, maxLength: 100 }), (paths) => {
        const owners = new Map<string, string>();
        for (const one of paths) {
          const decoded = decodeURIComponent(one);
          for (const canonical of singleEncodedPaths(one)) {
            const owner = owners.get(canonical);
            if (owner !== undefined && owner !== one) shared += 1;
            expect(decodeURIComponent(owner ?? one)).toBe(decoded);
            owners.set(canonical, one);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(shared).toBeGreaterThan(0);
  });

  it("leave the path its slashes", () => {
    const path = fc.array(fc.constantFrom("a", "/", "%20", "%252F", "!"), { maxLength: 8 });
    fc.assert(
      fc.property(path, (pieces) => {
        const one = `/${pieces.join("")}`;
        for (const canonical of singleEncodedPaths(one)) {
          expect(canonical.split("/").map(decodeURIComponent)).toEqual(one.split("/").map(decodeURIComponent));
        }
      }),
    );
  });
});

describe("isUnreservedPath", () => {
  it.each([
    ["/a-b_c.d~e/0", true],
    ["/", true],
    ["/a%20b", false],
    ["/a!b", false],
    ["/a+b", false],
    ["/a:b", false],
  ])("of %s is %s", (path, unreserved) => {
    expect(isUnreservedPath(path)).toBe(unreserved);
  });
});
