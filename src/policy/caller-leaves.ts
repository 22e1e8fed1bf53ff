import { parseRoleName, type RoleName } from "../arn.ts";
import { isAuthenticated, type Principal } from "../principal.ts";
import type { Ternary } from "./evaluation.ts";
import { callerText, type ExplainedOperand, quote } from "./explain.ts";
import type { Place } from "./policy-error.ts";
import { distinct, readName, readOneOrMore } from "./read-json.ts";
import { matchesRole } from "./role-pattern.ts";
import type { OneOrMore, Rule } from "./rule.ts";
import { type LeafKind, type LeafProgram, leafNode, type RuleNode } from "./rule-node.ts";

/** `"anyone"` */
export const anyone: RuleNode = leafNode({
  source: "anyone",
  text: "anyone",
  evaluate: () => true,
  observe: () => ({ operands: [] }),
});

/** `"authenticated"` */
export const authenticated: RuleNode = leafNode({
  source: "authenticated",
  text: "authenticated",
  evaluate: ({ principal }) => isAuthenticated(principal),
  observe: ({ principal }) => ({ operands: [kindOf(principal)] }),
});

/** `"guest"` */
export const guest: RuleNode = leafNode({
  source: "guest",
  text: "guest",
  evaluate: ({ principal }) => principal.kind === "guest",
  observe: ({ principal }) => ({ operands: [kindOf(principal)] }),
});

/** `{ group }`: closed groups are the whole truth; of open ones, those that are not listed are unknown. */
export const group: LeafKind = callerLeaf({
  key: "group",
  read: (item, at) => readName(item, at, "the name of a group"),
  source: (names) => ({ group: names }),
  judge:
    (names) =>
    ({ groups }) => {
      if (groups === undefined) return undefined;
      if (hasAny(groups.names, names)) return true;
      return groups.closed ? false : undefined;
    },
  attribute: ({ groups }) => ({ name: "groups", value: groups && [...groups.names] }),
  missing: ({ groups }, caller) =>
    groups === undefined ? `${caller} has no groups` : `of the groups of ${caller} only some are known`,
});

/** `{ scope }` */
export const scope: LeafKind = callerLeaf({
  key: "scope",
  read: readScope,
  source: (names) => ({ scope: names }),
  judge:
    (names) =>
    ({ scopes }) =>
      scopes && hasAny(scopes, names),
  attribute: ({ scopes }) => ({ name: "scopes", value: scopes && [...scopes] }),
  missing: (_, caller) => `${caller} has no scopes`,
  scopes: true,
});

/** `{ role }` */
export const role: LeafKind = callerLeaf<RoleName>({
  key: "role",
  read: readRole,
  source: (names) => ({ role: names }),
  judge(names) {
    const patterns = names.map(parseRoleName).filter((pattern) => pattern !== undefined);
    return ({ role: held }) => held && patterns.some((pattern) => matchesRole(pattern, held));
  },
  attribute: (principal) => ({ name: "role", value: principal.role?.arn }),
  missing: (_, caller) => `${caller} acts in no role`,
});

/** `{ account }` */
export const account: LeafKind = callerLeaf({
  key: "account",
  read: readAccount,
  source: (ids) => ({ account: ids }),
  judge:
    (ids) =>
    ({ role: held }) =>
      held && ids.includes(held.account),
  attribute: (principal) => ({ name: "account", value: principal.role?.account }),
  missing: (_, caller) => `${caller} acts in no role, so in no account`,
});

/** `{ issuer }`: nobody vouches for an anonymous caller, so his issuer is unknown. */
export const issuer: LeafKind = callerLeaf({
  key: "issuer",
  read: (item, at) => readName(item, at, "an issuer"),
  source: (names) => ({ issuer: names }),
  judge: (names) => (principal) => (principal.issuer === "" ? undefined : names.includes(principal.issuer)),
  attribute: (principal) => ({ name: "issuer", value: principal.issuer === "" ? undefined : principal.issuer }),
  missing: (_, caller) => `${caller} has no issuer`,
});

