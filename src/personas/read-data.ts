import { readFile } from "node:fs/promises";
import { ConfigurationError } from "../configuration.ts";

/**
 * Reads a file of YAML or JSON as plain data.
 *
 * @throws ConfigurationError (rejected) where it cannot be read, or is neither.
 */
export async function readData(path: string): Promise<unknown> {
  const text = await readText(path);
  if (/\.json$/i.test(path)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw fault(path, `this is no JSON: ${(error as Error).message}`);
    }
  }
  if (!/\.ya?ml$/i.test(path)) throw fault(path, "its name ends neither with .yaml or .yml nor with .json");
  const { parseDocument } = await importYaml(path);
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: true });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) throw fault(path, wrong.message.trimEnd());
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw fault(path, (error as Error).message);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault(path, code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`);
  }
}

async function importYaml(path: string): Promise<typeof import("yaml")> {
  try {
    return await import("yaml");
  } catch {
    throw fault(path, "YAML is read with the package yaml: npm install yaml; JSON needs no package");
  }
}

function fault(path: string, text: string): ConfigurationError {
  return new ConfigurationError("invalid_option", path, text);
}
