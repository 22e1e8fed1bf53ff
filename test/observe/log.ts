import type { Decision } from "../../src/decision.ts";
import { type DecisionLog, decisionLog } from "../../src/observe/decision-log.ts";
import type { DecisionLogOptions } from "../../src/observe/decision-log-options.ts";
import type { LoggedDecision, LoggedLoss } from "../../src/observe/logged-decision.ts";
import { closedGroups, createPrincipal, type Principal } from "../../src/principal.ts";
import { type AuthRequest, RequestHeaders } from "../../src/request.ts";

export const now = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

export const hashKey: Uint8Array = new Uint8Array(32).fill(7);

export const ada: Principal = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Example01:ada-sub",
  issuer: "eu-west-1_Example01",
  verifiedBy: "user-pool",
  userId: "ada-sub",
  identityId: "eu-west-1:ada-identity",
  clientId: "1example23456789",
  groups: closedGroups(["editors"]),
  scopes: new Set(["articles/read"]),
  tags: new Map([["tenant", "acme"]]),
  claims: { email: "ada@example.com", amr: ["mfa"], plan: 3, nested: { a: 1 } },
  authenticatedAt: new Date(now - 60_000),
});

export const requestOf = (line: string, ...headers: readonly string[]): AuthRequest => {
  const [method = "", target = ""] = line.split(" ");
  return { method, target, wire: true, headers: new RequestHeaders(headers), remoteAddress: "192.0.2.7" };
};

export const allow = (principal: Principal = ada, route = "GET /users/:id"): Decision =>
  ({ allowed: true, principal, route, explain: () => assertNever() }) as Decision;

/** A log that keeps its lines. */
export function keptLog(
  options: Partial<DecisionLogOptions> = {},
): DecisionLog & { lines(): Promise<readonly string[]> } {
  let kept = "";
  const log = decisionLog({
    write: (chunk) => {
      kept += chunk;
    },
    clock: () => now,
    ...options,
  });
  return Object.assign(Object.create(log), {
    async lines() {
      await log.flush();
      return kept.split("\n").slice(0, -1);
    },
  });
}

/** What a line says. */
export function read(line: string | undefined): LoggedDecision & Partial<LoggedLoss> {
  return JSON.parse(line ?? "");
}

function assertNever(): never {
  throw new Error("nobody asked");
}
