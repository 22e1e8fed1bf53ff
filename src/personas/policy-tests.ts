import { type AuthErrorCode, errorTable } from "../errors.ts";
import { quote } from "../policy/explain.ts";
import { keyStep, type Place, type PolicyFault, placeOf } from "../policy/policy-error.ts";
import { entriesOf, itemsOf, readName, readOneOrMore, typeText } from "../policy/read-json.ts";
import type { PersonaRequest } from "./judge.ts";
import { type Persona, type ReadPersona, readAddress } from "./persona.ts";
import { findPersona, type Personas, readPersonas, requireNone } from "./personas.ts";
import { readRequest, requestText } from "./request-text.ts";

/** What a test expects: `allow`, `deny` whatever the code, or the code of the refusal. */
export type Expectation = "allow" | "deny" | AuthErrorCode;

/** One or several callers, a request, and what is to come of it. */
export interface PolicyTestCase {
  /** What the case is about; by default the request and the persona. */
  readonly name?: string;
  /** The name of a persona, or several. */
  readonly as: string | readonly string[];
  /**
   * The method, one space and the path, such as `GET /articles/7?lang=en`; `fields` with one field or several, such as
   * `fields Mutation.deleteUser`; or `connect`, with a query as `connect?room=7`.
   */
  readonly request: string;
  /** The headers of the request; a signed caller signs all of them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that the request comes from. */
  readonly ip?: string;
  readonly expect: Expectation;
  /** The route that is to be judged, as the policy writes it. Fields and `connect` have none. */
  readonly route?: string;
}

/** Tests of a policy, as a file has them. */
export interface PolicyTests {
  /** The callers by name; in a file also the path of another with them. `anonymous` and `guest` are always there. */
  readonly personas?: Readonly<Record<string, Persona>> | string;
  /** For each request what is to come of it for each persona; `*` stands for those that the row does not name. */
  readonly table?: Readonly<Record<string, Readonly<Record<string, Expectation>>>>;
  /** Cases that have more to say than a cell of the table. */
  readonly cases?: readonly PolicyTestCase[];
}

/** One request of one persona, with what is to come of it. */
export interface ReadCase {
  readonly name: string;
  readonly persona: ReadPersona;
  readonly request: PersonaRequest;
  readonly expect: Expectation;
  readonly route?: string;
}

const keys = ["personas", "table", "cases"];
const caseKeys = ["name", "as", "request", "headers", "ip", "expect", "route"];

/**
 * Reads tests.
 *
 * @throws ConfigurationError of all faults.
 */
export function readPolicyTests(tests: unknown): readonly ReadCase[] {
  const faults: PolicyFault[] = [];
  const entries = entriesOf(tests);
  if (entries === undefined) placeOf("tests", faults).report(`write an object with ${keys.join(", ")}`);
  const given = new Map(entries);
  refuseUnknown(given.keys(), keys, placeOf("tests", faults));
  const personas: Personas = given.has("personas")
    ? readPersonas(given.get("personas"), "personas", faults)
    : new Map();
  requireNone(faults);
  const cases = [
    ...(given.has("table") ? readTable(given.get("table"), personas, placeOf("table", faults)) : []),
    ...(given.has("cases") ? readCases(given.get("cases"), personas, placeOf("cases", faults)) : []),
  ];
  requireNone(faults);
  return cases;
}

/** Reads headers by name. */
export function readHeaders(value: unknown, at: Place): readonly string[] | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return at.report(`write an object, not ${typeText(value)}`);
  for (const [name, text] of entries) {
    if (typeof text !== "string") return at.inside(keyStep(name)).report(`write a string, not ${typeText(text)}`);
    if (name.toLowerCase() === "authorization") return at.report("a persona stands for the credential; leave it out");
  }
  return entries.flat() as string[];
}

function readTable(value: unknown, personas: Personas, at: Place): readonly ReadCase[] {
  const rows = entriesOf(value);
  if (rows === undefined) at.report(`write an object of requests, not ${typeText(value)}`);
  return (rows ?? []).flatMap(([text, cells]) => {
    const place = at.inside(keyStep(text));
    const request = readRequest(text, place);
    const entries = entriesOf(cells);
    if (entries === undefined) place.report(`write an object of personas, not ${typeText(cells)}`);
    const named = new Set(entries?.map(([name]) => name));
    return (entries ?? []).flatMap(([name, expected]) => {
      const inner = place.inside(keyStep(name));
      const expect = readExpectation(expected, inner);
      const others = [...personas.values()].filter((persona) => !named.has(persona.name));
      const meant = name === "*" ? others : [readPersonaName(name, personas, inner)];
      if (request === undefined || expect === undefined) return [];
      return meant.flatMap((persona) =>
        persona === undefined ? [] : { name: `${text} as ${persona.name}`, persona, request, expect },
      );
    });
  });
}

function readCases(value: unknown, personas: Personas, at: Place): readonly ReadCase[] {
  const items = itemsOf(value);
  if (items === undefined) at.report(`write a list, not ${typeText(value)}`);
  return (items ?? []).flatMap((item, index) => readCase(item, personas, at.inside(`[${index}]`)));
}

function readCase(value: unknown, personas: Personas, at: Place): readonly ReadCase[] {
  const entries = entriesOf(value);
  if (entries === undefined) at.report(`write an object with ${caseKeys.join(", ")}, not ${typeText(value)}`);
  const given = new Map(entries);
  refuseUnknown(given.keys(), caseKeys, at);
  const optional = <T>(key: string, read: (value: unknown, at: Place) => T | undefined): T | undefined =>
    given.has(key) ? read(given.get(key), at.inside(`.${key}`)) : undefined;
  const name = optional("name", (text, place) => readName(text, place, "a name"));
  const headers = optional("headers", readHeaders);
  const ip = optional("ip", readAddress);
  const route = optional("route", (text, place) => readName(text, place, "a route"));
  const request = readRequest(given.get("request"), at.inside(".request"));
  const expect = readExpectation(given.get("expect"), at.inside(".expect"));
  const meant = readOneOrMore(given.get("as"), at.inside(".as"), (text, place) =>
    readPersonaName(text, personas, place),
  );
  if (request === undefined || expect === undefined) return [];
  if (route !== undefined && (request.fields !== undefined || request.connect === true)) {
    at.inside(".route").report("fields and connect have no route; leave it out");
  }
  return (meant ?? []).map((persona) => ({
    name: `${name === undefined ? "" : `${name}: `}${requestText(request)} as ${persona.name}`,
    persona,
    request: { ...request, ...(headers && { headers }), ...(ip !== undefined && { ip }) },
    expect,
    ...(route !== undefined && { route }),
  }));
}

function readPersonaName(name: unknown, personas: Personas, at: Place): ReadPersona | undefined {
  const found = typeof name === "string" ? findPersona(personas, name) : undefined;
  const names = [...personas.keys(), "anonymous", "guest"].join(", ");
  return found ?? at.report(`write the name of a persona: ${names}`);
}

function readExpectation(value: unknown, at: Place): Expectation | undefined {
  if (value === "allow" || value === "deny") return value;
  if (typeof value === "string" && Object.hasOwn(errorTable, value)) return value as AuthErrorCode;
  return at.report("write allow, deny, or the code of an error, such as insufficient_scope");
}

function refuseUnknown(given: Iterable<string>, known: readonly string[], at: Place): void {
  for (const key of given) {
    if (!known.includes(key)) at.report(`there is no ${quote(key)} here; the keys are ${known.join(", ")}`);
  }
}
