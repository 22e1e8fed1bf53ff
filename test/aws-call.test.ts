import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { callAws } from "../src/aws-call.ts";
import { AuthError } from "../src/errors.ts";

const url = new URL("https://sts.eu-west-1.amazonaws.com/");
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const call = { headers: { "x-secret": secret }, body: `secret=${secret}`, mediaType: "text/xml" };
const ok = (body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null, type = "text/xml") =>
  new Response(body, { headers: { "content-type": type } });

const refusalOf = async (fetch: typeof globalThis.fetch): Promise<AuthError> => {
  try {
    await callAws({ url, fetch }, call);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuthError);
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(secret);
    return thrown as AuthError;
  }
  return expect.fail("it should have been refused");
};

afterEach(() => {
  vi.useRealTimers();
});

describe("callAws", () => {
  it("posts once, follows no redirect, and gives status, headers and body", async () => {
    const seen: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      seen.push([String(input), init?.method, init?.headers, init?.body, init?.redirect]);
      return new Response("<a>\u00e4</a>", {
        status: 403,
        headers: { "content-type": "Text/XML; charset=utf-8", "x-a": "b" },
      });
    };
    const answer = await callAws({ url, fetch }, call);
    expect(answer).toMatchObject({ status: 403, body: "<a>\u00e4</a>" });
    expect(answer.headers.get("x-a")).toBe("b");
    expect(seen).toEqual([[url.href, "POST", call.headers, call.body, "error"]]);
  });

  it("takes an empty body", async () => {
    expect(await callAws({ url, fetch: async () => ok(null) }, call)).toMatchObject({ body: "" });
  });

  it("takes 64 KiB, and not a byte more", async () => {
    const most = await callAws({ url, fetch: async () => ok("x".repeat(65_536)) }, call);
    expect(most.body).toHaveLength(65_536);
    expect(await refusalOf(async () => ok("x".repeat(65_537)))).toMatchObject({ code: "upstream_unavailable" });
  });

  it("stops reading a body that has no end", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(8_192));
      },
    });
    expect((await refusalOf(async () => ok(endless))).message).toContain("too long");
    expect(pulled).toBeLessThan(20);
  });

  it.each([
    ["another media type", async () => ok("<html>", "text/html")],
    ["a media type that begins alike", async () => ok("<a/>", "text/xml2")],
    ["no media type", async () => new Response(Uint8Array.of(65))],
    ["bytes that are no UTF-8", async () => ok(Uint8Array.of(0xff))],
    ["a connection that fails", () => Promise.reject(new TypeError(`fetch failed for ${secret}`))],
    ["something that is no Error", () => Promise.reject(secret)],
    [
      "a fetch that throws",
      () => {
        throw new TypeError(`invalid header value ${secret}`);
      },
    ],
    [
      "a redirect that was followed after all",
      async () => Object.defineProperty(ok("<a/>"), "redirected", { value: true }),
    ],
  ])("tells %s as upstream_unavailable", async (_, fetch) => {
    expect(await refusalOf(fetch)).toMatchObject({ code: "upstream_unavailable", status: 503, retryAfter: 5 });
  });

  it("keeps the code of a failed connection for the log", async () => {
    const cause = Object.assign(new Error(`connect to ${secret}`), { code: "ECONNREFUSED" });
    const fault = await refusalOf(() => Promise.reject(new TypeError("fetch failed", { cause })));
    expect(fault.cause).toMatchObject({ message: "TypeError: ECONNREFUSED" });
  });

  it("keeps no code that is not of the form of one", async () => {
    const fault = await refusalOf(() => Promise.reject(Object.assign(new Error("x"), { code: secret, name: secret })));
    expect(fault.cause).toMatchObject({ message: "Error" });
  });

  it("ends with causes that go in a circle", async () => {
    const circle = new Error("x");
    circle.cause = circle;
    expect((await refusalOf(() => Promise.reject(circle))).cause).toMatchObject({
      message: "Error: Error: Error: Error",
    });
  });

  it("gives up after 3 seconds, and aborts the call", async () => {
    vi.useFakeTimers();
    let aborted: AbortSignal | undefined;
    const outcome = refusalOf((_, init) => {
      aborted = init?.signal ?? undefined;
      return new Promise(() => {});
    });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(aborted?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await outcome).message).toContain("in time");
    expect(aborted?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up after 3 seconds on a body that does not end", async () => {
    vi.useFakeTimers();
    const outcome = refusalOf(async () => ok(new ReadableStream({})));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await outcome).message).toContain("in time");
  });

  it("does not follow a real redirect", async () => {
    let followed = 0;
    const server = createServer((request, response) => {
      if (request.url !== "/") followed += 1;
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const outcome = callAws({ url: new URL(`http://127.0.0.1:${port}/`), fetch: globalThis.fetch }, call);
    await expect(outcome).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(followed).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});
