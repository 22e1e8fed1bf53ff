import { createHash } from "node:crypto";
import { type SignProofOptions, signProof } from "poolgate/client";
import { type Pools, startPools } from "poolgate/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let pools: Pools;
beforeAll(async () => {
  pools = await startPools({ roles: { editors: "ArticleEditor" } });
});
afterAll(() => pools.close());

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function options(more: Partial<SignProofOptions> = {}): SignProofOptions {
  const credentials = () => pools.credentials({ name: "ada", groups: ["editors"] });
  const stsEndpoint = pools.endpoints.sts;
  return { url: "https://api.example.com/articles", credentials, region: pools.region, stsEndpoint, ...more };
}

type Fields = Readonly<Record<string, string | number>>;

function fieldsOf(headers: Readonly<Record<string, string>>): Fields {
  const [scheme, text = ""] = String(headers.authorization).split(" ");
  expect(scheme).toBe("Poolgate-Request");
  expect(text).toMatch(/^[\w-]+$/);
  return JSON.parse(Buffer.from(text, "base64url").toString());
}

/** Puts a proof to STS as a gate does, with lines that this test makes by itself. */
async function askSts(fields: Fields, ...request: readonly string[]): Promise<number> {
  const { akid, token, date, region, sig, exp, nonce } = fields;
  const lines = ["poolgate-request/v1", ...request, exp, nonce].map((field) => `${field}\n`).join("");
  const scope = `${String(date).slice(0, 8)}/${region}/sts/aws4_request`;
  const signed = "content-type;host;x-amz-date;x-amz-security-token;x-poolgate-binding";
  const { status } = await fetch(pools.endpoints.sts, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-amz-date": String(date),
      "x-amz-security-token": String(token),
      "x-poolgate-binding": sha256(lines),
      authorization: `AWS4-HMAC-SHA256 Credential=${akid}/${scope}, SignedHeaders=${signed}, Signature=${sig}`,
    },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  return status;
}

describe("the proof of a request", () => {
  it("is one that STS takes, for this method, target, content type and body", async () => {
    const body = JSON.stringify({ title: "é" });
    const headers = await signProof(
      options({
        method: "post",
        url: "https://api.example.com/a%20b?x=1&x=2#part",
        headers: { "Content-Type": " application/json ", Authorization: "Bearer x", "X-Tenant": "acme" },
        body,
      }),
    );
    expect(headers).toEqual({
      "content-type": "application/json",
      "x-tenant": "acme",
      authorization: expect.stringMatching(/^Poolgate-Request /),
    });
    const fields = fieldsOf(headers);
    expect(Object.keys(fields)).toEqual(["v", "akid", "token", "date", "region", "sig", "exp", "nonce"]);
    const request = ["api.example.com", "POST", "/a%20b?x=1&x=2", "application/json", sha256(body)];
    expect(await askSts(fields, ...request)).toBe(200);
    for (const [index, other] of ["api.example.org", "PUT", "/a", "text/plain", sha256("")].entries()) {
      expect(await askSts(fields, ...request.with(index, other))).toBe(403);
    }
    expect(await askSts({ ...fields, exp: Number(fields.exp) + 1 }, ...request)).toBe(403);
    expect(await askSts({ ...fields, nonce: `${fields.nonce}A` }, ...request)).toBe(403);
  });

  it("covers a request without a body", async () => {
    const headers = await signProof(options());
    expect(Object.keys(headers)).toEqual(["authorization"]);
    expect(await askSts(fieldsOf(headers), "api.example.com", "GET", "/articles", "", sha256(""))).toBe(200);
  });

  it("names the content type that fetch gives to text by itself", async () => {
    const headers = await signProof(options({ method: "POST", body: "text" }));
    expect(headers["content-type"]).toBe(new Response("text").headers.get("content-type"));
    const type = "text/plain;charset=UTF-8";
    expect(await askSts(fieldsOf(headers), "api.example.com", "POST", "/articles", type, sha256("text"))).toBe(200);
  });

  it("covers bytes, to which fetch gives no content type", async () => {
    const body = Uint8Array.of(0, 255, 13, 10);
    const headers = await signProof(options({ method: "PUT", body }));
    expect(Object.keys(headers)).toEqual(["authorization"]);
    expect(await askSts(fieldsOf(headers), "api.example.com", "PUT", "/articles", "", sha256(body))).toBe(200);
  });

  it("is over after a minute, or as told", async () => {
    const clock = () => Date.parse("2026-11-21T03:00:00.900Z");
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s", sessionToken: "t" };
    const seconds = Date.parse("2026-11-21T03:00:00Z") / 1000;
    expect(fieldsOf(await signProof(options({ clock, credentials }))).exp).toBe(seconds + 60);
    expect(fieldsOf(await signProof(options({ clock, credentials, seconds: 5 }))).exp).toBe(seconds + 5);
  });

  it.each<[object, string]>([
    [{ url: undefined }, "signProof.url: is required"],
    [{ url: "/articles" }, "signProof.url: must be a URL"],
    [{ url: "http://api.example.com/articles" }, "signProof.url: must begin with https:"],
    [{ region: undefined }, "signProof.region: is required"],
    [{ credentials: undefined }, "signProof.credentials: is required"],
    [{ seconds: 301 }, "signProof.seconds: must be a whole number from 1 to 300"],
    [{ method: "" }, "signProof.method: must be a string"],
    [{ query: "x" }, "signProof.query: there is no such option"],
    [{ headers: { "content-type": "a\nb" } }, "invalid header value"],
  ])("is not made with %j", async (more, message) => {
    await expect(signProof(options(more as Partial<SignProofOptions>))).rejects.toThrow(message);
  });
});