/** `{ client }` */
export const client: LeafKind = callerLeaf({
  key: "client",
  read: (item, at) => readName(item, at, "the id of an OAuth client"),
  source: (ids) => ({ client: ids }),
  judge:
    (ids) =>
    ({ clientId }) =>
      clientId === undefined ? undefined : ids.includes(clientId),
  attribute: ({ clientId }) => ({ name: "clientId", value: clientId }),
  missing: (_, caller) => `of ${caller} no OAuth client is known`,
});

/** What a leaf over one attribute of the caller consists of. */
interface CallerLeaf<Name extends string> {
  readonly key: string;
  read(item: unknown, at: Place): Name | undefined;
  source(names: OneOrMore<Name>): Rule;
  /** Makes the judgment of whether the attribute is any of the names; undefined where it is not known. */
  judge(names: readonly [Name, ...Name[]]): (principal: Principal) => Ternary;
  attribute(principal: Principal): { readonly name: string; readonly value: string | readonly string[] | undefined };
  /** Why the judgment is undefined, given what to call the caller. */
  missing(principal: Principal, caller: string): string;
  readonly scopes?: true;
}

function callerLeaf<Name extends string>(leaf: CallerLeaf<Name>): LeafKind {
  return function readLeaf(argument, at) {
    const names = distinct(readOneOrMore(argument, at, leaf.read), at);
    if (names === undefined) return undefined;
    const judge = leaf.judge(names);
    return leafNode({
      source: Object.freeze(leaf.source(Array.isArray(argument) ? Object.freeze(names) : names[0])),
      text: `${leaf.key}(${names.map(quote).join(", ")})`,
      ...(leaf.scopes && { remedy: remedyByScopes(names) }),
      evaluate: ({ principal }) => judge(principal),
      observe({ principal }, value) {
        const { name, value: seen } = leaf.attribute(principal);
        const operand: ExplainedOperand =
          seen === undefined ? { operand: name, state: "missing" } : { operand: name, state: "present", value: seen };
        if (value !== undefined) return { operands: [operand] };
        return { operands: [operand], missing: leaf.missing(principal, callerText(principal)) };
      },
    });
  };
}

/** Where the caller's scopes are known, any of these would do. */
function remedyByScopes(scopes: readonly string[]): NonNullable<LeafProgram["remedy"]> {
  const remedy = Object.freeze({ scopes, stepUp: undefined });
  return (_, value) => (value === false ? remedy : undefined);
}

/** A loop, since this is asked for every request: `some` would make a function each time. */
function hasAny(held: ReadonlySet<string>, names: readonly string[]): boolean {
  for (const name of names) {
    if (held.has(name)) return true;
  }
  return false;
}

// RFC 6749 Section 3.3. A scope that breaks the grammar could not be held, and would break the challenge that names it.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function readScope(item: unknown, at: Place): string | undefined {
  const name = readName(item, at, "a scope");
  if (name === undefined || scopeToken.test(name)) return name;
  return at.report(
    `${quote(name)} is no single scope; write a list of scopes that have no spaces, quotes or backslashes`,
  );
}

function readRole(item: unknown, at: Place): RoleName | undefined {
  const name = readName(item, at, "a role");
  if (name === undefined || isRoleName(name)) return name;
  const forms = "write 123456789012/Name or arn:aws:iam::123456789012:role/Name";
  return /^(?:\d{12}|arn:[^:]*:iam::\d{12}:role)\/.*\//.test(name)
    ? at.report(`${quote(name)} has an IAM path, but assumed-role ARNs carry no path; ${forms}`)
    : at.report(`${quote(name)} names no role; ${forms}, with * in the name for any run of characters`);
}

function isRoleName(text: string): text is RoleName {
  return parseRoleName(text) !== undefined;
}

function readAccount(item: unknown, at: Place): string | undefined {
  if (typeof item === "string" && /^\d{12}$/.test(item)) return item;
  return at.report('write the twelve digits of an AWS account as a string, such as "123456789012"');
}

function kindOf({ kind }: Principal): ExplainedOperand {
  return { operand: "kind", state: "present", value: kind };
}
