import { ConfigurationError } from "../configuration.ts";
import { keyStep, type PolicyFault, placeOf } from "../policy/policy-error.ts";
import { entriesOf, typeText } from "../policy/read-json.ts";
import { inlinePersona } from "./inline-persona.ts";
import { type ReadPersona, readPersona } from "./persona.ts";

/** Personas by name. */
export type Personas = ReadonlyMap<string, ReadPersona>;

/** Those that are there without being written: the kinds that need nothing more to be told. */
const given: Personas = new Map(
  (["anonymous", "guest"] as const).map((name) => [
    name,
    { name, kind: name, credential: name === "guest" ? "signature" : "none" },
  ]),
);

/** Reads personas by name; each fault that is reported is one of `where`. */
export function readPersonas(value: unknown, where: string, faults: PolicyFault[]): Personas {
  const entries = entriesOf(value);
  if (entries === undefined) {
    placeOf(where, faults).report(`write an object of personas by name, not ${typeText(value)}`);
    return given;
  }
  const personas = new Map<string, ReadPersona>();
  for (const [name, content] of entries) {
    const persona = readPersona(name, content, placeOf(`${where}${keyStep(name)}`, faults));
    if (persona !== undefined) personas.set(name, persona);
  }
  return personas;
}

/** The persona of a name, written or not; undefined where there is none. */
export function findPersona(personas: Personas, name: string): ReadPersona | undefined {
  return personas.get(name) ?? given.get(name);
}

/**
 * The persona that one argument names or spells out.
 *
 * @throws ConfigurationError where it does neither.
 */
export function personaOf(text: string, personas: Personas): ReadPersona {
  const known = findPersona(personas, text);
  if (known !== undefined) return known;
  const faults: PolicyFault[] = [];
  const at = placeOf("persona", faults);
  if (!/[={]/.test(text)) {
    const names = [...new Set([...personas.keys(), ...given.keys()])].join(", ");
    at.report(`there is no persona ${JSON.stringify(text)}; there are ${names}, or write one as key=value,key=value`);
  }
  const spelled = faults.length === 0 ? inlinePersona(text, at) : undefined;
  const persona = spelled === undefined ? undefined : readPersona("caller", spelled, at);
  requireNone(faults);
  return persona as ReadPersona;
}

/** @throws ConfigurationError of all faults, where there is one. */
export function requireNone(faults: readonly PolicyFault[]): void {
  if (faults.length === 0) return;
  const [first = { where: "", fault: "" }] = faults;
  const lines = faults.map(({ where, fault }) => `${where}: ${fault}`);
  throw new ConfigurationError(
    "invalid_option",
    first.where,
    faults.length === 1 ? first.fault : `${faults.length} faults\n  ${lines.join("\n  ")}`,
  );
}
