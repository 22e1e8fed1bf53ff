import { type FetchCredentialsOptions, fetchCredentials } from "poolgate/client";
import { describe, expect, it } from "vitest";

const idToken = () => "a.b.c";
const good = {
  AccessKeyId: "ASIAEXAMPLEEXAMPLE00",
  SecretAccessKey: "the-secret",
  Token: "the-token",
  Expiration: "2026-11-21T04:00:00Z",
};

/** A broker that answers everything alike, and the calls that it got. */
function answering(body: unknown, init: ResponseInit = {}): { fetch: typeof fetch; calls: [string, RequestInit][] } {
  const calls: [string, RequestInit][] = [];
  return {
    calls,
    fetch: async (input, options = {}) => {
      calls.push([String(input), options]);
      return new Response(typeof body === "string" ? body : JSON.stringify(body), init);
    },
  };
}

describe("fetching credentials from a broker", () => {
  it("posts the ID token, without cookies, and follows no redirect", async () => {
    const { fetch, calls } = answering(good);
    expect(await fetchCredentials({ url: "https://api.example.com/stage", idToken, fetch })).toEqual({
      accessKeyId: "ASIAEXAMPLEEXAMPLE00",
      secretAccessKey: "the-secret",
      sessionToken: "the-token",
      expiration: new Date("2026-11-21T04:00:00Z"),
    });
    const [url, { signal, ...rest }] = calls[0] as [string, RequestInit];
    expect(url).toBe("https://api.example.com/stage/.well-known/poolgate/credentials");
    expect(rest).toEqual({
      method: "POST",
      headers: { accept: "application/json", authorization: "Bearer a.b.c" },
      redirect: "error",
      credentials: "omit",
    });
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it("comes without a token as a guest", async () => {
    const { fetch, calls } = answering(good);
    await fetchCredentials({ url: "https://api.example.com", idToken: null, path: "/broker", fetch });
    expect(calls[0]?.[0]).toBe("https://api.example.com/broker");
    expect(calls[0]?.[1].headers).toEqual({ accept: "application/json" });
  });

  it.each<[string, unknown, ResponseInit, object]>([
    [
      "a refusal",
      { code: "token_expired", detail: "The token has expired." },
      { status: 401, headers: { "content-type": "application/problem+json" } },
      { code: "token_expired", status: 401, message: "The token has expired." },
    ],
    [
      "a limit",
      { code: "too_many_requests" },
      { status: 429, headers: { "content-type": "application/problem+json; charset=utf-8", "retry-after": "7" } },
      { code: "too_many_requests", status: 429, retryAfter: 7, message: "The gate answered 429." },
    ],
    ["a page of a proxy", "<h1>Bad gateway</h1>", { status: 502 }, { code: "unexpected_answer", status: 502 }],
    [
      "a problem of somebody else",
      { title: "Bad gateway" },
      { status: 502, headers: { "content-type": "application/problem+json" } },
      { code: "unexpected_answer", status: 502 },
    ],
    [
      "a problem with a code of another form",
      { code: "Not A Code" },
      { status: 401, headers: { "content-type": "application/problem+json" } },
      { code: "unexpected_answer", status: 401 },
    ],
    [
      "a problem that is no JSON",
      "{",
      { status: 401, headers: { "content-type": "application/problem+json" } },
      { code: "unexpected_answer", status: 401 },
    ],
    ["another success", good, { status: 201 }, { code: "unexpected_answer", status: 201 }],
    ["no JSON", "AccessKeyId=the-secret", {}, { code: "unexpected_answer", status: 200 }],
    ["no object", "7", {}, { code: "unexpected_answer", status: 200 }],
    ["null", "null", {}, { code: "unexpected_answer", status: 200 }],
    ["no secret", { ...good, SecretAccessKey: undefined }, {}, { code: "unexpected_answer", status: 200 }],
    ["no token", { ...good, Token: 7 }, {}, { code: "unexpected_answer", status: 200 }],
    ["no key id", { ...good, AccessKeyId: null }, {}, { code: "unexpected_answer", status: 200 }],
    ["no end", { ...good, Expiration: "soon" }, {}, { code: "unexpected_answer", status: 200 }],
    ["too much", { ...good, more: "x".repeat(70_000) }, {}, { code: "unexpected_answer", status: 200 }],
  ])("rejects on %s", async (_, body, init, expected) => {
    const { fetch } = answering(body, init);
    const failure = await fetchCredentials({ url: "https://api.example.com", idToken, fetch }).catch((error) => error);
    expect(failure).toMatchObject({ name: "ClientError", ...expected });
    expect(`${failure.message}${JSON.stringify(failure)}`).not.toMatch(/the-secret|the-token|a\.b\.c/);
  });

  it("rejects where the broker cannot be reached", async () => {
    const cause = new TypeError("fetch failed");
    const failing = () => Promise.reject(cause);
    await expect(fetchCredentials({ url: "https://api.example.com", idToken, fetch: failing })).rejects.toMatchObject({
      code: "unreachable",
      message: "api.example.com cannot be reached, or not in time.",
      cause,
    });
  });

  it.each([
    ["nothing", () => ""],
    ["a header", () => "Bearer a.b.c"],
    ["two lines", () => "a.b.c\nx: y"],
    ["a rejection", () => Promise.reject(new Error("signed out"))],
  ])("rejects without a call where the provider of ID tokens gives %s", async (_, provider) => {
    const { fetch, calls } = answering(good);
    await expect(fetchCredentials({ url: "https://api.example.com", idToken: provider, fetch })).rejects.toMatchObject({
      code: "no_credentials_given",
    });
    expect(calls).toEqual([]);
  });

  it.each<[object, string]>([
    [{ idToken }, "fetchCredentials.url: is required"],
    [{ url: "https://api.example.com" }, "fetchCredentials.idToken: is required: a function"],
    [{ url: "https://api.example.com", idToken: "a.b.c" }, "fetchCredentials.idToken: is required: a function"],
    [{ url: "https://api.example.com", idToken, path: "//x" }, "fetchCredentials.path: must be a path"],
    [{ url: "https://api.example.com", idToken, token: 1 }, "fetchCredentials.token: there is no such option"],
  ])("refuses the options %j", async (options, message) => {
    await expect(fetchCredentials(options as FetchCredentialsOptions)).rejects.toThrow(message);
  });
});
