import type { RoleName } from "../arn.ts";
import type {
  AccountRule,
  AllOfRule,
  AnyOfRule,
  AnyoneRule,
  Arguments,
  AuthenticatedRule,
  Call,
  ClaimOperand,
  ClientRule,
  CustomRule,
  DelegateRule,
  EqualRule,
  GroupRule,
  GuestRule,
  HeaderOperand,
  IdentityIdOperand,
  IpRule,
  IssuerRule,
  Literal,
  NamedRule,
  NotRule,
  OneOfRule,
  OneOrMore,
  Operand,
  ParamOperand,
  QueryOperand,
  RoleRule,
  Rule,
  ScopeRule,
  StepUpNeeds,
  StepUpRule,
  TagOperand,
  UserIdOperand,
} from "./rule.ts";

/** Every caller, with a credential or without; see {@link AnyoneRule}. */
export const anyone: AnyoneRule = "anyone";

/** Users, clients and roles, never guests; see {@link AuthenticatedRule}. */
export const authenticated: AuthenticatedRule = "authenticated";

/** Guests of an identity pool; see {@link GuestRule}. */
export const guest: GuestRule = "guest";

/** The `sub` of the user pool as an operand. */
export const userId: UserIdOperand = Object.freeze({ userId: true });

/** The id of the identity pool's identity as an operand. */
export const identityId: IdentityIdOperand = Object.freeze({ identityId: true });

/** Callers in any of these groups. All of several groups is `allOf(group("a"), group("b"))`. */
export function group(name: string, ...more: string[]): GroupRule {
  return Object.freeze({ group: oneOrMore(name, more) });
}

/** Callers with any of these OAuth scopes. */
export function scope(name: string, ...more: string[]): ScopeRule {
  return Object.freeze({ scope: oneOrMore(name, more) });
}

/** Callers in any of these IAM roles, such as `123456789012/batch-*` or `arn:aws:iam::123456789012:role/batch-*`. */
export function role(name: RoleName, ...more: RoleName[]): RoleRule {
  return Object.freeze({ role: oneOrMore(name, more) });
}

/** Callers whose role is in any of these AWS accounts, each of twelve digits. */
export function account(id: string, ...more: string[]): AccountRule {
  return Object.freeze({ account: oneOrMore(id, more) });
}

/** Callers whom any of these issuers vouches for. */
export function issuer(name: string, ...more: string[]): IssuerRule {
  return Object.freeze({ issuer: oneOrMore(name, more) });
}

/** Callers whose token was given to any of these OAuth clients of a user pool; see {@link ClientRule}. */
export function client(id: string, ...more: string[]): ClientRule {
  return Object.freeze({ client: oneOrMore(id, more) });
}

/**
 * Requests from any of these addresses or CIDR ranges, IPv4 or IPv6.
 *
 * Behind proxies the address is that of the last one, unless the adapter's `trustedProxies` say whose word to take for it.
 *
 * @example
 * ```ts
 * import { allOf, group, ip } from "poolgate";
 *
 * allOf(group("admins"), ip("10.0.0.0/8", "2001:db8::/32"));
 * ```
 */
export function ip(range: string, ...more: string[]): IpRule {
  return Object.freeze({ ip: oneOrMore(range, more) });
}

/**
 * Requests in which two values are known, of one type, and the same.
 *
 * @example
 * ```ts
 * import { equal, param, tag } from "poolgate";
 *
 * equal(tag("tenant"), param("tenantId")); // { equal: [{ tag: "tenant" }, { param: "tenantId" }] }
 * ```
 */
export function equal(left: Operand, right: Operand | Literal): EqualRule {
  return Object.freeze({ equal: Object.freeze([left, right] as const) });
}

/** Requests in which a value is one of a list. */
export function oneOf(operand: Operand, list: readonly [Literal, ...Literal[]]): OneOfRule {
  const [first, ...rest] = list;
  return Object.freeze({ oneOf: Object.freeze([operand, frozenList(first, rest)] as const) });
}

/**
 * Users who authenticated strongly enough (`acr`), by any of these methods (`amr`), or recently enough (`maxAge`, in
 * seconds). Whoever is refused for that alone is asked to authenticate again.
 *
 * @example
 * ```ts
 * import { allOf, group, stepUp } from "poolgate";
 *
 * allOf(group("admins"), stepUp({ acr: "urn:cognito:loa:3", maxAge: 900 }));
 * ```
 */
export function stepUp(needs: StepUpNeeds): StepUpRule {
  const { amr } = needs;
  const copy = typeof amr === "object" ? { ...needs, amr: Object.freeze([...amr] as const) } : { ...needs };
  return Object.freeze({ stepUp: Object.freeze(copy) });
}

/**
 * Requests of which a function of the policy says so; see {@link CustomRule}.
 *
 * @example
 * ```ts
 * import { allOf, authenticated, custom, definePolicy, param } from "poolgate";
 *
 * declare const articles: { ownerOf(id: unknown): Promise<string> };
 *
 * const policy = definePolicy(
 *   { routes: { "PUT /articles/:id": allOf(authenticated, custom("owns", { article: param("id") })) } },
 *   {
 *     functions: {
 *       owns: async ({ principal, arguments: { article } }) => (await articles.ownerOf(article)) === principal.userId,
 *     },
 *   },
 * );
 * ```
 */
export function custom(name: string, args?: Arguments): CustomRule {
  return Object.freeze({ custom: callOf(name, args) });
}

/** Requests of which an engine of the policy says so; see {@link DelegateRule}. */
export function delegate(name: string, args?: Arguments): DelegateRule {
  return Object.freeze({ delegate: callOf(name, args) });
}

/** All of the rules must be true. */
export function allOf(rule: Rule, ...rules: Rule[]): AllOfRule {
  return Object.freeze({ allOf: frozenList(rule, rules) });
}

/** One of the rules must be true. */
export function anyOf(rule: Rule, ...rules: Rule[]): AnyOfRule {
  return Object.freeze({ anyOf: frozenList(rule, rules) });
}

/** The rule must be false; where it is unknown, so is its opposite. */
export function not(rule: Rule): NotRule {
  return Object.freeze({ not: rule });
}

/** The rule of that name in the policy's `rules`. */
export function rule(name: string): NamedRule {
  return Object.freeze({ rule: name });
}

/** A claim of the verified token as an operand. */
export function claim(name: string): ClaimOperand {
  return Object.freeze({ claim: name });
}

/** A principal tag as an operand. */
export function tag(name: string): TagOperand {
  return Object.freeze({ tag: name });
}

/** A parameter of the route's path as an operand. */
export function param(name: string): ParamOperand {
  return Object.freeze({ param: name });
}

/** A parameter of the query as an operand. */
export function query(name: string): QueryOperand {
  return Object.freeze({ query: name });
}

/** A header of the request as an operand; signed callers must have signed it. */
export function header(name: string): HeaderOperand {
  return Object.freeze({ header: name });
}

function callOf(name: string, args: Arguments | undefined): Call {
  return args === undefined ? name : Object.freeze({ name, arguments: Object.freeze({ ...args }) });
}

function oneOrMore<T>(first: T, more: readonly T[]): OneOrMore<T> {
  return more.length === 0 ? first : frozenList(first, more);
}

function frozenList<T>(first: T, rest: readonly T[]): readonly [T, ...T[]] {
  return Object.freeze([first, ...rest] as const);
}
