import type { Principal } from "../principal.ts";
import type { Target } from "../target.ts";
import { cognitoAcrLevels, readAcrLevels } from "./acr-levels.ts";
import { createPassableCheck } from "./analysis/passable-check.ts";
import { unreachableRoutes } from "./analysis/unreachable-routes.ts";
import { compiledRule, compileWith, narrowed } from "./compile.ts";
import { readConnectRule } from "./connect-rule.ts";
import type { CompiledRule } from "./evaluation.ts";
import { quote } from "./explain.ts";
import { type PolicyExtensions, readExtensions } from "./extensions.ts";
import type { FieldName } from "./field-key.ts";
import { type FieldGrant, type FieldMatch, readFieldRules } from "./field-rules.ts";
import { bySpecificity, type Grant, grantsFor, type RuledRoute, type VaryingRoute, varyingRoutes } from "./grants.ts";
import { readNamedRules } from "./named-rules.ts";
import { keyStep, type Place, PolicyError, type PolicyFault, placeOf, topStep } from "./policy-error.ts";
import { entriesOf, typeText } from "./read-json.ts";
import { readRule } from "./read-rule.ts";
import { createRouteIndex } from "./route-index.ts";
import { type RouteKey, type RoutePattern, readRouteKey } from "./route-key.ts";
import { createRouteRules } from "./route-rules.ts";
import type { Rule } from "./rule.ts";
import type { RuleNode } from "./rule-node.ts";
import type { SourceLocation } from "./source-location.ts";
import { suggestion } from "./suggestion.ts";

/** What {@link definePolicy} takes: rules for routes, for GraphQL fields, for WebSocket connections, or for several of them. */
export type PolicyInit = PolicySettings &
  (Pick<PolicyTables, "routes"> | Pick<PolicyTables, "fields"> | Pick<PolicyTables, "connect">) &
  Partial<PolicyTables>;

/** What a policy has rules for. */
interface PolicyTables {
  /** The rule of each route. What no route matches is denied; the order of writing does not matter. */
  readonly routes: { readonly [key in RouteKey]: Rule };
  /**
   * The rules of GraphQL fields, such as `Mutation.deleteUser`. A field takes the rule of its own key, else that of its type
   * (`Mutation.*`), else that of `*`, which is `authenticated` where it is not written.
   */
  readonly fields: { readonly [key in FieldName]: Rule } & { readonly "*"?: Rule };
  /** The rule for opening a WebSocket connection, `$connect`; without it nobody may. */
  readonly connect: Rule;
}

interface PolicySettings {
  /** The version of the format; 1 by default. */
  readonly version?: 1;
  /** A rule that must hold beside that of every route and every guard, but for those that are exactly `anyone`. */
  readonly require?: Rule;
  /** Rules to be used by name. */
  readonly rules?: Readonly<Record<string, Rule>>;
  /**
   * Whether static segments match in their exact case only, as with Express's `case sensitive routing`; false by default.
   * A `Router` does not take that setting over from its application: write true only where every router has
   * `caseSensitive: true` too.
   */
  readonly caseSensitive?: boolean;
  /**
   * Whether a trailing slash makes another path, as with Express's `strict routing`; false by default. A `Router` does not
   * take that setting over from its application, and the path that it is mounted on matches with a slash and without: write
   * true only where every router has `strict: true`, and give both forms of a mount path the same rule.
   */
  readonly strict?: boolean;
  /**
   * The levels of authentication that a token may name in `acr`, least first; those of Cognito by default, from
   * `urn:cognito:loa:1` to `urn:cognito:loa:4`. Any other `acr` counts as unknown.
   */
  readonly acrLevels?: readonly [string, ...string[]];
}

/** A policy as plain JSON, deep-frozen, with its defaults written out. It can be passed to {@link definePolicy} again. */
export interface PolicyDocument extends PolicySettings, Partial<PolicyTables> {
  readonly version: 1;
  readonly rules: Readonly<Record<string, Rule>>;
  /** Empty where the policy has none. */
  readonly routes: PolicyTables["routes"];
  readonly caseSensitive: boolean;
  readonly strict: boolean;
  readonly acrLevels: readonly [string, ...string[]];
}

