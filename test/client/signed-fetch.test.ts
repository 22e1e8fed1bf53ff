import fc from "fast-check";
import { createSignedFetch, type SignedFetch, type SignedFetchOptions } from "poolgate/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ClientGate, service, startGate } from "./gate.ts";

let gate: ClientGate;
/** Milliseconds by which the client's clock is behind the gate's. */
let behind = 0;
const clock = () => Date.now() + gate.ahead - behind;

beforeAll(async () => {
  gate = await startGate();
});
afterAll(() => gate[Symbol.asyncDispose]());
beforeEach(() => {
  behind = 0;
});

const ada = { name: "ada", groups: ["editors"] };
const tokenOf = (person: typeof ada) => () => gate.pools.idToken(person);

function brokered(person = ada, more: Partial<Pick<SignedFetchOptions, "fetch">> = {}): SignedFetch {
  const { url, pools } = gate;
  return createSignedFetch({
    url,
    region: pools.region,
    service,
    broker: { idToken: tokenOf(person) },
    clock,
    ...more,
  });
}

/** A `fetch` that counts what is sent where. */
function counting(): { readonly fetch: typeof fetch; sent(path: string): number } {
  const paths: string[] = [];
  return {
    fetch: (input, init) => {
      paths.push(new URL(input instanceof Request ? input.url : input).pathname);
      return fetch(input, init);
    },
    sent: (path) => paths.filter((sent) => sent === path).length,
  };
}

const brokerPath = "/.well-known/poolgate/credentials";

function formData(): FormData {
  const form = new FormData();
  form.set("title", "Hello");
  form.set("picture", new Blob([Uint8Array.of(0, 255, 10)], { type: "image/png" }), "a.png");
  return form;
}

function streamOf(text: string): ReadableStream {
  return new Response(text).body as ReadableStream;
}

