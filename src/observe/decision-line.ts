import type { Decision, JudgedGuard } from "../decision.ts";
import { queryValue } from "../policy/query-value.ts";
import type { AuthRequest } from "../request.ts";
import { requestedMethods } from "../requested-methods.ts";
import { type Target, targetOf } from "../target.ts";
import type { Disclosures } from "./decision-log-options.ts";
import { disclose } from "./disclose.ts";
import { type LoggedDecision, type LoggedLoss, type LoggedValue, logVersion } from "./logged-decision.ts";
import { loggedPath } from "./logged-path.ts";
import { loggedPrincipal } from "./logged-principal.ts";

/** Longer lines are cut to what all lines hold, so that a buffer of lines is bounded. */
const maximumLength = 8192;
const maximumMethodLength = 32;

/** The line of one decision, with its line feed. */
export function decisionLine(
  decision: Decision,
  request: AuthRequest,
  now: number,
  sample: number,
  disclosures: Disclosures,
): string {
  const { ids, params } = disclosures;
  const { route, principal, guard } = decision;
  const target = canonicalTarget(request);
  const methods = requestedMethods(request).map(shortMethod);
  const always: LoggedDecision = {
    v: logVersion,
    time: new Date(now).toISOString(),
    allowed: decision.allowed,
    ...(!decision.allowed && { code: decision.error.code }),
    ...(decision.allowed && sample < 1 && { sampled: sample }),
    ...(route !== undefined && { route }),
    method: shortMethod(request.method),
  };
  const { fields, nested } = decision;
  const whole: LoggedDecision = {
    ...always,
    ...(methods.length > 1 && { methods }),
    ...(fields !== undefined && { fields }),
    ...(nested !== undefined && { nested }),
    ...(target !== undefined && loggedPath(target, route, disclosures)),
    ...(ids !== "plain" && { ids }),
    ...(params !== "plain" && { params }),
    ...(principal !== undefined && { principal: loggedPrincipal(principal, disclosures) }),
    ...(disclosures.address && { address: request.remoteAddress ?? null }),
    ...(target !== undefined && queriesOf(target, disclosures)),
    ...headersOf(request, disclosures),
    ...(guard !== undefined && { guard: loggedGuard(guard, disclosures) }),
  };
  const shorter = nested === undefined ? [] : [{ ...whole, nested: null }];
  for (const record of [whole, ...shorter]) {
    const line = lineOf(record);
    if (line.length <= maximumLength) return line;
  }
  return lineOf({ ...always, cut: true });
}

/** The line that tells of decisions which could not be logged. */
export function lossLine(now: number, dropped: number): string {
  return lineOf({ v: logVersion, time: new Date(now).toISOString(), dropped });
}

/**
 * All but visible ASCII is escaped: what ends a line or moves a cursor for one of its readers (U+0085, U+2028, an escape
 * character, a change of the direction of writing) must not do so in a log.
 */
function lineOf(record: LoggedDecision | LoggedLoss): string {
  const escaped = JSON.stringify(record).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${escaped}\n`;
}

/** A target that was refused may be anything, even a URL with a password in it. */
function canonicalTarget(request: AuthRequest): Target | undefined {
  try {
    return targetOf(request);
  } catch {
    return undefined;
  }
}

function shortMethod(method: string): string {
  return method.slice(0, maximumMethodLength);
}

function queriesOf(target: Target, { queries }: Disclosures): Pick<LoggedDecision, "query"> {
  if (queries.length === 0) return {};
  const values = queries.map((name): [string, LoggedValue] => {
    const found = queryValue(name, target.query);
    if (found.state === "present") return [name, found.value];
    return [name, found.state === "missing" ? null : { state: found.state }];
  });
  return { query: Object.fromEntries(values) };
}

function headersOf(request: AuthRequest, { headers }: Disclosures): Pick<LoggedDecision, "headers"> {
  if (headers.length === 0) return {};
  const values = headers.map((name): [string, LoggedValue] => {
    const [value, ...more] = request.headers.all(name);
    return [name, more.length > 0 ? { state: "repeated" } : (value ?? null)];
  });
  return { headers: Object.fromEntries(values) };
}

function loggedGuard(
  { rule, params }: JudgedGuard,
  { params: mode, key }: Disclosures,
): NonNullable<LoggedDecision["guard"]> {
  if (mode === "omit") return { rule };
  const texts = Object.entries(params).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, disclose(value, mode, key)] as const] : [],
  );
  return { rule, params: Object.fromEntries(texts) };
}
