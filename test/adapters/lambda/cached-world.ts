import type { CacheEvent } from "../../../src/adapters/lambda/cache/cache-event.ts";
import { guardHandler } from "../../../src/adapters/lambda/guard-handler.ts";
import { lambdaAuthorizer } from "../../../src/adapters/lambda/lambda-authorizer.ts";
import { type Authorizer, createAuthorizer } from "../../../src/authorizer.ts";
import { ConfigurationError } from "../../../src/configuration.ts";
import { AuthError } from "../../../src/errors.ts";
import { definePolicy, type Policy, type PolicyInit } from "../../../src/policy/define-policy.ts";
import { PolicyError } from "../../../src/policy/policy-error.ts";
import { closedGroups, createPrincipal, openGroups, type Principal } from "../../../src/principal.ts";
import { RequestHeaders } from "../../../src/request.ts";
import type { Verifier } from "../../../src/verifier.ts";
import { type Dice, diceOf } from "../../policy/dice.ts";
import { referenceDecide } from "../../policy/reference-decision.ts";
import { referenceMatch } from "../../policy/reference-matcher.ts";
import { keyFor, type Mode, modes } from "./cache/kept-gate.ts";
import { httpProxyEvent, restProxyEvent } from "./events.ts";
import { createGateway, type ModeledFormat, type ModeledRequest } from "./gateway-cache.ts";

/** How an authorizer's answers were judged by the reference. */
export interface Tally {
  requests: number;
  /** Answered from what the gateway had kept. */
  kept: number;
  allowed: number;
  denied: number;
  /** Let through, and the policy denies it. */
  overGrants: number;
  /** Denied, and the policy allows it. */
  randomDenies: number;
  /** Policies and callers of which an authorizer of ours told that it could write no table. */
  withoutTable: number;
  /** The first of each, for who reads of a failure. */
  examples: string[];
}

export const newTally = (): Tally => ({
  requests: 0,
  kept: 0,
  allowed: 0,
  denied: 0,
  overGrants: 0,
  randomDenies: 0,
  withoutTable: 0,
  examples: [],
});

/** What answers: an authorizer of ours in a mode, or one of those that everybody writes. */
export type Answering = "exact" | "coarse" | "table" | "table, routes as the policy" | "naive exact" | "naive wildcard";

const words = ["articles", "drafts", "a", "b", "x9", "comments", "Admin"];
const values = ["acme", "globex", "drafts", "x9", "a", "7"];
const now = Date.UTC(2026, 0, 1);
const ttl = 300;

/** A policy whose answers a gateway can keep, mostly; undefined where its routes or rules make none. */
function policyOf(dice: Dice): Policy | undefined {
  const routes: Record<string, unknown> = {};
  for (const _ of dice.list(1, 7, () => 0)) {
    const [key, params] = routeKey(dice);
    routes[key] = ruleOf(dice, params);
  }
  try {
    return definePolicy({
      routes,
      caseSensitive: dice.chance(0.4),
      ...(dice.chance(0.2) && { require: { not: { group: "suspended" } } }),
    } as PolicyInit);
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown;
    return undefined;
  }
}

function routeKey(dice: Dice): readonly [key: string, params: readonly string[]] {
  const params: string[] = [];
  const segments = dice.list(0, 3, () => {
    if (dice.chance(0.65)) return dice.pick(...words);
    if (dice.chance(0.1)) return "*";
    params.push(`p${params.length}`);
    return dice.chance(0.5) ? `:p${params.length - 1}` : `{p${params.length - 1}}`;
  });
  const end = dice.pick("", "", "", "/**", "/*rest", "/{rest+}");
  if (end.includes("rest")) params.push("rest");
  const path = `/${segments.join("/")}`;
  const method = dice.pick("GET", "GET", "POST", "DELETE", "*");
  return [`${method} ${path === "/" && end !== "" ? end : `${path}${end}`}`, params];
}

