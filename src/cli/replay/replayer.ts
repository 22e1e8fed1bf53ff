import type { KeyObject } from "node:crypto";
import { AuthError } from "../../errors.ts";
import type { LoggedDecision, LoggedPrincipal } from "../../observe/logged-decision.ts";
import type { Policy, RouteMatch } from "../../policy/define-policy.ts";
import type { CompiledRule } from "../../policy/evaluation.ts";
import { parseTarget, type Target } from "../../target.ts";
import { connectGates, connectRoute, fieldGates } from "./beside-gates.ts";
import { createRuleJudge } from "./judge-rule.ts";
import { loggedInput } from "./logged-input.ts";
import type { FoundGates, ReplayedGate, ReplayedPlace } from "./replayed-gate.ts";
import { createRouteTable } from "./route-table.ts";
import { type Trust, trustIn } from "./trust.ts";

/** What would become of a logged decision under the new policy. */
export type Replayed =
  | { readonly outcome: "same" | "would-allow" | "would-deny"; readonly place: ReplayedPlace }
  | { readonly outcome: "cannot-tell"; readonly reason: string };

/** Refusals that come before any policy; of all others without a caller, a policy may be the cause. */
const causedByPolicy: ReadonlySet<string> = new Set(["configuration_error", "header_not_signed", "internal_error"]);
/** Credentials that sign no request, so that any header may decide. */
const tokens: ReadonlySet<string> = new Set([
  ...["user-pool", "oidc", "alb", "identity-pool-token", "sts-web-identity"],
  "nothing",
]);

/** Makes what judges logged decisions anew. */
export function createReplayer(policy: Policy, key: KeyObject | undefined): (line: LoggedDecision) => Replayed {
  const table = createRouteTable(policy);
  const judgeRule = createRuleJudge(policy.document, key);

  function paramOf({ route }: RouteMatch, { hidden = [], params }: LoggedDecision, name: string): Trust {
    const { segments } = table.pattern(route);
    const index = segments.findIndex((segment) => "name" in segment && segment.name === name);
    const rest = segments[index]?.kind === "rest";
    if (!hidden.some((place) => (rest ? place >= index : place === index))) return "plain";
    // The pseudonyms of its segments are not that of the rest.
    return params === "hash" && !rest ? "hashed" : "withheld";
  }

  function routeGates(line: LoggedDecision, target: Target): FoundGates {
    const { methods = [line.method], hidden = [] } = line;
    const gates: ReplayedGate[] = [];
    let place: ReplayedPlace = {};
    for (const method of methods) {
      if (table.maySpellOut(method, target, hidden)) return { gates, place, doubt: "the path is not logged in full" };
      const match = policy.match(method, target);
      if (match === undefined) return { gates, place, ruleless: true };
      const { rule, route, params } = match;
      if (gates.length === 0) place = { route };
      gates.push({ rule, method, params, param: (name) => paramOf(match, line, name), place });
    }
    return { gates, place };
  }

  function gatesOf(line: LoggedDecision, target: Target): FoundGates {
    if (line.fields !== undefined) return fieldGates(policy, line, line.fields);
    return line.route === connectRoute ? connectGates(policy, line) : routeGates(line, target);
  }

  function guardGate(line: LoggedDecision, place: ReplayedPlace): readonly ReplayedGate[] {
    const { guard, method } = line;
    if (guard === undefined) return [];
    const params = guard.params ?? {};
    const gate: ReplayedGate = {
      rule: policy.compile(guard.rule),
      method,
      params,
      param(name) {
        const trust = guard.params === undefined ? "withheld" : trustIn(params, name);
        return trust === "withheld" && guard.params !== undefined ? "missing" : hashedIf(line, trust);
      },
      place,
    };
    return [gate];
  }

  function judge(line: LoggedDecision, principal: LoggedPrincipal, target: Target): Replayed {
    const found = gatesOf(line, target);
    if (found.ruleless) return verdict(line, false, found.place);
    const lacks: string[] = [];
    const base = loggedInput(line, principal, target);
    let sure = true;
    for (const { rule, method, params, param, place } of [...found.gates, ...guardGate(line, found.place)]) {
      const input = { ...base, method, params };
      const possible = judgeRule(rule.source, {
        line,
        principal,
        input,
        param,
        lack: (text) => void lacks.push(text),
      });
      if (!possible.yes) return verdict(line, false, place);
      if (possible.no || possible.open) sure = false;
      else if (!tokens.has(principal.verifiedBy) && readsHeaders(rule, line)) {
        lacks.push("whether a header was signed is not logged");
        sure = false;
      }
    }
    if (!sure) return cannotTell(lacks[0] ?? "the rule may come out in several ways");
    return found.doubt === undefined ? verdict(line, true, found.place) : cannotTell(found.doubt);
  }

  return function replay(line) {
    const { principal, path, code = "", guard, route, fields } = line;
    if (line.cut) return cannotTell("the line was too long, and is cut");
    if (principal === undefined) {
      if (line.allowed) return cannotTell("the line tells of no caller");
      const byPolicy = causedByPolicy.has(code) || (code === "target_not_canonical" && path !== undefined);
      return byPolicy ? cannotTell(`why it was ${code} is not logged`) : verdict(line, false, {});
    }
    if (guard !== undefined && (route ?? fields) === undefined && code !== "no_route") {
      return cannotTell("a guard was asked, and perhaps no policy beside it");
    }
    if (path === undefined) return cannotTell("the path is not logged");
    try {
      return judge(line, principal, parseTarget(path));
    } catch (thrown) {
      if (!(thrown instanceof AuthError)) return cannotTell("the rule of its guard does not fit the policy");
      return line.hidden === undefined ? verdict(line, false, {}) : cannotTell("the path is not logged in full");
    }
  };
}

function readsHeaders({ headers }: CompiledRule, line: LoggedDecision): boolean {
  return [...headers].some((name) => trustIn(line.headers, name) !== "missing");
}

function hashedIf({ params }: LoggedDecision, trust: Trust): Trust {
  return trust === "plain" && params === "hash" ? "hashed" : trust;
}

function verdict({ allowed }: LoggedDecision, nowAllowed: boolean, place: ReplayedPlace): Replayed {
  if (allowed === nowAllowed) return { outcome: "same", place };
  return { outcome: nowAllowed ? "would-allow" : "would-deny", place };
}

function cannotTell(reason: string): Replayed {
  return { outcome: "cannot-tell", reason };
}
