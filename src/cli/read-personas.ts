import { type Personas, readPersonas, requireNone } from "../personas/personas.ts";
import { readData } from "../personas/read-data.ts";
import type { PolicyFault } from "../policy/policy-error.ts";
import { entriesOf } from "../policy/read-json.ts";

/**
 * Reads the personas of a file: an object of them by name, or one with them under `personas`.
 *
 * @throws ConfigurationError (rejected) where it holds none.
 */
export async function readPersonasFile(path: string): Promise<Personas> {
  const data = await readData(path);
  const inner = entriesOf(data)?.find(([key]) => key === "personas")?.[1];
  const faults: PolicyFault[] = [];
  const personas = readPersonas(inner ?? data, "personas", faults);
  requireNone(faults);
  return personas;
}