describe("a signed fetch", () => {
  it.each<[string, RequestInit, string | undefined]>([
    ["nothing", {}, undefined],
    ["text", { body: "é" }, "text/plain;charset=UTF-8"],
    ["JSON", { body: "{}", headers: { "Content-Type": "application/json" } }, "application/json"],
    ["bytes", { body: Uint8Array.of(0, 13, 10, 255) }, undefined],
    ["a part of a buffer", { body: new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2) }, undefined],
    ["a blob", { body: new Blob(["a", "b"], { type: "text/markdown" }) }, "text/markdown"],
    ["a form", { body: new URLSearchParams({ a: "1 2" }) }, "application/x-www-form-urlencoded;charset=UTF-8"],
    ["a stream", { body: streamOf("flowing") }, undefined],
  ])("sends %s as it was given, under a signature that covers it", async (_, init, type) => {
    const expected = init.body === undefined ? "" : await new Response(cloned(init)).text();
    const response = await brokered()("/echo", { method: "POST", ...init });
    expect(response.status).toBe(200);
    const echoed = (await response.json()) as Readonly<Record<string, string>>;
    expect({ ...echoed, body: Buffer.from(String(echoed.body), "base64").toString() }).toEqual({
      by: `user:${gate.pools.userPoolId}:${gate.pools.userId(ada)}`,
      method: "POST",
      url: "/echo",
      ...(type !== undefined && { type }),
      body: expected,
    });
  });

  /** A stream can be read once; the test says what was in it. */
  function cloned({ body }: RequestInit): string | Exclude<RequestInit["body"], ReadableStream> {
    return body instanceof ReadableStream ? "flowing" : body;
  }

  it("sends form data whose boundary is signed", async () => {
    const response = await brokered()("/echo", { method: "POST", body: formData() });
    const { type, body } = (await response.json()) as Readonly<Record<string, string>>;
    const sent = new Response(Buffer.from(String(body), "base64"), { headers: { "content-type": String(type) } });
    const form = await sent.formData();
    expect(form.get("title")).toBe("Hello");
    expect(new Uint8Array(await (form.get("picture") as File).arrayBuffer())).toEqual(Uint8Array.of(0, 255, 10));
  });

  it.each(["GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"])("signs %s without a body", async (method) => {
    expect((await brokered()("/echo", { method })).status).toBe(200);
  });

  it.each([
    "/echo/a%20b",
    "/echo/a+b;c=1,2:3@4&5$",
    "/echo/%C3%A9/%F0%9F%94%91",
    "/echo/(a)!'*",
    "/echo?a=1+2&b=%2B&b=&c&%C3%A9=%26%3D",
    "/echo?z=1&a=2&A=3&a=1",
  ])("signs %s as it goes over the wire", async (path) => {
    const response = await brokered()(path);
    expect(response.status).toBe(200);
    expect(((await response.json()) as { url: string }).url).toBe(path);
  });

  it("signs what it sends: no path or query is refused as signed wrongly", async () => {
    const signedFetch = brokered();
    const piece = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom(
        "%",
        "%2F",
        "%zz",
        "%FF",
        "%25",
        "+",
        "//",
        "/../",
        "/./",
        ";",
        "#",
        "\\",
        "&",
        "=",
        "?",
        "@",
        ":",
        "%C3%A9",
      ),
      fc.constantFrom(
        "a=1",
        "é",
        "~",
        "'",
        "(",
        "*",
        "!",
        "\t",
        "%00",
        "a=",
        "=b",
        "&&",
        "a%20b",
        "%7E",
        "[",
        "|",
        "^",
      ),
    );
    let passed = 0;
    const target = fc.array(piece, { maxLength: 6 }).map((pieces) => `/echo/x${pieces.join("")}`);
    await fc.assert(
      fc.asyncProperty(target, async (path) => {
        const { pathname, search, searchParams } = new URL(path, gate.url);
        if (searchParams.has("")) {
          await expect(signedFetch(path)).rejects.toThrow(/without a name cannot be signed/);
          return;
        }
        const response = await signedFetch(path);
        const answer = (await response.json()) as Readonly<Record<string, unknown>>;
        passed += response.status === 200 ? 1 : 0;
        if (response.status === 200) expect(answer.url).toBe(pathname + search);
        else expect({ path, code: answer.code }).not.toMatchObject({ code: "invalid_signature" });
      }),
      { numRuns: 300 },
    );
    expect(passed).toBeGreaterThan(50);
  });

  it.each(["/echo?=", "/echo?a=1&=b"])("refuses %s, whose parameter without a name signers leave out", async (path) => {
    await expect(brokered()(path)).rejects.toThrow(
      new TypeError("A parameter of the query without a name cannot be signed."),
    );
  });

  it("refuses what is no Request here and would become a path", async () => {
    for (const input of [{ url: gate.url }, new Map()]) {
      await expect(brokered()(input as unknown as string)).rejects.toThrow(/^signedFetch takes a string, a URL or/);
    }
  });

  it("refuses a URL with credentials, and sends no fragment", async () => {
    const before = gate.seen.length;
    await expect(brokered()(gate.url.replace("//", "//ada:s3cret@"))).rejects.toThrow(TypeError);
    expect(gate.seen.length).toBe(before);
    expect(((await (await brokered()("/echo#token=1")).json()) as { url: string }).url).toBe("/echo");
  });

  it.each([
    [
      "too long a problem",
      JSON.stringify({ code: "invalid_signature", more: "x".repeat(20_000) }),
      "application/problem+json",
    ],
    ["a page of a proxy", "x".repeat(100_000), "text/html"],
    [
      "a time that no signature can have",
      '{"code":"clock_skew","serverTime":"+275760-01-01T00:00:00Z"}',
      "application/problem+json",
    ],
  ])("gives back a refusal with %s as it is, after one attempt", async (_, body, type) => {
    let sent = 0;
    const odd: typeof fetch = async () => {
      sent += 1;
      return new Response(body, { status: 401, headers: { "content-type": type } });
    };
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s" };
    const signedFetch = createSignedFetch({ url: gate.url, region: "eu-west-1", service, credentials, fetch: odd });
    const response = await signedFetch("/echo");
    expect([response.status, await response.text(), sent]).toEqual([401, body, 1]);
  });

  it("takes a URL and a Request too", async () => {
    const signedFetch = brokered();
    expect((await signedFetch(new URL("/echo", gate.url))).status).toBe(200);
    const request = new Request(`${gate.url}/echo`, { method: "POST", body: "from a request" });
    const { body } = (await (await signedFetch(request)).json()) as { body: string };
    expect(Buffer.from(body, "base64").toString()).toBe("from a request");
  });

  it("signs each header that is not changed on the way, and another nonce each time", async () => {
    const signedFetch = brokered();
    const headers = { "X-Tenant": "acme", accept: "text/html", traceparent: "00-1", authorization: "Bearer x" };
    for (let round = 0; round < 2; round++) await signedFetch("/echo", { method: "POST", body: "{}", headers });
    const [first, second] = gate.seen.slice(-2);
    expect(first?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIA\w{16}\/\d{8}\/eu-west-1\/articles\.example\.com\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-request-nonce;x-amz-security-token;x-tenant, Signature=[0-9a-f]{64}$/,
    );
    expect(first).toMatchObject({ "x-tenant": "acme", accept: "text/html", traceparent: "00-1" });
    expect(first?.["x-amz-request-nonce"]).toMatch(/^[\w-]{22}$/);
    expect(second?.["x-amz-request-nonce"]).not.toBe(first?.["x-amz-request-nonce"]);
  });

  it("gives back what the gate answers, refusals included", async () => {
    const response = await brokered({ name: "bob", groups: [] })("/articles", { method: "POST", body: "{}" });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "access_denied" });
  });

  it.each(["https://evil.example.com/echo", "//evil.example.com/echo", "http://127.0.0.1:1/echo", "data:,x"])(
    "neither signs nor sends a request to %s",
    async (target) => {
      const { fetch, sent } = counting();
      const signedFetch = brokered(ada, { fetch });
      await expect(signedFetch(target)).rejects.toMatchObject({ code: "foreign_origin" });
      if (!target.startsWith("//")) {
        await expect(signedFetch(new Request(target))).rejects.toMatchObject({ code: "foreign_origin" });
      }
      expect([sent("/echo"), sent(brokerPath)]).toEqual([0, 0]);
    },
  );

  it("follows no redirect, and shows one where it is asked to", async () => {
    const before = gate.seen.length;
    await expect(brokered()("/away", { redirect: "follow" })).rejects.toThrow(TypeError);
    expect(gate.seen.length).toBe(before + 1);
    const response = await brokered()("/away", { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([307, "/echo"]);
  });

  it("rejects as fetch does where the gate cannot be reached", async () => {
    const failing = () => Promise.reject(new TypeError("fetch failed"));
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s" };
    const signedFetch = createSignedFetch({ url: gate.url, region: "eu-west-1", service, credentials, fetch: failing });
    await expect(signedFetch("/echo")).rejects.toThrow(new TypeError("fetch failed"));
  });
});

