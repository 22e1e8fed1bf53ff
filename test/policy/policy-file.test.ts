import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAuthorizer } from "../../src/authorizer.ts";
import { group, rule } from "../../src/policy/combinators.ts";
import { type PolicyFile, type PolicyFileOptions, policyFile } from "../../src/policy/policy-file.ts";
import { anonymous, closedGroups, createPrincipal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";
import { parseTarget } from "../../src/target.ts";

const policyOf = (name: string) =>
  `version: 1\nrules: { own: { group: ${name} } }\nroutes: { GET /a: { group: ${name} } }\n`;

let folder: string;
let path: string;
let open: PolicyFile[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "poolgate-"));
  path = join(folder, "policy.yaml");
  open = [];
  writeFileSync(path, policyOf("first"));
});
afterEach(() => {
  for (const file of open) file.close();
  rmSync(folder, { recursive: true });
});

/** A watched file, with the groups of its live policies and its errors in their order. */
async function watched(options: PolicyFileOptions = {}) {
  const groups: string[] = [];
  const errors: string[] = [];
  const file = await policyFile(path, {
    watch: true,
    intervalMs: 20,
    onReload: (policy, previous) => groups.push(`${groupOf(previous)} -> ${groupOf(policy)}`),
    onError: (error) => errors.push(error.message),
    ...options,
  });
  open.push(file);
  return { file, groups, errors };
}