/** What a request was found under in the table of routes. */
export interface RouteMatch {
  /** The key of the route, as it was written. */
  readonly route: string;
  /** The rule that must be true, `require` included. */
  readonly rule: CompiledRule;
  /** The decoded parameters of the path; they inherit nothing. */
  readonly params: Readonly<Record<string, string>>;
}

/** A policy that is ready to judge. */
export interface Policy {
  /** The policy as data. */
  readonly document: PolicyDocument;
  /** Of a policy that is exchanged while the process runs: the one that is live now, which does not change. */
  readonly current?: Policy;
  /**
   * Of a policy that was read from text: where something stands in it that a fault or a finding names, or what stands nearest
   * around it.
   *
   * @param part the value itself, or its key; the value by default.
   */
  locate?(where: string, part?: "value" | "key"): SourceLocation;
  /**
   * The most specific route that a request matches; undefined means that the request is denied.
   *
   * @throws AuthError `target_not_canonical` where the path spells a static segment of a route with other escapes.
   */
  match(method: string, target: Target): RouteMatch | undefined;
  /** The rule of a GraphQL field; undefined where the policy has no `fields`, and the field is denied. */
  matchField(field: FieldName): FieldMatch | undefined;
  /** The rule for opening a WebSocket connection, `require` included; undefined where there is none, and nobody may. */
  readonly connect: CompiledRule | undefined;
  /**
   * Compiles the rule of a guard, with the named rules of this policy and narrowed by its `require`.
   *
   * @throws PolicyError with every fault of the rule.
   */
  compile(rule: Rule): CompiledRule;
  /** What each route gives to a caller: of those that match a request, the first decides. */
  grants(caller: Principal): readonly Grant[];
  /** What each key of `fields` gives to a caller: a field takes its own, else that of its type, else `*`. */
  fieldGrants(caller: Principal): readonly FieldGrant[];
  /** The routes whose grants cannot be told without a request, for some callers at least. */
  varying(): readonly VaryingRoute[];
}

const known: ReadonlySet<string> = new Set([
  "version",
  "require",
  "rules",
  "routes",
  "fields",
  "connect",
  "caseSensitive",
  "strict",
  "acrLevels",
]);

/**
 * Checks a policy and makes it ready to judge.
 *
 * @param extensions the functions and engines that its `custom` and `delegate` rules ask.
 * @throws PolicyError (a ConfigurationError of code `invalid_policy`) that tells every fault with its route or rule.
 *
 * @example
 * ```ts
 * import { anyone, definePolicy, equal, group, param, tag } from "poolgate";
 *
 * const policy = definePolicy({
 *   routes: {
 *     "GET /health": anyone,
 *     "POST /articles": group("editors"),
 *     "* /tenants/:tenantId/**": equal(tag("tenant"), param("tenantId")),
 *   },
 * });
 * ```
 */
