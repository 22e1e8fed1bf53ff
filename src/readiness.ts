import { type AuthErrorCode, toAuthError } from "./errors.ts";

/**
 * How something stands that answers are taken from:
 *
 * - `ready`: it answered when it was last asked.
 * - `stale`: it did not, but what it said before still holds.
 * - `unavailable`: it did not, and requests that need it are answered with 503.
 * - `not-asked`: nobody needed it yet.
 */
export type ReadinessState = "ready" | "stale" | "unavailable" | "not-asked";

/** How something stands, by what is known without asking it. */
export interface Condition {
  readonly state: ReadinessState;
  /** When it was asked for the answer that is at hand; absent where there is none. */
  readonly answeredAt?: Date;
  /** When it last failed; absent once it has answered again. */
  readonly failedAt?: Date;
  /** Until when the answer at hand may be relied on; absent where it is not kept. */
  readonly trustedUntil?: Date;
  /** What requests are answered with, where it is unavailable. */
  readonly code?: AuthErrorCode;
}

/** How one thing stands that a verifier depends on. It holds no key, no credential and no address of a store. */
export interface SourceReadiness extends Condition {
  /** The keys of an issuer, the store of the sessions, or the list of what has been revoked. */
  readonly source: "keys" | "sessions" | "revocations";
  /** The issuer of the keys, as it stands in `Principal.issuer`. */
  readonly issuer?: string;
  /** The kind of token, where the issuer has several. */
  readonly tokenUse?: string;
}

/** How one thing stands that an authorizer depends on; without `source` where a verifier failed that cannot tell by what. */
export interface Readiness extends Condition, Partial<Pick<SourceReadiness, "source" | "issuer" | "tokenUse">> {
  /** The scheme of the verifier. */
  readonly scheme: string;
}

/** What can tell whether it is ready: every authorizer. */
export interface ReadinessReporter {
  /**
   * Warms up: keys are fetched, stores are asked.
   *
   * @throws ReadinessError
   */
  ready(): Promise<void>;
  /** How everything stands that it depends on, by what is known now; nobody is asked. */
  readiness(): readonly Readiness[];
}

/** The part of a verifier that this file is about. */
interface Warmable {
  readonly scheme: string;
  ready?(): Promise<void>;
  readiness?(): readonly SourceReadiness[];
}

/**
 * Something that an authorizer depends on could not be reached when it was warmed up. All others have been asked all the same,
 * and their callers can be let in.
 */
export class ReadinessError extends AggregateError {
  override readonly name = "ReadinessError";
  /** How everything stands, what is ready included; a verifier that cannot tell is listed where it failed. */
  readonly report: readonly Readiness[];

  constructor(faults: readonly unknown[], report: readonly Readiness[]) {
    const down = report.filter(({ state }) => state === "unavailable");
    super(faults, `not ready: ${down.map(phraseOf).join("; ")}`);
    this.report = Object.freeze([...report]);
  }
}

/** How everything stands that these verifiers depend on. */
export function readinessOf(verifiers: readonly Warmable[]): readonly Readiness[] {
  return verifiers.flatMap((verifier) =>
    (verifier.readiness?.() ?? []).map((source) => ({ scheme: verifier.scheme, ...source })),
  );
}

/**
 * Warms up verifiers, each to its end, whatever becomes of the others.
 *
 * @throws ReadinessError where one of them cannot.
 */
export async function warmUp(verifiers: readonly Warmable[]): Promise<void> {
  const outcomes = await Promise.all(verifiers.map(warmUpOne));
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  if (faults.length > 0) {
    throw new ReadinessError(
      faults,
      outcomes.flatMap(({ report }) => report),
    );
  }
}

async function warmUpOne(verifier: Warmable): Promise<{ faults: readonly unknown[]; report: readonly Readiness[] }> {
  try {
    await verifier.ready?.();
    return { faults: [], report: readinessOf([verifier]) };
  } catch (thrown) {
    const report = readinessOf([verifier]);
    const faults: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
    if (report.some(({ state }) => state === "unavailable")) return { faults, report };
    const { code } = toAuthError(faults[0]);
    return { faults: [thrown], report: [...report, { scheme: verifier.scheme, state: "unavailable", code }] };
  }
}

/**
 * Takes steps at the same time, each to its end.
 *
 * @throws the fault of the one that failed, or an AggregateError where there are several.
 */
export async function allReady(steps: readonly (() => unknown)[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps.map(async (step) => step()));
  const faults: unknown[] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, "several are not ready");
}

function phraseOf({ scheme, source, issuer, tokenUse, code }: Readiness): string {
  const what = [scheme, source, issuer && `of ${issuer}`, tokenUse && `(${tokenUse})`].filter(Boolean).join(" ");
  return `${what}: ${code ?? "unavailable"}`;
}
