import { parseRoleName, type RoleName } from "../arn.ts";
import { canonicalAddress } from "../ip-address.ts";
import { readDuration } from "../policy/duration.ts";
import { quote } from "../policy/explain.ts";
import type { Place } from "../policy/policy-error.ts";
import { entriesOf, itemsOf, readName, typeText } from "../policy/read-json.ts";
import type { PrincipalKind } from "../principal.ts";

/** How a persona proves who it is: with a token, with a signature, or not at all. */
export type PersonaCredential = "token" | "signature" | "none";

/**
 * A caller as a test describes him, as plain JSON. What is left out, his credential does not tell.
 *
 * @example
 * ```ts
 * import type { Persona } from "poolgate/testing";
 *
 * const ada: Persona = { groups: ["editors"], tags: { tenant: "acme" } };
 * const batch: Persona = { kind: "role", role: "123456789012/Batch" };
 * const visitor: Persona = { kind: "guest" };
 * ```
 */
export interface Persona {
  /** `user` by default. */
  readonly kind?: PrincipalKind;
  /**
   * `token`, or `signature` for a request signed with credentials of the identity pool. By default users and clients come with a
   * token, roles and guests with a signature.
   */
  readonly credential?: "token" | "signature";
  /** The `sub`; the name of the persona by default for a user. */
  readonly userId?: string;
  /** The identity pool's identity; `eu-west-1:` and the name of the persona by default for a guest. */
  readonly identityId?: string;
  /** The OAuth client of the token; the name of the persona by default for a client. */
  readonly clientId?: string;
  /** Who vouches; the account for a role, else `testing` by default. */
  readonly issuer?: string;
  /** The groups: all there are for a user (none by default), those that the role stands for with a role. */
  readonly groups?: readonly string[];
  /** The scopes of the token; unknown by default, as with an ID token. */
  readonly scopes?: readonly string[];
  /** The principal tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The claims of the token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The IAM role, such as `123456789012/Batch`. */
  readonly role?: RoleName;
  /** How long ago the user signed in: seconds, or a text such as `15m`; unknown by default. */
  readonly authAge?: number | string;
  /** The address that the persona calls from. */
  readonly ip?: string;
}

/** A persona that has been checked. */
export interface ReadPersona extends Omit<Persona, "kind" | "credential" | "authAge"> {
  readonly name: string;
  readonly kind: PrincipalKind;
  readonly credential: PersonaCredential;
  /** In seconds. */
  readonly authAge?: number;
}

const kinds: readonly PrincipalKind[] = ["user", "client", "role", "guest", "anonymous"];
const credentials = ["token", "signature"];

/** What follows each key; undefined where the fault has been reported. */
const readers: Readonly<Record<keyof Persona, (value: unknown, at: Place) => unknown>> = {
  kind: (value, at) => oneOf(value, kinds, at),
  credential: (value, at) => oneOf(value, credentials, at),
  userId: (value, at) => readName(value, at, "the sub of a user"),
  identityId: (value, at) => readName(value, at, "an identity id"),
  clientId: (value, at) => readName(value, at, "the id of an OAuth client"),
  issuer: (value, at) => readName(value, at, "an issuer"),
  groups: (value, at) => readNames(value, at, "the name of a group"),
  scopes: (value, at) => readNames(value, at, "a scope"),
  tags: readTags,
  claims: (value, at) => (entriesOf(value) ? value : at.report(`write an object, not ${typeText(value)}`)),
  role: readRole,
  authAge: readDuration,
  ip: readAddress,
};
const keys = Object.keys(readers);

/** What a kind of caller, or a kind of credential, cannot have; a test of such a caller would prove nothing. */
const impossible: readonly {
  readonly when: (persona: ReadPersona) => boolean;
  readonly keys: readonly (keyof Persona)[];
  readonly why: string;
}[] = [
  {
    when: ({ kind }) => kind === "anonymous",
    keys: keys.filter((key) => key !== "kind" && key !== "ip") as (keyof Persona)[],
    why: "an anonymous caller has none",
  },
  { when: ({ kind }) => kind === "guest", keys: ["groups", "scopes", "userId", "authAge"], why: "a guest has none" },
  {
    when: ({ credential }) => credential === "signature",
    keys: ["scopes", "claims", "clientId"],
    why: 'a signed caller has none; leave it out, or write credential: "token"',
  },
  { when: ({ kind }) => kind === "role" || kind === "client", keys: ["userId"], why: "it is no user" },
];

/** Reads a persona; where it is none, every fault in it has been reported. */
export function readPersona(name: string, value: unknown, at: Place): ReadPersona | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return at.report(`write an object with ${keys.join(", ")}, not ${typeText(value)}`);
  let faulty = false;
  const read: Record<string, unknown> = {};
  for (const [key, content] of entries) {
    const reader = Object.hasOwn(readers, key) ? readers[key as keyof Persona] : undefined;
    const found = reader?.(content, at.inside(`.${key}`));
    if (reader === undefined) at.report(`there is no ${quote(key)} in a persona; the keys are ${keys.join(", ")}`);
    if (found === undefined) faulty = true;
    read[key] = found;
  }
  if (faulty) return undefined;
  const { kind = "user", credential = credentialOf(kind), ...rest } = read as Omit<ReadPersona, "name">;
  const persona: ReadPersona = { ...rest, name, kind, credential };
  for (const { when, keys: refused, why } of impossible) {
    if (!when(persona)) continue;
    for (const key of refused) if (Object.hasOwn(read, key)) return at.inside(`.${key}`).report(why);
  }
  if (kind === "role" && persona.role === undefined) return at.report("write its role, such as 123456789012/Batch");
  return persona;
}

function credentialOf(kind: PrincipalKind): PersonaCredential {
  if (kind === "anonymous") return "none";
  return kind === "user" || kind === "client" ? "token" : "signature";
}

function oneOf(value: unknown, known: readonly string[], at: Place): unknown {
  return known.includes(value as string) ? value : at.report(`write one of ${known.join(", ")}`);
}

/** Unlike in a rule, a list may be empty: it says that there are none. */
function readNames(value: unknown, at: Place, what: string): readonly string[] | undefined {
  const items = itemsOf(value);
  if (items === undefined) return at.report(`write a list, not ${typeText(value)}`);
  const names = items.map((item, index) => readName(item, at.inside(`[${index}]`), what));
  return names.includes(undefined) ? undefined : (names as string[]);
}

function readTags(value: unknown, at: Place): Readonly<Record<string, string>> | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return at.report(`write an object, not ${typeText(value)}`);
  const wrong = entries.find(([, text]) => typeof text !== "string");
  if (wrong !== undefined) return at.inside(`.${wrong[0]}`).report(`a tag is always text; write "${String(wrong[1])}"`);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Of what is no address, rules know nothing: a slip would deny, and look like a test that passes. */
export function readAddress(value: unknown, at: Place): string | undefined {
  if (typeof value === "string" && canonicalAddress(value) !== undefined) return value;
  return at.report("write an IP address, such as 10.1.2.3");
}

function readRole(value: unknown, at: Place): RoleName | undefined {
  const role = readName(value, at, "a role");
  if (role === undefined) return undefined;
  const found = role.includes("*") ? undefined : parseRoleName(role);
  return found === undefined ? at.report("write a role such as 123456789012/Batch") : (role as RoleName);
}
