import type { Answer } from "../answer.ts";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";

/** How an endpoint misbehaves. Without `status` and `reset` it answers as ever, after the delay. */
export interface Outage {
  /** Answers with this status instead of the real answer. */
  readonly status?: number;
  /** The body of that answer, for malformed ones; empty by default. */
  readonly body?: string;
  /** The media type of that answer; `text/plain` by default. */
  readonly contentType?: string;
  /** Milliseconds to wait first. */
  readonly delayMs?: number;
  /** Cuts the connection without an answer. */
  readonly reset?: true;
  /** How many requests it meets before all is well again; every one by default. */
  readonly times?: number;
}

/** The operations that the pools answer over the wire. */
export type PoolOperation =
  | "GetJwks"
  | "GetUser"
  | "GetId"
  | "GetCredentialsForIdentity"
  | "GetOpenIdToken"
  | "GetCallerIdentity"
  | "AssumeRoleWithWebIdentity";

/** Where an outage strikes: a whole endpoint, or one operation. */
export type OutagePoint = "jwks" | "userPool" | "identity" | "sts" | PoolOperation;

/** The outages of one set of pools, and the count of its calls. */
export interface Outages {
  /** Begins an outage; it takes the place of an earlier one at the same point. */
  begin(point: OutagePoint, outage: Outage): void;
  /** Ends every outage. */
  end(): void;
  /** Counts a call and gives the outage that meets it. */
  meet(endpoint: string, operation: string | undefined): Outage | undefined;
  /** The answer that an outage gives in place of the real one. */
  answer(outage: Outage | undefined): Answer | undefined;
  /** How often an operation was asked for, outages included. */
  calls(operation: PoolOperation): number;
}

const points: readonly string[] = [
  "jwks",
  "userPool",
  "identity",
  "sts",
  "GetJwks",
  "GetUser",
  "GetId",
  "GetCredentialsForIdentity",
  "GetOpenIdToken",
  "GetCallerIdentity",
  "AssumeRoleWithWebIdentity",
] satisfies OutagePoint[];

/** Makes the register of outages and calls. */
export function createOutages(): Outages {
  const active = new Map<string, { readonly outage: Outage; left: number }>();
  const counts = new Map<string, number>();
  return {
    begin(point, outage) {
      if (!points.includes(point)) {
        throw new ConfigurationError("invalid_option", "pools.fail", `the point must be one of ${points.join(", ")}`);
      }
      refuseUnknownOptions("pools.fail", outage, ["status", "body", "contentType", "delayMs", "reset", "times"]);
      if (outage.status !== undefined) requireInteger("pools.fail.status", outage.status, 200, 599);
      active.set(point, { outage, left: outage.times ?? Number.POSITIVE_INFINITY });
    },
    end: () => active.clear(),
    meet(endpoint, operation) {
      if (operation !== undefined) counts.set(operation, (counts.get(operation) ?? 0) + 1);
      const point = operation !== undefined && active.has(operation) ? operation : endpoint;
      const entry = active.get(point);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) active.delete(point);
      return entry.outage;
    },
    answer(outage) {
      if (outage?.status === undefined) return undefined;
      return {
        status: outage.status,
        headers: { "content-type": outage.contentType ?? "text/plain" },
        body: outage.body ?? "",
      };
    },
    calls: (operation) => counts.get(operation) ?? 0,
  };
}
