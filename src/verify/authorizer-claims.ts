import type { JsonObject } from "../tokens/strict-json.ts";
import { factOf, foreignFacts, type GatewayFacts } from "./gateway-facts.ts";

const times: readonly string[] = ["exp", "iat", "nbf", "auth_time"];
const texts: readonly string[] = [
  "iss",
  "sub",
  "aud",
  "client_id",
  "token_use",
  "scope",
  "username",
  "jti",
  "origin_jti",
];
const truths: readonly string[] = ["email_verified", "phone_number_verified"];

/**
 * Lists that the gateway joined into one text: REST APIs write `a,b`, HTTP APIs `[a b]`, and the names in them may hold commas,
 * spaces and brackets. Nobody can take them apart again.
 */
const lists: ReadonlySet<string> = new Set(["cognito:groups", "cognito:roles"]);

/**
 * Gives the claims that an authorizer of API Gateway wrote as texts their types back: times are seconds and truth values booleans.
 * The lists that it joined are left out.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @throws AuthError `configuration_error` where a claim that is read is no text, or a time is none.
 */
export function restoreClaims(claims: GatewayFacts): JsonObject {
  const restored: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(claims)) {
    const value = factOf(claims, name);
    if (value !== undefined && !lists.has(name)) restored[name] = restore(name, value);
  }
  return restored;
}

/** Whether the claims say that the user is in groups, whichever these are. */
export function saysGroups(claims: GatewayFacts): boolean {
  return factOf(claims, "cognito:groups") !== undefined;
}

function restore(name: string, value: unknown): unknown {
  const read = times.includes(name) || texts.includes(name);
  if (read && (typeof value !== "string" || value.length > 2_048)) throw foreignFacts(`the claim ${name} is no text`);
  if (times.includes(name)) return readSeconds(name, value as string);
  if (truths.includes(name) && (value === "true" || value === "false")) return value === "true";
  return value;
}

/** HTTP APIs write times in seconds, REST APIs `exp` and `iat` in words: `Thu Jan 01 01:00:00 UTC 2026`. */
function readSeconds(name: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const date = new Date(text);
  if (inWords(date) !== text) throw foreignFacts(`the claim ${name} is no time`);
  return date.getTime() / 1000;
}

function inWords(date: Date): string | undefined {
  // "Thu, 01 Jan 2026 01:00:00 GMT"
  const [weekday, day, month, year, time] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
