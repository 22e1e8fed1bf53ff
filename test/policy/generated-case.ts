import type { RuleInput, Ternary } from "../../src/policy/evaluation.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../src/principal.ts";
import { RequestHeaders } from "../../src/request.ts";
import { parseTarget } from "../../src/target.ts";
import { type Dice, diceOf } from "./dice.ts";
import {
  account,
  client,
  type functionNames,
  headerName,
  issuer,
  literal,
  name,
  queryName,
  type RuleSetting,
  ruleWith,
  scopeName,
  text,
} from "./generated-rule.ts";
import type { ReferenceCase } from "./reference-decision.ts";
import { referenceMatch } from "./reference-matcher.ts";

const cognitoLevels = [1, 2, 3, 4].map((level) => `urn:cognito:loa:${level}`);
const now = Date.UTC(2026, 0, 1);

/** What a function or an engine of generated policies says. */
export function generatedAnswer(
  asked: string,
  args: readonly (readonly [name: string, value: unknown])[],
): Ternary | "outage" {
  if (asked === "same") return args[0]?.[1] === args[1]?.[1];
  return (
    { yes: true, no: false, unsure: undefined, broken: undefined, down: "outage", "down too": "outage" } as const
  )[asked as Exclude<(typeof functionNames)[number], "same">];
}

/**
 * Makes a case from a seed. Its rules are made for its request, so that allows, denies and unknowns come up about equally: the
 * rules of the routes, of `require` and of the guard together are to have one value that the dice choose.
 */
export function generatedCase(seed: number): ReferenceCase {
  const dice = diceOf(seed);
  const principal = caller(dice);
  const path = requestPath(dice);
  const method = dice.pick("GET", "GET", "HEAD", "POST", "PUT", dice.pick("PATCH", "DELETE", "OPTIONS", "TRACE"));
  const target = `${path}${query(dice)}`;
  const override = dice.chance(0.08) ? dice.pick("GET", "POST", "DELETE") : undefined;
  const headers = requestHeaders(dice, override);
  const remoteAddress = address(dice);
  const signed = dice.chance(0.25) ? dice.list(0, 4, () => signedName(dice)) : undefined;
  const levels = dice.chance(0.2) ? ["bronze", "silver", "urn:cognito:loa:1"] : cognitoLevels;
  const options = { caseSensitive: dice.chance(0.3), strict: dice.chance(0.3) };

  const request: RuleInput["request"] = {
    method,
    target,
    wire: true,
    headers: new RequestHeaders(headers),
    ...(remoteAddress !== undefined && { remoteAddress }),
  };
  const rules: Record<string, unknown> = Object.create(null);
  const settingFor = (params: Readonly<Record<string, unknown>>, readable: readonly string[]): RuleSetting => ({
    input: { principal, request, target: parseTarget(target), params, now },
    world: {
      named: rules,
      levels,
      answers: (_, asked, args) => {
        const said = generatedAnswer(asked, args);
        return [said === "outage" ? undefined : said];
      },
    },
    levels,
    params: readable,
    names: Object.keys(rules),
  });
  const anyValue = () => dice.pick<Ternary>(true, false, undefined);
  for (const own of dice.distinct(3, () => dice.pick("office", "__proto__", "a b", "*", "constructor"))) {
    rules[own] = ruleWith(anyValue(), dice, settingFor({}, []), 2);
  }

  // All of these must hold together, so one of them at most is made to be other than true.
  const guarded = dice.chance(0.3);
  const requiring = dice.chance(0.5);
  const parts = ["route", ...(requiring ? ["require"] : []), ...(guarded ? ["guard"] : [])];
  const wanted = dice.pick<Ternary>(true, true, true, false, false, undefined, undefined, undefined);
  const odd = dice.pick(...parts);
  const valueFor = (part: string) => (part === odd ? wanted : wanted === false ? anyValue() : true);
  const required = requiring && { require: ruleWith(valueFor("require"), dice, settingFor({}, []), 2) };
  const routes: Record<string, unknown> = Object.create(null);
  const keys = [routeKey(dice, dice.chance(0.95) ? path : requestPath(dice), method)];
  if (override !== undefined) keys.push(routeKey(dice, path, override));
  keys.push(...dice.list(0, 2, () => routeKey(dice, requestPath(dice), dice.pick(method, "POST"))));
  for (const key of keys) {
    const params = referenceMatch([key], method, path, options)?.params ?? {};
    routes[key] = ruleWith(valueFor("route"), dice, settingFor(params, paramsOf(key)));
  }
  const params = Object.fromEntries(dice.list(0, 3, () => [name(dice), dice.chance(0.8) ? text(dice) : ["x"]]));
  const guard = guarded && {
    guard: { rule: ruleWith(valueFor("guard"), dice, settingFor(params, ["a", "b", "__proto__", "é"])), params },
  };
  return {
    policy: {
      ...required,
      rules,
      routes,
      ...options,
      ...(levels !== cognitoLevels && { acrLevels: levels }),
    },
    ...guard,
    principal,
    signed,
    method,
    override,
    target,
    headers: request.headers,
    remoteAddress,
    now,
  };
}

