import type { CacheEvent } from "../../../../src/adapters/lambda/cache/cache-event.ts";
import { coarseCache } from "../../../../src/adapters/lambda/cache/coarse-cache.ts";
import { exactCache } from "../../../../src/adapters/lambda/cache/exact-cache.ts";
import type { GatewayCache } from "../../../../src/adapters/lambda/cache/gateway-cache.ts";
import { tableCache } from "../../../../src/adapters/lambda/cache/table-cache.ts";
import { lambdaAuthorizer } from "../../../../src/adapters/lambda/lambda-authorizer.ts";
import type { LambdaAuthorizerFormat } from "../../../../src/adapters/lambda/lambda-authorizer-format.ts";
import { type Authorizer, createAuthorizer } from "../../../../src/authorizer.ts";
import { ConfigurationError } from "../../../../src/configuration.ts";
import { AuthError } from "../../../../src/errors.ts";
import { definePolicy, type Policy } from "../../../../src/policy/define-policy.ts";
import { closedGroups, createPrincipal } from "../../../../src/principal.ts";
import type { Verifier } from "../../../../src/verifier.ts";
import { createGateway, type ModeledFormat } from "../gateway-cache.ts";

export const now = Date.UTC(2026, 0, 1);
const clock = () => now;
export const policyFormats: readonly ModeledFormat[] = ["rest-token", "rest-request", "http-policy", "http-policy-1.0"];

/** The functions that make the modes, for options that a test makes up. */
export const modes = { exact: exactCache, table: tableCache, coarse: coarseCache } as unknown as Readonly<
  Record<Mode, (options: object) => GatewayCache<LambdaAuthorizerFormat>>
>;

export type Mode = "exact" | "table" | "coarse";

/** Takes `Bearer <tenant>` for somebody of that tenant. */
export const byTenant: Verifier = {
  scheme: "Bearer",
  detects: ({ headers }) => headers.all("authorization").length > 0,
  async verify({ headers }) {
    const tenant = (headers.get("authorization") ?? "").slice("Bearer ".length);
    if (tenant === "bad") throw new AuthError("invalid_token");
    if (tenant === "outage") throw new AuthError("store_unavailable");
    const tags = new Map([["tenant", tenant]]);
    return {
      principal: createPrincipal({
        kind: "user",
        id: `user:${tenant}`,
        issuer: "x",
        verifiedBy: "x",
        groups: closedGroups(),
        tags,
      }),
    };
  },
};

export const tenants = definePolicy({
  routes: { "* /tenants/:t/**": { equal: [{ tag: "tenant" }, { param: "t" }] }, "GET /a/:id": "authenticated" },
});

/** An authorizer by a policy, or by routes alone. */
export function gateBy(
  policy: Policy | Readonly<Record<string, unknown>>,
  ...verifiers: readonly Verifier[]
): Authorizer {
  const made = "match" in policy ? (policy as Policy) : definePolicy({ routes: policy as never });
  const [first = byTenant, ...others] = verifiers;
  return createAuthorizer({ verifiers: [first, ...others], policy: made, clock });
}

/** The options of a mode with the key that it needs for a format. */
export function keyFor(format: string, mode: Mode): object {
  if (format === "rest-token") return { cacheTtl: 300 };
  const start = format === "rest-request" ? "" : "$";
  const header = format === "rest-request" ? "method.request.header.Authorization" : "$request.header.Authorization";
  const request = mode === "exact" ? [`${start}context.httpMethod`, `${start}context.path`] : [];
  return { cacheTtl: 300, identitySource: [header, ...request] };
}

/** The handler of an authorizer whose answers are kept. */
export function handlerOf(
  authorizer: Authorizer,
  format: string,
  mode: Mode,
  more: object = {},
): (event: never) => Promise<object> {
  const cache = modes[mode]({ ...keyFor(format, mode), clock, ...more });
  return lambdaAuthorizer(authorizer, { format: format as "http-policy", cache }) as never;
}

/** The model of a gateway in front of such a handler. */
export function gatewayOf(authorizer: Authorizer, format: ModeledFormat, mode: Mode, more: object = {}) {
  const keyed = mode === "exact" ? (["method", "path"] as const) : [];
  return createGateway({ format, authorizer: handlerOf(authorizer, format, mode, more), ttl: 300, keyed, clock });
}

/** A listener, and what it was told. */
export function listener(): { readonly events: CacheEvent[]; readonly onCacheEvent: (event: CacheEvent) => void } {
  const events: CacheEvent[] = [];
  return { events, onCacheEvent: (event) => void events.push(event) };
}

/** The fault of what is constructed. */
export function faultOf(construct: () => unknown): ConfigurationError {
  try {
    construct();
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown;
    throw thrown;
  }
  throw new Error("it was constructed");
}
