import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { SignedFetch } from "poolgate/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { patience, startChromium } from "./chromium.ts";
import { startForeignPage } from "./foreign-page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  return page;
}

/** Starts an example and opens its page; whatever the page throws ends up in `faults`. */
async function open(example: string): Promise<{ page: Page; url: string; faults: string[]; sent: string[] }> {
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${example}/server.ts`], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let url = "";
  for await (const line of createInterface(child.stdout)) {
    url = /^open (\S+)$/.exec(line)?.[1] ?? "";
    if (url !== "") break;
  }
  if (url === "") throw new Error(`the server of ${example} ended before it listened`);
  const page = await newPage();
  const faults: string[] = [];
  const sent: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(url);
  return { page, url, faults, sent };
}

describe("a plain page in Chromium", () => {
  it("enrolls the credentials of the identity pool and signs its calls", async () => {
    const { page, faults, sent } = await open("browser-page");
    await page.getByRole("button", { name: "ada" }).click();
    await page.getByText("ada POST /articles/1/cover").waitFor();
    await page.getByRole("button", { name: "bob" }).click();
    await page.getByText("bob POST /articles/1/cover").waitFor();
    expect(await page.locator("li").allTextContents()).toEqual([
      "ada GET /articles/1?lang=de&lang=en 200 role:123456789012/ArticleEditor",
      "ada POST /articles 201 role:123456789012/ArticleEditor",
      expect.stringMatching(/^ada POST \/articles\/1\/cover 201 role:123456789012\/ArticleEditor \d+$/),
      "bob GET /articles/1?lang=de&lang=en 200 role:123456789012/ArticleReader",
      "bob POST /articles 403 access_denied",
      "bob POST /articles/1/cover 403 access_denied",
    ]);
    expect(sent.filter((request) => request === "POST /.well-known/poolgate/enroll").length).toBe(2);
    expect(faults).toEqual([]);
  });

  it("loads two modules from elsewhere than its own folder, and no other package", async () => {
    const { page, sent } = await open("browser-page");
    // Its module enables the button, when all that it imports is there.
    await page.getByRole("button", { name: "ada", disabled: false }).waitFor();
    const modules = sent.filter((request) => request.includes("/modules/")).map((request) => request.slice(13));
    expect(modules).toContain("aws4fetch.mjs");
    expect(modules.filter((path) => !/^aws4fetch\.mjs$|^poolgate\/(?:client\/)?[\w-]+\.js$/.test(path))).toEqual([]);
  });

  it("puts an object into storage with credentials from the broker, where the role's policy lets it", async () => {
    const { page, url, faults } = await open("upload-to-storage");
    const upload = async (key: string): Promise<string> => {
      await page.getByLabel("Key").fill(key);
      await page.getByRole("button").click();
      await page.locator("output:not(:empty)").waitFor();
      return (await page.locator("output").textContent()) ?? "";
    };
    expect(await upload("uploads/note.txt")).toBe("200 ");
    expect(await upload("private/note.txt")).toBe("403 <Error><Code>AccessDenied</Code></Error>");
    const stored = await fetch(`${url}stored`);
    expect(await stored.json()).toEqual({ "/uploads/note.txt": "Hello, storage: äöü" });
    expect(faults).toEqual([]);
  });
});

declare global {
  /** The client, as the page of another origin has made it. */
  var signedFetch: SignedFetch;
}

describe("a page of another origin in Chromium", () => {
  it("signs whatever a page can send, and heeds what it must not do", async () => {
    await using foreign = await startForeignPage();
    const page = await newPage();
    await page.goto(foreign.pageUrl);
    await page.waitForFunction(() => globalThis.signedFetch !== undefined);
    const outcomes = await page.evaluate(async (apiUrl) => {
      const outcome = async (...call: Parameters<SignedFetch>) => {
        try {
          const response = await globalThis.signedFetch(...call);
          return `${response.status} ${response.type} ${await response.text()}`;
        } catch (error) {
          return String(error);
        }
      };
      const post = (more: RequestInit) => outcome("/echo", { method: "POST", ...more });
      return {
        get: await outcome("/echo"),
        empty: await post({}),
        blob: await post({ body: new Blob(["x"], { type: "text/x" }) }),
        bytes: await post({ body: Uint8Array.of(1, 2, 3) }),
        stream: await post({ body: new Blob(["flow"]).stream() }),
        kept: await post({ body: "x", keepalive: true }),
        request: await outcome(new Request(`${apiUrl}/echo`, { method: "PUT", body: "whole" })),
        redirect: await outcome("/away"),
        shown: await outcome("/away", { redirect: "manual" }),
        aborted: await outcome("/echo", { signal: AbortSignal.abort() }),
        unsigned: await post({ body: "x", mode: "no-cors" }),
      };
    }, foreign.apiUrl);
    expect(outcomes).toEqual({
      get: "200 cors GET 0 bytes",
      empty: "200 cors POST 0 bytes",
      blob: "200 cors POST 1 bytes text/x",
      bytes: "200 cors POST 3 bytes",
      stream: "200 cors POST 4 bytes",
      kept: "200 cors POST 1 bytes text/plain;charset=UTF-8",
      request: "200 cors PUT 5 bytes text/plain;charset=UTF-8",
      redirect: "TypeError: Failed to fetch",
      shown: "0 opaqueredirect ",
      aborted: "AbortError: signal is aborted without reason",
      // Scripts may not set the headers of such a request, so it could only go unsigned. It does not go.
      unsigned: "TypeError: Failed to fetch",
    });
    expect(foreign.served).toEqual(["GET", "POST", "POST", "POST", "POST", "POST", "PUT", "away", "away"]);
  });
});
