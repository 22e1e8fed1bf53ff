import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPoolgate } from "../cli/run-poolgate.ts";
import { patience, startChromium } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "poolgate-matrix-"));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Makes the page of a policy and opens it; what it throws, and what it asks for beside itself, is in `faults`. */
async function open(name: string, policy: object, personas: object): Promise<{ page: Page; faults: string[] }> {
  const write = (kind: string, data: object): string => {
    const path = join(folder, `${name}-${kind}.json`);
    writeFileSync(path, JSON.stringify(data));
    return path;
  };
  const html = join(folder, `${name}.html`);
  const ended = await runPoolgate(["matrix", write("policy", policy), write("personas", personas), "--html", html]);
  expect(ended).toEqual({ status: 0, stdout: "", stderr: "" });
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  page.setDefaultTimeout(patience);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => faults.push(message.text()));
  page.on("dialog", (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(html).href) faults.push(request.url());
  });
  await page.goto(pathToFileURL(html).href);
  return { page, faults };
}

const policy = {
  version: 1,
  require: { not: { group: "suspended" } },
  routes: {
    "GET /health": "anyone",
    "POST /articles": { allOf: [{ group: "editors" }, { scope: "articles/write" }] },
    "GET /tenants/:tenantId": { equal: [{ tag: "tenant" }, { param: "tenantId" }] },
  },
};
const personas = {
  ada: { groups: ["editors"], scopes: ["articles/write"], tags: { tenant: "acme" } },
  signer: { credential: "signature", groups: ["editors"] },
};
/** The cell of a route and a caller; the anonymous one is first. */
const cell = (page: Page, row: number, column: number) => page.locator("tbody tr").nth(row).locator("td").nth(column);

describe("the page of poolgate matrix", () => {
  it("tells why when a cell is pointed at", async () => {
    const { page, faults } = await open("hover", policy, personas);
    expect(await page.locator("tbody td").evaluateAll((cells) => cells.map((one) => one.textContent).join(""))).toBe(
      "✓✓✓✗✓✗✗~✗",
    );
    await cell(page, 1, 2).hover();
    const why = page.locator("aside");
    expect(await why.locator("h2").textContent()).toBe("POST /articles");
    expect(await why.locator("#who").textContent()).toBe("signer");
    expect(await why.locator("#outcome").textContent()).toBe("denied");
    expect(await why.locator("pre").textContent()).toContain("a signed caller has no scopes");
    expect(await why.locator("pre .unknown").last().textContent()).toContain('? scope("articles/write")');
    await cell(page, 2, 1).hover();
    expect(await why.locator("pre").textContent()).toMatch(
      /^GET \/tenants\/acme\nallowed(?:.|\n)+with other values:\nGET \/tenants\/sample\ndenied/,
    );
    expect(faults).toEqual([]);
  });

  it("keeps a cell that was clicked, and moves by arrow keys", async () => {
    const { page, faults } = await open("keys", policy, personas);
    await cell(page, 0, 0).click();
    await cell(page, 1, 2).hover();
    expect(await page.locator("#route").textContent()).toBe("GET /health");
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    expect(await page.locator("#route").textContent()).toBe("POST /articles");
    expect(await page.locator("#who").textContent()).toBe("signer");
    expect(await page.locator("td[tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Escape");
    await cell(page, 0, 1).hover();
    expect(await page.locator("#who").textContent()).toBe("ada");
    expect(faults).toEqual([]);
  });

  it("filters by route, caller and outcome", async () => {
    const { page, faults } = await open("filter", policy, personas);
    const visible = () => page.locator("tbody tr:visible th").allTextContents();
    await page.keyboard.press("/");
    await page.keyboard.type("TENANT");
    expect(await visible()).toEqual(["GET /tenants/:tenantId"]);
    expect(await page.locator("#count").textContent()).toBe("1 of 3 routes, 3 of 3 callers");
    await page.getByLabel("Routes", { exact: true }).fill("");
    await page.getByLabel("Callers", { exact: true }).fill("sign");
    expect(await page.locator("thead th:visible").allTextContents()).toEqual(["Route", "signer"]);
    await page.getByLabel("Outcome").selectOption("allow");
    expect(await visible()).toEqual(["GET /health"]);
    await page.getByLabel("Outcome").selectOption("some");
    expect(await page.getByText("No route fits.").isVisible()).toBe(true);
    expect(faults).toEqual([]);
  });

  it("shows what is hostile in a policy as text, and lets nothing else run", async () => {
    const hostile = `</script><script>alert(1)</script><img src=x onerror="alert(2)"><!--<script>`;
    const { page, faults } = await open(
      "hostile",
      { version: 1, routes: { "GET /a": { group: hostile }, "GET /b&lt;script&gt;": "anyone" } },
      { [hostile]: { groups: [hostile] }, bob: {} },
    );
    await cell(page, 0, 2).hover();
    expect(await page.locator("pre").textContent()).toContain(`group(${JSON.stringify(hostile)})`);
    expect(await page.locator("thead th").nth(2).textContent()).toBe(JSON.stringify(hostile).slice(1, -1));
    expect(await page.locator("tbody th").nth(1).textContent()).toBe("GET /b&lt;script&gt;");
    expect(await page.locator("img").count()).toBe(0);
    expect(faults).toEqual([]);
    const blocked = page.evaluate(
      `const script = document.createElement("script");
       script.textContent = "window.ran = true";
       document.body.append(script);
       "ran" in window`,
    );
    expect(await blocked).toBe(false);
    expect(faults.join()).toContain("Content Security Policy");
  });

  it("shows fields and connections as it shows routes", async () => {
    const graph = { version: 1, fields: { "Mutation.*": { group: "editors" } }, connect: "authenticated" };
    const { page, faults } = await open("graph", graph, personas);
    expect(await page.locator("tbody th").allTextContents()).toEqual(["fields Mutation.*", "fields *", "connect"]);
    await cell(page, 0, 0).hover();
    expect(await page.locator("#route").textContent()).toBe("fields Mutation.*");
    expect(await page.locator("#why").textContent()).toMatch(/^fields Mutation\.other\ndenied: no_credentials/);
    await cell(page, 2, 1).hover();
    expect(await page.locator("#why").textContent()).toMatch(/^connect\nallowed/);
    expect(faults).toEqual([]);
  });

  it("is as good for fifty callers and five hundred routes", async () => {
    const groups = Array.from({ length: 50 }, (_, index) => `team-${index}`);
    const routes = Array.from({ length: 500 }, (_, index) => [
      `GET /r${index}/:id`,
      {
        anyOf: [{ group: groups.slice(index % 40, (index % 40) + 10) }, { equal: [{ userId: true }, { param: "id" }] }],
      },
    ]);
    const callers = groups.map((group) => [`member of ${group}`, { groups: [group] }]);
    const { page, faults } = await open(
      "large",
      { version: 1, routes: Object.fromEntries(routes) },
      Object.fromEntries(callers),
    );
    expect(await page.locator("tbody td").count()).toBe(500 * 51);
    await page.getByLabel("Routes", { exact: true }).fill("/r499/");
    await cell(page, 499, 50).hover();
    expect(await page.locator("pre").textContent()).toMatch(/^GET \/r499\/member%20of%20team-49\nallowed/);
    expect(faults).toEqual([]);
  });
});
