import { jsonAnswer } from "./answer.ts";
import { ConfigurationError, refuseUnknownOptions } from "./configuration.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Readiness, ReadinessReporter } from "./readiness.ts";
import { parseTarget } from "./target.ts";

/** What {@link readinessEndpoint} takes. */
export interface ReadinessEndpointOptions {
  /** The path that it answers at; `/readyz` by default. */
  readonly path?: string;
  /**
   * What must be there for 200: `any` (default) one verifier that can verify, `all` every issuer and store. With `any` an issuer
   * that is down takes no server out of service for the callers of the others.
   */
  readonly require?: "any" | "all";
  /** Whether the answer tells how each issuer and store stands; false by default, since anybody can read it. */
  readonly details?: boolean;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

const owner = "readinessEndpoint";
const optionNames = ["path", "require", "details", "clock"] as const;
const pauseMilliseconds = 10_000;

/**
 * Makes the endpoint that a load balancer or Kubernetes asks whether this server can verify callers: 200 or 503, with
 * `{"status":"ready"}` or `{"status":"unavailable"}`.
 *
 * It answers at once from what is known. At most once in ten seconds a request for it also warms the authorizer up in the
 * background, so that a server that gets no other requests learns when an issuer or store comes back. What that does not ask, such as the keys
 * of a load balancer, which its first token names, does not count.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, readinessEndpoint, userPool } from "poolgate";
 * import { endpoints } from "poolgate/express";
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const authorizer = createAuthorizer({ verifiers: [bearer({ issuers: [access] })] });
 * app.use(endpoints(readinessEndpoint(authorizer)));
 * ```
 */
export function readinessEndpoint(authorizer: ReadinessReporter, options: ReadinessEndpointOptions = {}): Endpoint {
  if (typeof authorizer?.ready !== "function" || typeof authorizer.readiness !== "function") {
    throw new ConfigurationError("missing_option", owner, "pass what createAuthorizer returns");
  }
  refuseUnknownOptions(owner, options, optionNames);
  const { path = "/readyz", require = "any", details = false, clock = Date.now } = options;
  requirePath(path);
  if (require !== "any" && require !== "all") throw invalid("require", 'write "any" or "all"');
  if (typeof details !== "boolean") throw invalid("details", "must be true or false");
  if (typeof clock !== "function") throw invalid("clock", "must be a function that gives milliseconds since 1970");
  const isUp = require === "all" ? everythingUsable : someVerifierUsable;
  let warming = false;
  let warmed = false;
  let warmedAt = Number.NaN;

  function keepWarm(): void {
    const elapsed = clock() - warmedAt;
    // A clock that was set back must not stretch the pause.
    if (warming || (elapsed >= 0 && elapsed < pauseMilliseconds)) return;
    warming = true;
    warmedAt = clock();
    const done = () => {
      warming = false;
      warmed = true;
    };
    authorizer.ready().then(done, done);
  }

  return Object.freeze<Endpoint>({
    methods: Object.freeze(["GET", "HEAD"]),
    path,
    async handle() {
      keepWarm();
      const report = authorizer.readiness();
      // What was not asked then cannot be asked before a caller comes, and none comes to a server that is out of service.
      const up = isUp(warmed ? report.filter(({ state }) => state !== "not-asked") : report);
      const document = { status: up ? "ready" : "unavailable", ...(details && { report }) };
      const answer = jsonAnswer(up ? 200 : 503, document);
      if (up) return answer;
      return { ...answer, headers: { ...answer.headers, "retry-after": String(pauseMilliseconds / 1000) } };
    },
  });
}

function isUsable({ state }: Readiness): boolean {
  return state === "ready" || state === "stale";
}

function everythingUsable(report: readonly Readiness[]): boolean {
  return report.every(isUsable);
}

/** Whether one verifier has all of its stores and, where it has issuers, one of them. One that cannot tell does not count. */
function someVerifierUsable(report: readonly Readiness[]): boolean {
  const schemes = [...new Set(report.map(({ scheme }) => scheme))];
  return (
    schemes.length === 0 ||
    schemes.some((scheme) => {
      const own = report.filter((row) => row.scheme === scheme);
      const keys = own.filter(({ source }) => source === "keys");
      const stores = own.filter(({ source }) => source !== "keys");
      return stores.every(isUsable) && (keys.length === 0 || keys.some(isUsable));
    })
  );
}

function requirePath(path: unknown): void {
  try {
    if (typeof path === "string" && parseTarget(path).query === undefined) return;
  } catch {
    // Told below.
  }
  throw invalid("path", "must be a path such as /readyz");
}

function invalid(name: keyof ReadinessEndpointOptions, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `${owner}.${name}`, message);
}
