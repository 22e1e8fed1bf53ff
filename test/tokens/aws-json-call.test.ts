import { describe, expect, it } from "vitest";
import { callAwsJson } from "../../src/tokens/aws-json-call.ts";

const url = new URL("https://cognito-idp.eu-west-1.amazonaws.com/");
const target = "AWSCognitoIdentityProviderService.GetUser";
const type = "application/x-amz-json-1.1";
const answer =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  async () =>
    new Response(body, { status, headers: { "content-type": type, ...headers } });
const ask = (fetch: typeof globalThis.fetch, limits = {}) =>
  callAwsJson({ url, fetch }, { target, input: { A: "a", B: undefined }, ...limits });

describe("callAwsJson", () => {
  it("names the operation, and leaves out what is undefined", async () => {
    const seen: unknown[] = [];
    const outcome = await ask(async (input, init) => {
      seen.push(String(input), init?.method, init?.headers, init?.body);
      return answer(200, '{"C":"c"}')();
    });
    expect(outcome).toEqual({ document: { C: "c" } });
    expect(seen).toEqual([url.href, "POST", { "content-type": type, "x-amz-target": target }, '{"A":"a"}']);
  });

  it.each([
    ["by its plain name", answer(400, '{"__type":"UserNotFoundException"}')],
    ["by its shape", answer(400, '{"__type":"com.amazonaws.cognito#UserNotFoundException"}')],
    ["by a header", answer(403, "{}", { "x-amzn-errortype": "UserNotFoundException:http://a.example/" })],
  ])("gives the code of a refusal %s", async (_, fetch) => {
    expect(await ask(fetch)).toEqual({ refusal: "UserNotFoundException" });
  });

  it.each([
    ["a fault of the server, whatever it calls itself", answer(500, '{"__type":"UserNotFoundException"}')],
    ["throttling", answer(429, "slow down")],
    ["a refusal without a code", answer(400, "{}")],
    ["a code of another form", answer(400, '{"__type":"no code"}')],
    ["a code that is no text", answer(400, '{"__type":["UserNotFoundException"]}')],
  ])("gives no code of %s", async (_, fetch) => {
    expect(await ask(fetch)).toEqual({ refusal: undefined });
  });

  it.each([
    ["no JSON", answer(200, "<html>")],
    ["a list", answer(200, "[]")],
    ["a member twice", answer(200, '{"A":1,"A":2}')],
    ["a refusal that is no JSON", answer(400, "no")],
  ])("cannot read %s", async (_, fetch) => {
    await expect(ask(fetch)).rejects.toMatchObject({
      code: "upstream_unavailable",
      options: { reason: "the answer of AWS cannot be read" },
    });
  });

  it("keeps to the size that it is told", async () => {
    const long = answer(200, JSON.stringify({ A: "a".repeat(70_000) }));
    await expect(ask(long)).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(await ask(long, { maxBytes: 80_000 })).toHaveProperty("document");
  });

  it("keeps to the time that it is told", async () => {
    const never = () => new Promise<Response>(() => {});
    await expect(ask(never, { timeout: 20 })).rejects.toMatchObject({
      options: { reason: "AWS did not answer in time" },
    });
  });
});