export function definePolicy(init: PolicyInit, extensions: PolicyExtensions = {}): Policy {
  const subjects = readExtensions(extensions);
  const faults: PolicyFault[] = [];
  const given = new Map(readObject(init, "policy", faults));
  refuseUnknownKeys(given.keys(), faults);
  if (given.has("version") && given.get("version") !== 1) placeOf("version", faults).report("write 1");
  const caseSensitive = readFlag("caseSensitive", given, faults);
  const strict = readFlag("strict", given, faults);
  const acrLevels =
    (given.has("acrLevels") ? readAcrLevels(given.get("acrLevels"), placeOf("acrLevels", faults)) : undefined) ??
    cognitoAcrLevels;

  const ruleSources = given.has("rules") ? readObject(given.get("rules"), "rules", faults) : [];
  const { nodes, context } = readNamedRules(new Map(ruleSources), { acrLevels, ...subjects }, faults);
  const required = given.has("require")
    ? readRule(given.get("require"), placeOf("require", faults), context)
    : undefined;

  const routes: [key: string, source: Rule][] = [];
  const index = createRouteIndex<CompiledRule | undefined>({ caseSensitive, strict });
  const patterns = new Map<RoutePattern, Place>();
  const ruled: RuledRoute[] = [];
  const ruleOf = createRouteRules(required);
  const checkPassable = createPassableCheck(nodes, acrLevels);
  const hasRoutes = given.has("routes") || !(given.has("fields") || given.has("connect"));
  for (const [key, source] of hasRoutes ? readObject(given.get("routes"), "routes", faults) : []) {
    const at = placeOf(`routes${keyStep(key)}`, faults);
    const pattern = readRouteKey(key, at);
    const read = readRule(source, at, context);
    const rule = read && ruleOf(read);
    if (rule !== undefined) routes.push([key, rule.own.source]);
    if (pattern === undefined) continue;
    if (rule !== undefined) reportMissingParams(rule.own, "its rule", pattern.params, at);
    if (required !== undefined && rule?.whole !== rule?.own)
      reportMissingParams(required, "require", pattern.params, at);
    const rival = index.add(pattern, rule?.compiled);
    if (rival !== undefined) at.reportKey(`the route ${quote(rival)} claims the same requests; keep one of the two`);
    else patterns.set(pattern, at);
    if (rule === undefined) continue;
    ruled.push({ pattern, node: rule.whole });
    checkPassable(rule.own, rule.whole, pattern, at);
  }
  for (const { pattern, winner } of unreachableRoutes([...patterns.keys()], index, strict)) {
    (patterns.get(pattern) as Place).reportKey(unreachable(winner));
  }
  const beside = { ...context, nodes, required };
  const fields = given.has("fields")
    ? readFieldRules(readObject(given.get("fields"), "fields", faults), beside, faults)
    : undefined;
  const connect = given.has("connect") ? readConnectRule(given.get("connect"), beside, faults) : undefined;
  if (faults.length > 0) throw new PolicyError("policy", faults);

  const document: PolicyDocument = Object.freeze({
    version: 1,
    ...(required !== undefined && { require: required.source }),
    rules: Object.freeze(Object.fromEntries([...nodes].map(([name, node]) => [name, node.source]))),
    routes: Object.freeze(Object.fromEntries(routes)),
    ...(fields !== undefined && { fields: fields.document }),
    ...(connect !== undefined && { connect: connect.source }),
    caseSensitive,
    strict,
    acrLevels,
  });
  const ordered = bySpecificity(ruled);
  return Object.freeze<Policy>({
    document,
    // A route without a rule is one with a fault, and there is none.
    match: index.find as Policy["match"],
    matchField: (field) => fields?.match(field),
    connect: connect && compiledRule(narrowed(connect, required)),
    compile: (rule) => compileWith(rule, context, required),
    grants: (caller) => grantsFor(ordered, caller),
    fieldGrants: (caller) => fields?.grants(caller) ?? [],
    varying: () => varyingRoutes(ordered),
  });
}

function unreachable(winner: string | undefined): string {
  return winner === undefined
    ? "no request reaches it: another route spells one of its segments with other escapes; keep one spelling"
    : `no request reaches it: more specific routes, such as ${quote(winner)}, take them all; leave it out`;
}

function readObject(value: unknown, where: string, faults: PolicyFault[]): readonly (readonly [string, unknown])[] {
  const entries = entriesOf(value);
  if (entries === undefined) placeOf(where, faults).report(`write an object, not ${typeText(value)}`);
  return entries ?? [];
}

function refuseUnknownKeys(keys: Iterable<string>, faults: PolicyFault[]): void {
  for (const key of keys) {
    if (known.has(key)) continue;
    placeOf(topStep(key), faults).reportKey(
      `there is no such key${suggestion(key, known)}; the keys are ${[...known].join(", ")}`,
    );
  }
}

function readFlag(name: string, given: ReadonlyMap<string, unknown>, faults: PolicyFault[]): boolean {
  const value = given.has(name) ? given.get(name) : false;
  if (typeof value !== "boolean") placeOf(name, faults).report(`write true or false, not ${typeText(value)}`);
  return value === true;
}

function reportMissingParams(node: RuleNode, reader: string, params: ReadonlySet<string>, at: Place): void {
  for (const name of node.params) {
    if (params.has(name)) continue;
    at.report(`${reader} reads param(${quote(name)}), but the path has no parameter of that name`);
  }
}
