import { getCanonicalHeaders, SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPaths } from "../../src/sigv4/canonical-path.ts";
import { canonicalQuery } from "../../src/sigv4/canonical-query.ts";
import { parseTarget } from "../../src/target.ts";
import { credentials, type Received } from "../signed/gate.ts";
import { wantedRequests } from "../signed/generated-requests.ts";
import { NodeSha256 } from "../signed/node-sha256.ts";
import { ourSigning } from "../signed/our-signing.ts";
import { deviations } from "../signed/signer-deviations.ts";
import { queryBag, signers, type Wanted } from "../signed/signers.ts";

// What poolgate makes of a request, beside what the signers make of it, text by text: the signature alone would not tell where
// two of them differ. The requests and the deviations are those of the mutations; botocore is in test/system.

const service = "api.example.com";
const region = "eu-west-1";

/** The signer of the AWS SDK, with its canonical request let out. */
class OpenSignatureV4 extends SignatureV4 {
  canonicalOf(wanted: Wanted, { headers, target }: Received): string {
    const [path = "", query = ""] = target.split(/\?(.*)/s);
    const hash = headers.find(([name]) => name === "x-amz-content-sha256")?.[1] ?? "";
    const request = {
      ...{ method: wanted.method, protocol: "https:", hostname: service, path, query: queryBag(query).bag },
      headers: Object.fromEntries(headers),
    };
    return this.createCanonicalRequest(request, getCanonicalHeaders(request), hash);
  }
}
const smithy = new OpenSignatureV4({ credentials, service, region, sha256: NodeSha256 });

const aws4Of = ({ method, target, headers, body = "" }: Received) =>
  new aws4.RequestSigner(
    {
      ...{ method, host: service, service, region, path: target },
      ...(body.length > 0 && { body: Buffer.from(body) }),
      headers: Object.fromEntries(headers.filter(([name]) => name !== "Authorization")),
    },
    credentials,
  );

const faithfully = (name: keyof typeof signers) =>
  wantedRequests.filter((wanted) => !(deviations[name] ?? []).some((one) => one.applies(wanted)));
const runs = { numRuns: 2_000 };

describe("the canonical request is the same, byte by byte, as", () => {
  it("@smithy/signature-v4 has it", async () => {
    const sign = signers["@smithy/signature-v4"] as (wanted: Wanted) => Promise<Received>;
    await fc.assert(
      fc.asyncProperty(faithfully("@smithy/signature-v4"), async (wanted) => {
        const sent = await sign(wanted);
        const ours = ourSigning(sent);
        expect(ours.canonicalRequest).toBe(smithy.canonicalOf(wanted, sent));
        expect(ours.signature).toBe(ours.stated);
      }),
      runs,
    );
  });

  it("aws4 has it, and the string to sign too", async () => {
    const sign = signers.aws4 as (wanted: Wanted) => Promise<Received>;
    await fc.assert(
      fc.asyncProperty(faithfully("aws4"), async (wanted) => {
        const sent = await sign(wanted);
        const ours = ourSigning(sent);
        const theirs = aws4Of(sent);
        expect(ours.canonicalRequest).toBe(theirs.canonicalString());
        expect(ours.stringToSign).toBe(theirs.stringToSign());
        expect(ours.signature).toBe(ours.stated);
      }),
      runs,
    );
  });
});

describe("where poolgate differs from signers, on purpose:", () => {
  const refused = (target: string) => expect(() => parseTarget(target)).toThrow(/two ways/);
  const smithyPath = (path: string) =>
    smithy.canonicalOf({ method: "GET", path }, { method: "GET", target: path, headers: [], body: "" }).split("\n")[1];
  const aws4Path = (path: string) =>
    aws4Of({ method: "GET", target: path, headers: [], body: "" }).canonicalString().split("\n")[1];

  it("a path that they normalize is refused, and never normalized", () => {
    const steps = fc.constantFrom("/.", "/..", "//", "/./a", "/../a", "//a");
    const part = fc.constantFrom("", "/a", "/b%20c");
    fc.assert(
      fc.property(part, steps, part, (before, step, after) => {
        const path = before + step + after;
        refused(path);
        expect(smithyPath(path)).not.toMatch(/\/\/|\/\.\.?(?:\/|$)/);
        expect(aws4Path(path)).not.toMatch(/\/\/|\/\.\.(?:\/|$)/);
      }),
    );
  });

  it.each(["/a%2Fb", "/%2e%2e/a", "/a%5Cb", "/%41", "/a%00"])("the path %s, which they sign, is refused", (path) => {
    expect(smithyPath(path)).toBe(path.replaceAll("%", "%25"));
    expect(aws4Path(path)).toBe(path.replaceAll("%", "%25"));
    refused(path);
  });

  it("a query that is not UTF-8, of which aws4 signs replacement characters, is refused", () => {
    const signed = aws4Of({ method: "GET", target: "/?a=%FF", headers: [], body: "" }).canonicalString().split("\n")[2];
    expect(signed).toBe("a=%EF%BF%BD");
    expect(() => canonicalQuery("a=%FF")).toThrow(/not UTF-8/);
  });

  it("the five sub-delimiters of a path may be left as they are, as a second form", () => {
    expect(canonicalPaths("/a!'()*%21")).toEqual(["/a%21%27%28%29%2A%2521", "/a!'()*%2521"]);
    expect(smithyPath("/a!'()*%21")).toBe("/a%21%27%28%29%2A%2521");
  });

  it("a parameter is never left out: neither one without a name nor __proto__", () => {
    expect(canonicalQuery("=1&__proto__=2&a=3")).toBe("=1&__proto__=2&a=3");
    const aws4Query = aws4Of({ method: "GET", target: "/?=1&__proto__=2&a=3", headers: [], body: "" });
    expect(aws4Query.canonicalString().split("\n")[2]).toBe("a=3");
  });

  it("the query is sorted by its escapes, where Amplify sorts it by its characters", async () => {
    expect(canonicalQuery("a=1&%C3%A9=2")).toBe("%C3%A9=2&a=1");
    const amplify = signers["@aws-amplify/core"] as (wanted: Wanted) => Promise<Received>;
    const sent = await amplify({ method: "GET", path: "/", query: "a=1&%C3%A9=2" });
    expect(ourSigning(sent).signature).not.toBe(ourSigning(sent).stated);
    expect(ourSigning(sent, "a=1&%C3%A9=2").signature).toBe(ourSigning(sent).stated);
  });
});