const groupOf = ({ document }: Pick<PolicyFile, "document">): string =>
  JSON.stringify(document.routes["GET /a"]).slice(10, -2);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a policy that follows its file", () => {
  it("is the policy of the file, also by the names of another", async () => {
    const { file } = await watched();
    expect(groupOf(file)).toBe("first");
    expect(file.current.document).toBe(file.document);
    expect(file.match("GET", parseTarget("/a"))?.route).toBe("GET /a");
    expect(file.compile(rule("own")).source).toEqual({ rule: "own" });
    expect(file.grants(anonymous)).toEqual(file.current.grants(anonymous));
    expect(file.varying()).toEqual([]);
  });

  it("changes with the file that is written, and tells both policies", async () => {
    const { file, groups } = await watched();
    writeFileSync(path, policyOf("second"));
    await vi.waitFor(() => expect(groups).toEqual(["first -> second"]), 30_000);
    expect(groupOf(file)).toBe("second");
    writeFileSync(path, `# only a comment\n${policyOf("second")}`);
    await pause(150);
    writeFileSync(path, policyOf("third"));
    await vi.waitFor(() => expect(groups).toEqual(["first -> second", "second -> third"]), 30_000);
  });

  it("changes with the file that an editor puts in its place", async () => {
    const { groups } = await watched();
    writeFileSync(`${path}~`, policyOf("second"));
    renameSync(`${path}~`, path);
    await vi.waitFor(() => expect(groups).toEqual(["first -> second"]), 30_000);
  });

  it("changes with a symbolic link that is turned, as Kubernetes turns ..data", async () => {
    for (const name of ["first", "second"]) {
      mkdirSync(join(folder, `..${name}`));
      writeFileSync(join(folder, `..${name}`, "policy.yaml"), policyOf(name));
    }
    unlinkSync(path);
    symlinkSync("..first", join(folder, "..data"));
    symlinkSync(join("..data", "policy.yaml"), path);
    const { groups } = await watched();
    symlinkSync("..second", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    rmSync(join(folder, "..first"), { recursive: true });
    await vi.waitFor(() => expect(groups).toEqual(["first -> second"]), 30_000);
  });

  it("is not taken half-written", async () => {
    const { groups, errors } = await watched({ intervalMs: 100 });
    for (let length = 20; length < 70; length += 5) {
      writeFileSync(path, policyOf("second").slice(0, length));
      await pause(20);
    }
    writeFileSync(path, policyOf("second"));
    await vi.waitFor(() => expect(groups).toEqual(["first -> second"]), 30_000);
    expect(errors).toEqual([]);
  });

  it("stays as it is while the file is bad or gone, and tells each of that once", async () => {
    const { file, groups, errors } = await watched();
    writeFileSync(path, "version: 1\nroutes: { GET /a: { group: [] }, GET /b: guset }\n");
    await vi.waitFor(() => expect(errors).toHaveLength(1), 30_000);
    expect(errors[0]).toContain("policy: 2 faults\n");
    expect(errors[0]).toContain(`${path}:2:28: routes["GET /a"].group: the list is empty`);
    unlinkSync(path);
    await vi.waitFor(() => expect(errors).toHaveLength(2), 30_000);
    expect(errors[1]).toContain("there is no such file");
    await pause(150);
    expect(errors).toHaveLength(2);
    expect(groupOf(file)).toBe("first");
    writeFileSync(path, policyOf("second"));
    await vi.waitFor(() => expect(groups).toEqual(["first -> second"]), 30_000);
  });

  it("refuses a file that lacks a named rule of a guard", async () => {
    const { file, errors } = await watched();
    createAuthorizer({ verifiers: [verifier], policy: file }).prepare(rule("own"));
    writeFileSync(path, "version: 1\nroutes: { GET /a: guest }\n");
    await vi.waitFor(() => expect(errors).toHaveLength(1), 30_000);
    expect(errors[0]).toContain('rule.rule of the guard {"rule":"own"}: there is no rule of the name "own" in rules');
    expect(groupOf(file)).toBe("first");
  });

  it("is read at once on demand, also without a watch and when closed", async () => {
    const { file, groups } = await watched({ watch: false });
    file.close();
    writeFileSync(path, policyOf("second"));
    await file.reload();
    expect([groupOf(file), groups]).toEqual(["second", ["first -> second"]]);
    writeFileSync(path, "version: 2");
    await expect(file.reload()).rejects.toThrow("version: write 1");
    expect(groupOf(file)).toBe("second");
  });

  it("is read by one demand after the other, so that what was read last stays", async () => {
    const reads: ((text: string) => void)[] = [];
    const readFileState = () =>
      new Promise((resolve) => reads.push((text) => resolve({ bytes: Buffer.from(text, "utf8") })));
    vi.resetModules();
    vi.doMock("../../src/policy/file-state.ts", () => ({ readFileState, isSameState: () => true }));
    try {
      const { policyFile: fresh } = await import("../../src/policy/policy-file.ts");
      const starting = fresh(path);
      await vi.waitFor(() => expect(reads).toHaveLength(1), 30_000);
      reads[0]?.(policyOf("first"));
      const file = await starting;
      const [older, bad, newer] = [file.reload(), file.reload(), file.reload()];
      await pause(5);
      expect(reads).toHaveLength(2);
      reads[1]?.(policyOf("older"));
      await older;
      expect(groupOf(file)).toBe("older");
      await vi.waitFor(() => expect(reads).toHaveLength(3), 30_000);
      reads[2]?.("version: 2\n");
      await expect(bad).rejects.toThrow("write 1");
      await vi.waitFor(() => expect(reads).toHaveLength(4), 30_000);
      reads[3]?.(policyOf("newer"));
      await newer;
      expect(groupOf(file)).toBe("newer");
    } finally {
      vi.doUnmock("../../src/policy/file-state.ts");
      vi.resetModules();
    }
  });

  it("follows no more once it is closed", async () => {
    const { file, groups, errors } = await watched();
    file.close();
    writeFileSync(path, policyOf("second"));
    await pause(150);
    expect([groupOf(file), groups, errors]).toEqual(["first", [], []]);
  });

  it("does not take what it was reading while it was closed", async () => {
    let reads = 0;
    const { file, groups } = await watched({
      extensions: {
        // Asked for in the midst of each reading.
        get functions() {
          if (++reads > 1) file.close();
          return {};
        },
      },
    });
    writeFileSync(path, policyOf("second"));
    await vi.waitFor(() => expect(reads).toBe(2), 30_000);
    await pause(50);
    expect([groupOf(file), groups]).toEqual(["first", []]);
  });

  it("tells the warnings of each policy that becomes the live one", async () => {
    const told: string[] = [];
    const odd = (scope: string) => `version: 1\nroutes: { GET /a: { scope: ${scope} } }\n`;
    writeFileSync(path, odd("one"));
    const file = await policyFile(path, {
      onWarnings: (warnings) => told.push(...warnings.map(({ finding }) => finding.slice(-12))),
    });
    open.push(file);
    expect(told).toEqual(['scope("one")']);
    await file.reload();
    writeFileSync(path, "version: 1\nroutes: { GET /a: guest }\n");
    await file.reload();
    expect(told).toHaveLength(1);
    writeFileSync(path, odd("two"));
    await file.reload();
    expect(told).toEqual(['scope("one")', 'scope("two")']);
  });

  it("makes a warning of what callbacks throw, and of errors that nobody wants", async () => {
    const warnings: string[] = [];
    const warning = vi.spyOn(process, "emitWarning").mockImplementation((given) => void warnings.push(String(given)));
    try {
      await watched({
        onReload: () => {
          throw new Error("from onReload");
        },
        onError: () => {
          throw "no error";
        },
      });
      writeFileSync(path, policyOf("second"));
      await vi.waitFor(() => expect(warnings).toContain("Error: from onReload"), 30_000);
      writeFileSync(path, "version: 2");
      await vi.waitFor(
        () => expect(warnings).toContain("a callback of policyFile threw something that is no Error"),
        30_000,
      );
      writeFileSync(path, policyOf("first"));
      const { onReload: _, onError: __, ...silent } = { onReload: 0, onError: 0, watch: true, intervalMs: 20 };
      open.push(await policyFile(path, silent));
      writeFileSync(path, "version: 3");
      await vi.waitFor(() => expect(warnings.join("\n")).toContain("version: write 1"), 30_000);
    } finally {
      warning.mockRestore();
    }
  });

  it("rejects where the file is bad at the start", async () => {
    await expect(policyFile(join(folder, "none.yaml"))).rejects.toThrow("none.yaml: there is no such file");
    writeFileSync(path, "version: 2");
    await expect(policyFile(path)).rejects.toThrow("version: write 1");
  });

  it.each([
    [{ watch: "yes" }, "policyFile.watch: write true or false"],
    [{ intervalMs: 1 }, "policyFile.intervalMs: must be a whole number from 10 to 3600000"],
    [{ onWarnings: 1 }, "policyFile.onWarnings: write (warnings) => ..."],
    [{ onReload: 1 }, "policyFile.onReload: write (policy) => ..."],
    [{ onError: 1 }, "policyFile.onError: write (error) => ..."],
    [{ onChange: 1 }, "policyFile.onChange: there is no such option"],
  ])("refuses the option %j", async (options, message) => {
    await expect(policyFile(path, options as PolicyFileOptions)).rejects.toThrow(message);
  });

  it("keeps no process alive, and takes functions beside the file", async () => {
    writeFileSync(path, "version: 1\nroutes: { GET /a: { custom: quiet } }\n");
    const script = join(folder, "main.ts");
    const module = fileURLToPath(new URL("../../src/policy/policy-file.ts", import.meta.url));
    writeFileSync(
      script,
      `import { policyFile } from ${JSON.stringify(module)};
       policyFile(${JSON.stringify(path)}, { watch: true, extensions: { functions: { quiet: () => true } } }).then(() => console.log("ready"));`,
    );
    const tsx = fileURLToPath(new URL("../../node_modules/tsx/dist/cli.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [tsx, script], { timeout: 150_000 });
    expect(stdout).toBe("ready\n");
  });
});

const caller = createPrincipal({
  kind: "user",
  id: "user:1",
  issuer: "pool",
  verifiedBy: "test",
  groups: closedGroups(["first"]),
});
const verifier = {
  scheme: "Test",
  detects: () => true,
  verify: async () => ({ principal: caller }),
};

describe("an authorizer with a policy that follows its file", () => {
  const requestOf = (): AuthRequest => ({ method: "GET", target: "/a", wire: true, headers: new RequestHeaders([]) });

  it("judges one request by one policy, and the next by the new one", async () => {
    const { file } = await watched({ watch: false });
    const authorizer = createAuthorizer({ verifiers: [verifier], policy: file });
    const own = rule("own");
    authorizer.prepare(own);
    const early = requestOf();
    expect((await authorizer.authorize(early)).allowed).toBe(true);
    writeFileSync(path, policyOf("second"));
    await file.reload();
    // The guard of a request that has passed the table, and its table once more.
    expect((await authorizer.authorize(early, { rule: own })).allowed).toBe(true);
    const late = requestOf();
    expect((await authorizer.authorize(late, { rule: own })).allowed).toBe(false);
    expect((await authorizer.authorize(late)).allowed).toBe(false);
    expect((await authorizer.authorize(requestOf(), { rule: group("first") })).allowed).toBe(false);
  });
});