describe("the session of a signed fetch", () => {
  it("is fetched once for requests at the same time", async () => {
    const { fetch, sent } = counting();
    const signedFetch = brokered(ada, { fetch });
    const answers = await Promise.all(Array.from({ length: 5 }, () => signedFetch("/echo")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(sent(brokerPath)).toBe(1);
  });

  it("is renewed before it ends", async () => {
    const { fetch, sent } = counting();
    const signedFetch = brokered(ada, { fetch });
    await signedFetch("/echo");
    for (const [minutes, exchanges] of [
      [54, 1],
      [2, 2],
    ] as const) {
      gate.ahead += minutes * 60_000;
      expect((await signedFetch("/echo")).status).toBe(200);
      expect(sent(brokerPath)).toBe(exchanges);
    }
  });

  it("that the gate has forgotten is replaced, and the request sent once more with its body", async () => {
    const { fetch, sent } = counting();
    const signedFetch = brokered(ada, { fetch });
    await signedFetch("/echo");
    const [, accessKeyId] = /Credential=(\w+)/.exec(String(gate.seen.at(-1)?.authorization)) ?? [];
    await gate.sessions.close(String(accessKeyId));
    gate.ahead += 4_000;
    const response = await signedFetch("/echo", { method: "POST", body: streamOf("again") });
    expect(response.status).toBe(200);
    expect(Buffer.from(((await response.json()) as { body: string }).body, "base64").toString()).toBe("again");
    expect([sent("/echo"), sent(brokerPath)]).toEqual([3, 2]);
  });

  it("that is refused as soon as it was opened is not replaced at once", async () => {
    const { fetch, sent } = counting();
    const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "unknown" };
    // A clock that stands still, since a session is only just opened for a second.
    const now = clock();
    const options = { url: gate.url, region: "eu-west-1", service, credentials, fetch, clock: () => now };
    const signedFetch = createSignedFetch(options);
    const response = await signedFetch("/echo");
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "invalid_signature" });
    expect(sent("/echo")).toBe(1);
  });

  it("goes by the gate's clock after the first refusal for a skewed one", async () => {
    behind = 20 * 60_000;
    const { fetch, sent } = counting();
    const signedFetch = brokered(ada, { fetch });
    expect((await signedFetch("/echo", { method: "POST", body: "{}" })).status).toBe(200);
    expect(sent("/echo")).toBe(2);
    expect((await signedFetch("/echo")).status).toBe(200);
    expect([sent("/echo"), sent(brokerPath)]).toEqual([3, 1]);
  });

  it("that cannot be had is a ClientError without a word of the token", async () => {
    const token = gate.pools.idToken(ada, { expiresIn: -60 } as never);
    const stale = `${token.slice(0, -4)}${token.endsWith("AAAA") ? "BAAA" : "AAAA"}`;
    const options = { url: gate.url, region: "eu-west-1", service, broker: { idToken: () => stale } };
    const failure = await createSignedFetch(options)("/echo").catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "ClientError", code: "invalid_token", status: 401 });
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain(stale.slice(-40));
  });

  it("can be a guest's", async () => {
    const { url } = gate;
    const options = { url, region: "eu-west-1", service, broker: { idToken: null } };
    const response = await createSignedFetch(options)("/echo");
    expect(response.status).toBe(403);
  });
});

