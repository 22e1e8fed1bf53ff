import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { analyzePolicy } from "../../src/policy/analysis/analyze-policy.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { PolicyError } from "../../src/policy/policy-error.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "poolgate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const yaml = "version: 1\nroutes:\n  GET /a: guest\n";
const json = '{"version":1,"routes":{"GET /a":"guest"}}';

describe("loadPolicy", () => {
  it("reads the file in the format that its name or the option tells", async () => {
    for (const policy of [
      await loadPolicy(file("a.yaml", yaml)),
      await loadPolicy(file("a.YML", yaml)),
      await loadPolicy(file("a.json", json)),
      await loadPolicy(file("a.conf", json), { format: "json" }),
      await loadPolicy(file("b.json", yaml), { format: "yaml" }),
    ]) {
      expect(policy.document.routes).toEqual({ "GET /a": "guest" });
    }
  });

  it("takes JSON as JSON: what YAML allows beyond it is refused", async () => {
    await expect(loadPolicy(file("c.json", yaml))).rejects.toThrow(
      /c\.json:1:1: this is no JSON: a value is wanted here/,
    );
  });

  it("rejects with the faults of the file at their positions", async () => {
    const path = file("faulty.yaml", "version: 1\nroutes:\n  GET /a: { group: [] }\n");
    const error: unknown = await loadPolicy(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PolicyError);
    expect((error as PolicyError).faults).toMatchObject([{ location: { file: path, line: 3, column: 20 } }]);
  });

  it.each<[name: string, content: string | Uint8Array | undefined, fault: string]>([
    ["missing.yaml", undefined, "there is no such file"],
    ["latin.yaml", Uint8Array.of(0x61, 0xe9, 0x62), "the file is not UTF-8; save it in that encoding"],
    [
      "long.yaml",
      Buffer.alloc(2 * 1024 * 1024 + 1, "#"),
      "the document is longer than 2097152 bytes; no policy needs that much",
    ],
    ["missing.yaml/a.json", undefined, "there is no such file"],
    ["a.yaml/a.json", undefined, "the file cannot be read (ENOTDIR)"],
  ])("rejects what cannot be read: %s", async (name, content, fault) => {
    file("a.yaml", yaml);
    const path = content === undefined ? join(folder, name) : file(name, content);
    await expect(loadPolicy(path)).rejects.toThrow(new PolicyError("policy", [{ where: path, fault }]));
  });

  it("rejects a folder, and reads no device", async () => {
    mkdirSync(join(folder, "folder.yaml"));
    symlinkSync("/dev/zero", join(folder, "device.yaml"));
    for (const name of ["folder.yaml", "device.yaml"]) {
      await expect(loadPolicy(join(folder, name))).rejects.toThrow(`${name}: this is no file`);
    }
  });

  it.each([
    [[""], "loadPolicy.path: must be the path of a file, such as policy.yaml"],
    [[new URL("file:///a.yaml")], "loadPolicy.path: must be the path of a file, such as policy.yaml"],
    [["policy"], 'loadPolicy.format: its name ends neither with .yaml or .yml nor with .json; pass { format: "yaml" }'],
    [["policy.yaml", { onWarnings: "log" }], "loadPolicy.onWarnings: write (warnings) => ..."],
    [["policy.yaml", { format: "xml" }], 'loadPolicy.format: write "yaml" or "json"'],
    [["policy.yaml", { watch: true }], "loadPolicy.watch: there is no such option; the options are format, extensions"],
  ])("refuses %j", async (given, message) => {
    const thrown: unknown = await loadPolicy(...(given as Parameters<typeof loadPolicy>)).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as ConfigurationError).message).toContain(message);
  });
});

describe("warnings", () => {
  const odd = "version: 1\nroutes:\n  GET /a: { scope: x }\n  GET /:id: guest\n";
  const told = { code: "no_signed_caller", where: 'routes["GET /a"]', location: { line: 3, column: 13 } };

  it("are told once, with their places, where somebody wants to know", async () => {
    const all: unknown[] = [];
    const onWarnings = (warnings: unknown) => void all.push(warnings);
    await parsePolicy(odd, { onWarnings });
    expect(all).toMatchObject([[told]]);
    const path = file("odd.yaml", odd);
    await loadPolicy(path, { onWarnings });
    expect(all).toMatchObject([[told], [{ ...told, location: { file: path, line: 3, column: 13 } }]]);
    expect(Object.isFrozen(all[0])).toBe(true);
  });

  it("are not told of a document that has none", async () => {
    await parsePolicy("version: 1\nroutes:\n  GET /a: guest\n  GET /:id: guest\n", {
      onWarnings: () => expect.unreachable(),
    });
  });

  it("reject where the callback throws", async () => {
    const onWarnings = (warnings: readonly { readonly finding: string }[]) => {
      throw new Error(warnings[0]?.finding);
    };
    await expect(parsePolicy(odd, { onWarnings })).rejects.toThrow("nobody who signs can ever pass");
  });

  it("have their places long after the document was read", async () => {
    const held = globalThis.WeakRef;
    vi.stubGlobal(
      "WeakRef",
      class {
        deref() {}
      },
    );
    try {
      const yamlPolicy = await parsePolicy(odd);
      expect(analyzePolicy(yamlPolicy).findings).toMatchObject([told, { location: { line: 4, column: 3 } }]);
      const jsonPolicy = await parsePolicy('{ "version": 1,\n"routes": { "GET /a": { "scope": "x" } } }', {
        format: "json",
      });
      expect(analyzePolicy(jsonPolicy).findings).toMatchObject([{ location: { line: 2, column: 25 } }]);
    } finally {
      vi.stubGlobal("WeakRef", held);
    }
  });
});

describe("without the package yaml", () => {
  it("JSON is read, and YAML is refused with what to install", async () => {
    vi.doMock("yaml", () => {
      throw new Error("ERR_MODULE_NOT_FOUND");
    });
    try {
      expect((await parsePolicy(json, { format: "json" })).document.routes).toEqual({ "GET /a": "guest" });
      await expect(parsePolicy(yaml)).rejects.toMatchObject({
        code: "missing_option",
        message:
          "policy: a policy in YAML is read with the package yaml: npm install yaml; one in JSON needs no package",
      });
    } finally {
      vi.doUnmock("yaml");
    }
  });
});
