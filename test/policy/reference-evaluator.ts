import { isIPv4, isIPv6 } from "node:net";
import type { RuleInput, Ternary } from "../../src/policy/evaluation.ts";
import type { StepUpNeeds } from "../../src/policy/rule.ts";

/**
 * Judges a rule the slow and obvious way, straight from the language's description and from the JSON, with nothing taken
 * from the code under test.
 */
export function referenceEvaluate(
  rule: unknown,
  input: RuleInput,
  named: Readonly<Record<string, unknown>> = {},
): Ternary {
  const { principal, request } = input;
  if (rule === "anyone") return true;
  if (rule === "authenticated") return ["user", "client", "role"].includes(principal.kind);
  if (rule === "guest") return principal.kind === "guest";
  const [[key, argument]] = Object.entries(rule as object) as [[string, unknown]];
  const list = Array.isArray(argument) ? argument : [argument];
  const any = (values: readonly Ternary[]): Ternary =>
    values.some((value) => value === true) ? true : values.every((value) => value === false) ? false : undefined;
  const all = (values: readonly Ternary[]): Ternary =>
    values.some((value) => value === false) ? false : values.every((value) => value === true) ? true : undefined;
  const opposite = (value: Ternary): Ternary => (value === true ? false : value === false ? true : undefined);

  if (key === "allOf") return all(list.map((part) => referenceEvaluate(part, input, named)));
  if (key === "anyOf") return any(list.map((part) => referenceEvaluate(part, input, named)));
  if (key === "not") return opposite(referenceEvaluate(argument, input, named));
  if (key === "rule") return referenceEvaluate(named[String(argument)], input, named);
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
  if (key === "stepUp") return referenceStepUp(argument as StepUpNeeds, input);
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

function referenceStepUp({ acr, amr, maxAge }: StepUpNeeds, { principal, now }: RuleInput): Ternary {
  if (principal.kind !== "user") return undefined;
  const values: Ternary[] = [];
  if (acr !== undefined) {
    const level = (text: unknown) => Number(/^urn:cognito:loa:([1-4])$/.exec(String(text))?.[1]);
    const held = level(principal.claims.acr);
    values.push(Number.isNaN(held) ? undefined : held >= level(acr));
  }
  if (amr !== undefined) {
    const used: unknown = principal.claims.amr;
    const known = Array.isArray(used) && used.filter((method) => typeof method !== "string").length === 0;
    values.push(known ? [amr].flat().some((method) => used.includes(method)) : undefined);
  }
  if (maxAge !== undefined) {
    const age = principal.authenticatedAt && now - principal.authenticatedAt.getTime();
    values.push(age === undefined || age < -300_000 ? undefined : age <= maxAge * 1000);
  }
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
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
