import { isIPv4, isIPv6 } from "node:net";
import type { RuleInput, Ternary } from "../../src/policy/evaluation.ts";

/** What a rule takes from around it, beside the request. */
export interface ReferenceWorld {
  /** The named rules. */
  readonly named?: Readonly<Record<string, unknown>>;
  /** The levels of authentication, least first. */
  readonly levels?: readonly string[];
  /** All that a function or an engine may answer; none is asked where an argument is not known. */
  readonly answers?: (
    kind: "custom" | "delegate",
    name: string,
    args: readonly (readonly [name: string, value: unknown])[],
  ) => readonly Ternary[];
}

const cognitoLevels = ["urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"];

/**
 * Judges a rule the slow and obvious way, straight from the language's description and from the JSON, with nothing taken
 * from the code under test.
 */
export function referenceEvaluate(rule: unknown, input: RuleInput, world: ReferenceWorld = {}): Ternary {
  const [value, ...others] = referenceValues(rule, input, world);
  if (others.length > 0) throw new Error("the rule has no one value");
  return value;
}

/** Every value that a rule can have, where some of those whom it asks may answer in several ways. */
export function referenceValues(rule: unknown, input: RuleInput, world: ReferenceWorld = {}): ReadonlySet<Ternary> {
  if (typeof rule === "object" && rule !== null) {
    const [[key, argument]] = Object.entries(rule) as [[string, unknown]];
    const parts = (list: unknown) => (list as unknown[]).map((part) => referenceValues(part, input, world));
    if (key === "allOf") return combined(parts(argument), true, both);
    if (key === "anyOf") return combined(parts(argument), false, either);
    if (key === "not") return new Set([...referenceValues(argument, input, world)].map(opposite));
    if (key === "rule") {
      const [, target] = Object.entries(world.named ?? {}).find(([name]) => name === argument) as [string, unknown];
      return referenceValues(target, input, world);
    }
    if (key === "custom" || key === "delegate") {
      const { name, arguments: given } =
        typeof argument === "string"
          ? { name: argument, arguments: {} }
          : (argument as { name: string; arguments: object });
      const args = Object.entries(given).map(([own, operand]) => [own, valueIn(operand, input)] as const);
      const known = args.every(([, value]) => value !== undefined);
      return new Set(known ? world.answers?.(key, name, args) : [undefined]);
    }
  }
  return new Set([leafValue(rule, input, world.levels ?? cognitoLevels)]);
}

/** The table of `allOf` for two rules. */
export function both(one: Ternary, other: Ternary): Ternary {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : undefined;
}

/** The table of `anyOf` for two rules. */
function either(one: Ternary, other: Ternary): Ternary {
  if (one === true || other === true) return true;
  return one === false && other === false ? false : undefined;
}

function opposite(value: Ternary): Ternary {
  if (value === undefined) return undefined;
  return value === false;
}

function combined(
  parts: readonly ReadonlySet<Ternary>[],
  start: Ternary,
  join: (one: Ternary, other: Ternary) => Ternary,
): ReadonlySet<Ternary> {
  let values = new Set<Ternary>([start]);
  for (const part of parts) values = new Set([...values].flatMap((one) => [...part].map((other) => join(one, other))));
  return values;
}

function leafValue(rule: unknown, input: RuleInput, levels: readonly string[]): Ternary {
  const { principal, request } = input;
  if (rule === "anyone") return true;
  if (rule === "authenticated") return ["user", "client", "role"].includes(principal.kind);
  if (rule === "guest") return principal.kind === "guest";
  const [[key, argument]] = Object.entries(rule as object) as [[string, unknown]];
  const list = Array.isArray(argument) ? argument : [argument];
  const any = (values: readonly Ternary[]): Ternary => values.reduce(either, false);

  if (key === "group") {
    const { groups } = principal;
    return any(list.map((name) => (groups?.names.has(name) ? true : groups?.closed ? false : undefined)));
  }
  if (key === "scope") {
    const { scopes } = principal;
    return any(list.map((name) => (scopes === undefined ? undefined : [...scopes].includes(name))));
  }
  if (key === "role") {
    const { role } = principal;
    if (role === undefined) return undefined;
    return list.some((text) => {
      const [, partition, account, name] =
        /^arn:(.*):iam::(.*):role\/(.*)$/.exec(text) ?? ([text, "aws", ...text.split("/")] as string[]);
      const pattern = (name ?? "").replace(/[.+]/g, "\\$&").replaceAll("*", ".*");
      return role.partition === partition && role.account === account && new RegExp(`^${pattern}$`).test(role.name);
    });
  }
  if (key === "account") return principal.role === undefined ? undefined : list.includes(principal.role.account);
  if (key === "issuer") return principal.issuer === "" ? undefined : list.includes(principal.issuer);
  if (key === "client") return principal.clientId === undefined ? undefined : list.includes(principal.clientId);
  if (key === "ip") {
    const caller = bitsOf(request.remoteAddress ?? "");
    if (caller === undefined) return undefined;
    return list.some((range) => {
      const [address, length] = range.split("/");
      const bits = bitsOf(address) ?? "";
      return (
        bits.length === caller.length && caller.startsWith(bits.slice(0, length === undefined ? 128 : Number(length)))
      );
    });
  }
  if (key === "stepUp") return referenceStepUp(argument as ReferenceNeeds, input, levels);
  if (key === "equal") return referenceEqual(list[0], list[1], input);
  if (key === "oneOf") return any(list[1].map((value: unknown) => referenceEqual(list[0], value, input)));
  throw new Error(`no such rule: ${key}`);
}

