import { type Personas, readPersonas, requireNone } from "../personas/personas.ts";
import type { PolicyFault } from "../policy/policy-error.ts";
import { entriesOf } from "../policy/read-json.ts";
import { readData } from "./read-data.ts";

/**
 * Reads the personas of a file: an object of them by name, or one with them under `personas`.
 *
 * @throws CommandFault or ConfigurationError where it holds none.
 */
export async function readPersonasFile(path: string): Promise<Personas> {
  const data = await readData(path);
  const inner = entriesOf(data)?.find(([key]) => key === "personas")?.[1];
  const faults: PolicyFault[] = [];
  const personas = readPersonas(inner ?? data, "personas", faults);
  requireNone(faults);
  return personas;
}
