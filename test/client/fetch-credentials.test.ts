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

  it("asks for a role in the query, a plus sign escaped", async () => {
    const { fetch, calls } = answering(good);
    const role = "arn:aws:iam::123456789012:role/a/Re+viewer";
    await fetchCredentials({ url: "https://api.example.com", idToken, role, fetch });
    expect(calls[0]?.[0]).toBe(
      "https://api.example.com/.well-known/poolgate/credentials?role=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fa%2FRe%2Bviewer",
    );
  });

  it("sends logins of other providers along, asked for at each exchange", async () => {
    const { fetch, calls } = answering(good);
    let count = 0;
    const logins = { "accounts.google.com": async () => `google-${++count}`, "graph.facebook.com": () => "facebook" };
    for (let round = 0; round < 2; round++) {
      await fetchCredentials({ url: "https://api.example.com", idToken, logins, fetch });
    }
    expect(calls.map(([, { headers, body }]) => [headers, JSON.parse(String(body))])).toEqual(
      ["google-1", "google-2"].map((google) => [
        { accept: "application/json", authorization: "Bearer a.b.c", "content-type": "application/json" },
        { logins: { "accounts.google.com": google, "graph.facebook.com": "facebook" } },
      ]),
    );
  });

  it.each([
    ["nothing", () => "", "The provider of tokens of another provider gave no token."],
    ["two lines", () => "a\nb", "The provider of tokens of another provider gave no token."],
    ["a rejection", () => Promise.reject(new Error("no")), "The provider of tokens of another provider failed."],
  ])("rejects without a call where the source of a login gives %s", async (_, source, message) => {
    const { fetch, calls } = answering(good);
    const logins = { "accounts.google.com": source };
    await expect(fetchCredentials({ url: "https://api.example.com", idToken, logins, fetch })).rejects.toMatchObject({
      code: "no_credentials_given",
      message,
    });
    expect(calls).toEqual([]);
  });

  it.each([
    ["escape sequences", "\u001b[2J"],
    ["a second line", "Fine.\npoolgate: all is well"],
    ["text that turns around", "\u202egnp.exe"],
    ["an essay", "x".repeat(501)],
  ])("does not repeat what a gate tells with %s", async (_, detail) => {
    const headers = { "content-type": "application/problem+json" };
    const { fetch } = answering({ code: "access_denied", detail }, { status: 403, headers });
    await expect(fetchCredentials({ url: "https://api.example.com", idToken, fetch })).rejects.toMatchObject({
      code: "access_denied",
      message: "The gate answered 403.",
    });
  });

  it.each(["+275760-01-01T00:00:00Z", "tomorrow", "2026-11-21", "2026-99-21T04:00:00Z", 7])(
    "takes no note of the gate's time where it is %s",
    async (serverTime) => {
      const headers = { "content-type": "application/problem+json" };
      const { fetch } = answering({ code: "clock_skew", serverTime }, { status: 401, headers });
      const failure = await fetchCredentials({ url: "https://api.example.com", idToken, fetch }).catch((e) => e);
      expect(failure).toMatchObject({ code: "clock_skew" });
      expect(failure.serverTime).toBeUndefined();
    },
  );

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
    ["a key id with a line", { ...good, AccessKeyId: "ASIAEXAMPLEEXAMPLE00\nx" }, {}, { code: "unexpected_answer" }],
    ["a token with a line", { ...good, Token: "the-token\r\nx: y" }, {}, { code: "unexpected_answer" }],
    ["an empty secret", { ...good, SecretAccessKey: "" }, {}, { code: "unexpected_answer" }],
    ["members of the prototype", '{"__proto__":{"AccessKeyId":"a"}}', {}, { code: "unexpected_answer" }],
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
    [
      { url: "https://api.example.com", idToken, path: "/\t/evil.example.com" },
      "fetchCredentials.path: must be a path",
    ],
    [{ url: "https://api.example.com", idToken, path: "/\\evil.example.com" }, "fetchCredentials.path: must be a path"],
    [
      { url: "https://api.example.com", idToken, role: "Editor" },
      "fetchCredentials.role: must be the ARN of an IAM role",
    ],
    [
      { url: "https://api.example.com", idToken: null, role: "arn:aws:iam::123456789012:role/Editor" },
      "fetchCredentials.idToken: must be a function where there is a role or logins",
    ],
    [
      { url: "https://api.example.com", idToken: null, logins: { "accounts.google.com": () => "t" } },
      "fetchCredentials.idToken: must be a function where there is a role or logins",
    ],
    [{ url: "https://api.example.com", idToken, logins: "t" }, "fetchCredentials.logins: must be functions"],
    [{ url: "https://api.example.com", idToken, logins: null }, "fetchCredentials.logins: must be functions"],
    [
      { url: "https://api.example.com", idToken, logins: { "accounts.google.com": "t" } },
      "fetchCredentials.logins: must be functions",
    ],
    [{ url: "https://api.example.com", idToken, logins: { "a b": () => "t" } }, "fetchCredentials.logins: must be"],
    [{ url: "https://api.example.com", idToken, token: 1 }, "fetchCredentials.token: there is no such option"],
  ])("refuses the options %j", async (options, message) => {
    await expect(fetchCredentials(options as FetchCredentialsOptions)).rejects.toThrow(message);
  });
});