/** An address as thirty-two or as 128 digits of one bit; undefined where it is none. */
function bitsOf(address: string): string | undefined {
  const text = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*/, "");
  if (isIPv4(text))
    return text
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  if (!isIPv6(text)) return undefined;
  const missing = 8 - text.split(":").filter((part) => part !== "").length;
  const whole = text.replace("::", `:${"0:".repeat(missing)}`);
  return whole
    .split(":")
    .filter((part) => part !== "")
    .map((part) => Number.parseInt(part, 16).toString(2).padStart(16, "0"))
    .join("");
}

interface ReferenceNeeds {
  readonly acr?: string;
  readonly amr?: string | readonly string[];
  readonly maxAge?: number | string;
}

/** What a text with a unit comes to; written out, so that nothing has to be read. */
const seconds: Readonly<Record<string, number>> = { "90s": 90, "15m": 900, "1h": 3_600, "2d": 172_800 };

function referenceStepUp({ acr, amr, maxAge }: ReferenceNeeds, input: RuleInput, levels: readonly string[]): Ternary {
  const { principal, now } = input;
  if (principal.kind !== "user") return undefined;
  const values: Ternary[] = [];
  if (acr !== undefined) {
    const held = levels.indexOf(String(principal.claims.acr));
    values.push(held === -1 ? undefined : held >= levels.indexOf(acr));
  }
  if (amr !== undefined) {
    const used: unknown = principal.claims.amr;
    const known = Array.isArray(used) && used.filter((method) => typeof method !== "string").length === 0;
    values.push(known ? [amr].flat().some((method) => used.includes(method)) : undefined);
  }
  if (maxAge !== undefined) {
    const age = principal.authenticatedAt && now - principal.authenticatedAt.getTime();
    values.push(
      age === undefined || age < -300_000
        ? undefined
        : age <= (typeof maxAge === "string" ? (seconds[maxAge] as number) : maxAge) * 1000,
    );
  }
  return values.reduce(both, true);
}

function referenceEqual(left: unknown, right: unknown, input: RuleInput): Ternary {
  const one = valueIn(left, input);
  const other = valueIn(right, input);
  if (one === undefined || other === undefined || typeof one !== typeof other) return undefined;
  return one === other;
}

function valueIn(operand: unknown, { principal, request, target, params }: RuleInput): unknown {
  if (typeof operand !== "object" || operand === null) return operand;
  const [[kind, name]] = Object.entries(operand) as [[string, string]];
  const one = (values: readonly unknown[]) => (values.length === 1 ? values[0] : undefined);
  if (kind === "userId") return principal.userId;
  if (kind === "identityId") return principal.identityId;
  if (kind === "tag") return principal.tags.get(name);
  if (kind === "header") return one(request.headers.all(name));
  if (kind === "query") {
    const pairs = [...new URLSearchParams(target.query)];
    const bracketed = pairs.some(([other]) => other.includes(`${name}[`) || other.includes(`[${name}`));
    return bracketed ? undefined : one(pairs.filter(([other]) => other === name).map(([, value]) => value));
  }
  const from = Object.entries(kind === "claim" ? principal.claims : params);
  const value = one(from.filter(([other]) => other === name).map(([, own]) => own));
  if (kind === "param") return typeof value === "string" ? value : undefined;
  return ["string", "number", "boolean"].includes(typeof value) ? value : undefined;
}