function ruleOf(dice: Dice, params: readonly string[]): unknown {
  const [first] = params;
  const kinds: (() => unknown)[] = [
    () => dice.pick("authenticated", "authenticated", "anyone", "guest"),
    () => ({ group: dice.pick("editors", "admins") }),
    () => ({ not: { group: "suspended" } }),
    () => ({ anyOf: [{ group: "admins" }, ruleOf(dice, [])] }),
  ];
  if (first !== undefined) {
    const param = { param: dice.pick(...params) };
    const own: (() => unknown)[] = [
      () => ({ equal: [{ tag: "tenant" }, param] }),
      () => ({ equal: [param, { userId: true }] }),
      () => ({ oneOf: [param, ["acme", "7"]] }),
      () => ({ anyOf: [{ group: "admins" }, { equal: [{ tag: "tenant" }, param] }] }),
      () => ({ allOf: ["authenticated", { equal: [{ tag: "tenant" }, param] }] }),
    ];
    kinds.push(...own, ...own);
  }
  return dice.pick(...kinds)();
}

function callers(dice: Dice): readonly Principal[] {
  let index = 0;
  return dice.list(2, 4, () => {
    index += 1;
    const groups = dice.list(0, 2, () => dice.pick("editors", "admins", "suspended"));
    const userId = dice.pick("a", "7", "u1");
    return createPrincipal({
      kind: dice.chance(0.85) ? "user" : "guest",
      id: `user:${index}`,
      issuer: "pool",
      verifiedBy: "test",
      userId,
      ...(dice.chance(0.9) && { groups: dice.chance(0.8) ? closedGroups(groups) : openGroups(groups) }),
      tags: new Map(dice.chance(0.8) ? [["tenant", dice.pick(...values, "a/b", "*", "é")]] : []),
    });
  });
}