/** The same case with one thing about the caller or the request otherwise, so that the rules are tried near where they turn. */
export function neighborOf(given: ReferenceCase, seed: number): ReferenceCase {
  const dice = diceOf(seed);
  const part = dice.pick("caller", "caller", "caller", "address", "headers", "query", "time");
  if (part === "address") return { ...given, remoteAddress: address(dice) };
  if (part === "headers") return { ...given, headers: new RequestHeaders(requestHeaders(dice, given.override)) };
  if (part === "query") return { ...given, target: `${given.target.split("?")[0]}${query(dice)}` };
  if (part === "time") return { ...given, now: given.now + dice.pick(-1, 1) * dice.pick(1_000, 60_000, 900_000) };
  const other = caller(dice);
  const attribute = dice.pick(...attributes);
  return { ...given, principal: createPrincipal({ ...given.principal, [attribute]: other[attribute] }) };
}

const attributes = [
  "kind",
  "issuer",
  "groups",
  "scopes",
  "role",
  "tags",
  "claims",
  "userId",
  "identityId",
  "clientId",
  "authenticatedAt",
] as const;

function address(dice: Dice): string | undefined {
  return dice.pick("10.9.9.9", "::ffff:10.1.2.3", "192.0.2.1", "2001:db8:0:1::9", "unknown", undefined);
}

function requestHeaders(dice: Dice, override: string | undefined): readonly string[] {
  const headers = dice.list(0, 3, () => [headerName(dice), text(dice)]).flat();
  return override === undefined ? headers : [...headers, "X-HTTP-Method-Override", override.toLowerCase()];
}

function caller(dice: Dice): Principal {
  const kind = dice.pick("user", "user", "user", "client", "role", "guest", "anonymous");
  const maybe = <T>(value: T): T | undefined => (dice.chance(0.7) ? value : undefined);
  const groups = dice.list(0, 3, () => name(dice));
  const age = dice.pick<number | undefined>(0, 60, 61, 90, 900, 5_000, -300, -301, undefined);
  const userId = maybe(text(dice));
  const identityId = maybe(text(dice));
  const clientId = maybe(client(dice));
  const scopes = maybe(new Set(dice.list(0, 3, () => scopeName(dice))));
  const role = maybe(dice.pick("Ed", "Editor", "E.d", "E,d", "__proto__"));
  const acr = dice.pick<unknown>(
    "urn:cognito:loa:1",
    "urn:cognito:loa:3",
    "silver",
    "bronze",
    "urn:other",
    3,
    undefined,
  );
  const amr = dice.pick<unknown>(["pwd"], ["pwd", "mfa"], [], "mfa", ["mfa", 1], undefined);
  const claims = dice.list(0, 4, () => [
    name(dice),
    dice.chance(0.8) ? literal(dice) : dice.pick<unknown>(null, ["x"]),
  ]);
  return createPrincipal({
    kind,
    id: "id",
    issuer: dice.chance(0.8) ? issuer(dice) : "",
    verifiedBy: "test",
    ...(dice.chance(0.8) && { groups: dice.chance(0.6) ? closedGroups(groups) : openGroups(groups) }),
    ...(scopes !== undefined && { scopes }),
    ...(role !== undefined && {
      role: { arn: "arn", partition: dice.pick("aws", "aws", "aws-cn"), account: account(dice), name: role },
    }),
    ...(userId !== undefined && { userId }),
    ...(identityId !== undefined && { identityId }),
    ...(clientId !== undefined && { clientId }),
    tags: new Map(dice.list(0, 4, () => [name(dice), text(dice)] as const)),
    claims: Object.fromEntries([...claims, ["acr", acr], ["amr", amr]]),
    ...(age !== undefined && { authenticatedAt: new Date(now - age * 1000) }),
  });
}

function signedName(dice: Dice): string {
  return dice.pick("h1", "h2", "h3", "__proto__", "x-http-method-override");
}

function requestPath(dice: Dice): string {
  const parts = dice.list(0, 3, () =>
    dice.pick("a", "A", "b", "x", "a%20b", "%C3%A9", "*", "__proto__", "constructor"),
  );
  return `/${parts.join("/")}${parts.length > 0 && dice.chance(0.2) ? "/" : ""}`;
}

function query(dice: Dice): string {
  const pair = () => `${dice.chance(0.9) ? queryName(dice) : "a[]"}=${encodeURIComponent(text(dice))}`;
  return dice.chance(0.7) ? `?${dice.list(0, 3, pair).join("&")}` : "";
}

/** The key of a route that the path would come under, but for case and slash. */
function routeKey(dice: Dice, path: string, method: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  const end = dice.chance(0.3) ? dice.below(parts.length + 1) : parts.length;
  const names = ["p", "a", "__proto__", "constructor"];
  const bound = () => names.splice(dice.below(names.length), 1)[0] as string;
  const segments = parts.slice(0, end).map((part) => {
    const literalPart = part.includes("%") ? part : dice.pick(part, part, part.toLowerCase());
    const kind = dice.pick("static", "static", "param", "braces", "any");
    if (kind === "static") return literalPart;
    if (kind === "any") return "*";
    return kind === "param" ? `:${bound()}` : `{${bound()}}`;
  });
  if (end < parts.length) segments.push(dice.pick("**", `*${bound()}`, `{${bound()}+}`));
  const slash = end === parts.length && parts.length > 0 && path.endsWith("/") ? "/" : "";
  const judged = method === "HEAD" ? "GET" : method === "TRACE" ? "*" : method;
  return `${dice.pick(judged, judged, "*")} /${segments.join("/")}${slash}`;
}

function paramsOf(key: string): readonly string[] {
  return [...key.matchAll(/[:*{](\w+)/g)].map(([, own]) => own as string);
}