describe("the abort signal of a signed fetch", () => {
  it("is heeded before anything is asked for", async () => {
    const { fetch, sent } = counting();
    const signedFetch = brokered(ada, { fetch });
    await expect(signedFetch("/echo", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(sent("/echo")).toBe(0);
  });

  it("ends one caller's wait for a session, not the other's", async () => {
    let give: (value: unknown) => void = () => {};
    const waiting = new Promise((resolve) => {
      give = resolve;
    });
    const { url, pools } = gate;
    const idToken = async () => {
      await waiting;
      return pools.idToken(ada);
    };
    const signedFetch = createSignedFetch({ url, region: pools.region, service, broker: { idToken } });
    const leaving = new AbortController();
    const first = signedFetch("/echo", { signal: leaving.signal });
    const second = signedFetch("/echo");
    leaving.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    give(undefined);
    expect((await second).status).toBe(200);
  });

  it("ends a request under way", async () => {
    const leaving = new AbortController();
    const hanging: typeof fetch = (input, init) => {
      if (input instanceof Request) {
        leaving.abort();
        return fetch(input);
      }
      return fetch(input, init);
    };
    const signedFetch = brokered(ada, { fetch: hanging });
    await expect(signedFetch("/echo", { signal: leaving.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("the options of a signed fetch", () => {
  const credentials = { accessKeyId: "ASIAEXAMPLEEXAMPLE00", secretAccessKey: "s", sessionToken: "t" };
  const url = "https://api.example.com";

  it.each<[object, string]>([
    [{ region: "eu-west-1", credentials }, "createSignedFetch.url: is required"],
    [{ url }, "createSignedFetch: write one of enroll: { ... }, broker: { ... } and credentials"],
    [
      { url, region: "eu-west-1", credentials, enroll: { credentials, region: "eu-west-1" } },
      "createSignedFetch.region: there is no such option",
    ],
    [{ url, credentials, broker: { idToken: null } }, "createSignedFetch: write one of enroll"],
    [{ url, credentials }, "createSignedFetch.region: is required"],
    [{ url, region: "eu-west-1", credentials: "s" }, "createSignedFetch.credentials: is required"],
    [{ url, region: "eu-west-1", service: "s3", credentials }, "createSignedFetch.service: must hold a dot"],
    [
      { url: "http://localhost:1", region: "eu-west-1", credentials },
      "createSignedFetch.service: must hold a dot, as a host name does",
    ],
    [
      { url, region: "eu-west-1", broker: { idtoken: null } },
      "createSignedFetch.broker.idtoken: there is no such option",
    ],
    [{ url, region: "eu-west-1", broker: {} }, "createSignedFetch.broker.idToken: is required"],
    [{ url, enroll: { region: "eu-west-1" } }, "enroll.credentials: is required"],
    [{ url, enroll: { credentials } }, "enroll.region: is required"],
    [
      { url: "http://api.example.com", region: "eu-west-1", credentials },
      "createSignedFetch.url: must begin with https:",
    ],
  ])("%j are refused: %s", (options, message) => {
    expect(() => createSignedFetch(options as SignedFetchOptions)).toThrow(message);
  });
});