/** A request near the routes: some of them as they are, some deeper, some in other case or with a slash at the end. */
function requestOf(dice: Dice, keys: readonly string[], count: number): ModeledRequest {
  const [method = "", template = ""] = dice.pick(...keys).split(" ");
  const filled = template
    .split("/")
    .filter((part) => part !== "")
    .flatMap((part) => {
      if (part === "**" || /^\*\w|\+\}$/.test(part)) return dice.list(0, 2, () => dice.pick(...values, ...words));
      return /^[:{*]/.test(part) ? [dice.pick(...values, dice.pick(...words))] : [part];
    });
  if (dice.chance(0.15)) filled.push(dice.pick(...values, ...words));
  if (dice.chance(0.1)) filled.splice(dice.below(filled.length + 1), 1, dice.pick(...values, ...words));
  const spelled = filled.map((part) => (dice.chance(0.05) ? part.toUpperCase() : part));
  const slash = dice.chance(0.1) && spelled.length > 0 ? "/" : "";
  return {
    method:
      method === "*" || dice.chance(0.1)
        ? dice.pick("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "LOCK", "ACL", "TRACE")
        : method,
    path: `/${spelled.join("/")}${slash}`,
    token: `Bearer ${dice.below(count)}`,
  };
}

/** Lets callers ask for routes over a gateway that keeps answers, and tallies what the reference says of each answer. */
export async function askGateway(
  seed: number,
  answering: Answering,
  format: ModeledFormat,
  requests: number,
  tally: Tally,
): Promise<void> {
  const dice = diceOf(seed);
  const policy = policyOf(dice);
  if (policy === undefined) return;
  const known = callers(dice);
  let clock = now;
  const withoutTable = new Set<string>();
  const authorizer = createAuthorizer({ verifiers: [byIndex(known)], policy, clock: () => clock });
  const authorize = authorizerFor(
    authorizer,
    answering,
    format,
    () => clock,
    (principalId) => withoutTable.add(principalId),
  );
  if (authorize === undefined) return;
  const gateway = createGateway({
    format,
    authorizer: authorize,
    ttl,
    keyed: answering === "exact" ? ["method", "path"] : [],
    clock: () => clock,
  });
  const behind = guardHandler(authorizer, () => ({ statusCode: 200 }));
  const keys = Object.keys(policy.document.routes);
  const found = newTally();

  for (let count = 0; count < requests; count += 1) {
    if (dice.chance(0.03)) clock += dice.pick(1_000, 200_000, ttl * 1_000);
    const asked = requestOf(dice, keys, known.length);
    const { method, path, token } = asked;
    const routed = referenceMatch(keys, method, path, { caseSensitive: true });
    // A gateway with the routes of the policy answers the rest itself.
    if (answering === "table, routes as the policy" && routed === undefined) continue;
    const principal = known[Number(token.slice("Bearer ".length))] as Principal;
    const { document } = policy;
    const { outcome } = referenceDecide(
      {
        policy: document,
        principal,
        signed: undefined,
        method,
        override: undefined,
        target: path,
        headers: new RequestHeaders([]),
        remoteAddress: undefined,
        now: clock,
      },
      () => undefined,
    );
    const expected = outcome === "allowed";
    const answer = await gateway(asked);
    let allowed = answer.status === 200;
    if (allowed && answering === "coarse") {
      const eventFor = format.startsWith("rest") ? restProxyEvent : httpProxyEvent;
      const event = eventFor({ method, path, headers: { authorization: token }, context: answer.context });
      const { statusCode } = await behind(event as never, {});
      allowed = statusCode === 200;
    }
    found.requests += 1;
    if (answer.kept) found.kept += 1;
    found[allowed ? "allowed" : "denied"] += 1;
    const example = `${answering}, ${format}, seed ${seed}: ${method} ${path} by ${token}, ${JSON.stringify(document.routes)}`;
    if (allowed && !expected) {
      found.overGrants += 1;
      found.examples.push(`over-grant: ${example}`);
    }
    // In a table without case, what has a letter in another case may be denied, kept or not, and so is what a value that fits no
    // ARN would grant.
    const unsure =
      answering.startsWith("table") &&
      ((!document.caseSensitive && /[A-Z]/.test(path.replaceAll("Admin", ""))) || isUnsafe(principal));
    if (!allowed && expected && !unsure && !withoutTable.has(principal.id)) {
      found.randomDenies += 1;
      found.examples.push(`random deny: ${example}`);
    }
  }
  found.withoutTable = withoutTable.size;
  for (const name of ["requests", "kept", "allowed", "denied", "overGrants", "randomDenies", "withoutTable"] as const)
    tally[name] += found[name];
  if (tally.examples.length < 5) tally.examples.push(...found.examples.slice(0, 2));
}

function isUnsafe({ tags }: Principal): boolean {
  return ["a/b", "*", "é"].includes(tags.get("tenant") ?? "");
}

function byIndex(known: readonly Principal[]): Verifier {
  return {
    scheme: "Bearer",
    detects: ({ headers }) => headers.all("authorization").length > 0,
    async verify({ headers }) {
      const principal = known[Number((headers.get("authorization") ?? "").slice("Bearer ".length))];
      if (principal === undefined) throw new AuthError("invalid_token");
      return { principal };
    },
  };
}

/** An authorizer of ours, or a naive one; undefined where ours refuses the policy at its construction. */
function authorizerFor(
  authorizer: Authorizer,
  answering: Answering,
  format: ModeledFormat,
  clock: () => number,
  tell: (principalId: string) => void,
): ((event: never) => Promise<unknown>) | undefined {
  if (answering === "naive exact" || answering === "naive wildcard")
    return naive(authorizer, format, answering === "naive exact");
  const [mode] = answering.split(",") as [Mode];
  const options = {
    ...keyFor(format, mode),
    cacheTtl: ttl,
    clock,
    ...(mode === "table" && {
      onCacheEvent: (event: CacheEvent) => {
        if (event.type === "exact_instead") tell(event.principalId);
      },
    }),
    ...(answering === "table, routes as the policy" && { unrouted: "gateway" }),
  };
  try {
    return lambdaAuthorizer(authorizer, { format: format as "http-policy", cache: modes[mode](options) }) as never;
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError) || thrown.option !== "lambdaAuthorizer.cache") throw thrown;
    return undefined;
  }
}

/** What most examples show: decide about this request, and allow its ARN, or all of the stage, while the gateway keeps answers. */
function naive(authorizer: Authorizer, format: ModeledFormat, exact: boolean): (event: never) => Promise<unknown> {
  const off = lambdaAuthorizer(authorizer, { format: format as "http-policy", cache: "off" });
  if (exact) return off;
  return async (event) => {
    const answer = await off(event);
    const [{ Effect, Resource }] = answer.policyDocument.Statement;
    const stage = String(Resource).split("/").slice(0, 2).join("/");
    const statement = { Action: "execute-api:Invoke", Effect, Resource: Effect === "Allow" ? `${stage}/*` : Resource };
    return { ...answer, policyDocument: { ...answer.policyDocument, Statement: [statement] } };
  };
}
