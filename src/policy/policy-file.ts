import { setTimeout as delay } from "node:timers/promises";
import { ConfigurationError, refuseUnknownOptions, requireInteger } from "../configuration.ts";
import type { PolicyFinding } from "./analysis/policy-finding.ts";
import type { Policy } from "./define-policy.ts";
import { type FileState, isSameState, readFileState } from "./file-state.ts";
import { type LoadPolicyOptions, parseBytes, requireFormat } from "./load-policy.ts";
import { PolicyError } from "./policy-error.ts";
import { reportWarnings, requireOnWarnings } from "./policy-warnings.ts";

/** What {@link policyFile} takes beside the path. */
export interface PolicyFileOptions extends Omit<LoadPolicyOptions, "onWarnings"> {
  /** Whether to look for changes while the process runs; false by default. */
  readonly watch?: boolean;
  /** Milliseconds between two looks, 10 to 3,600,000; 1,000 by default. */
  readonly intervalMs?: number;
  /** Called when another policy has become the live one. What it throws becomes a process warning. */
  readonly onReload?: (policy: Policy, previous: Policy) => void;
  /**
   * Called when the file has become bad, once for each state of the file: the policy stays as it is. What it throws becomes a
   * process warning; without it, the error itself does.
   */
  readonly onError?: (error: Error) => void;
  /**
   * Called with the warnings of {@link analyzePolicy} where a policy that becomes the live one has some, the first one included.
   * What it throws becomes a process warning.
   *
   * Without it no policy is analyzed: that takes about twice as long as to read it, and no request is answered meanwhile.
   */
  readonly onWarnings?: (warnings: readonly PolicyFinding[]) => void;
}

/** A policy that follows a file. */
export interface PolicyFile extends Policy {
  /** The policy that is live now. An authorizer asks for it once a request, so that all gates of a request judge alike. */
  readonly current: Policy;
  /**
   * Reads the file now, as on a signal of the process.
   *
   * @throws PolicyError (rejected) where the file is bad; the policy stays as it is.
   */
  reload(): Promise<void>;
  /** Stops looking for changes. The policy stays as it is. */
  close(): void;
}

const optionNames = ["format", "extensions", "watch", "intervalMs", "onReload", "onError", "onWarnings"];

/**
 * Reads a policy from a file, and follows the file while the process runs.
 *
 * A changed file is taken when two looks have found the same bytes, so that it is not read half-written. A bad file, or none,
 * changes nothing. Guards count as well: a file that lacks a named rule which a guard uses is bad. Looking keeps no process
 * alive.
 *
 * @throws PolicyError (rejected) where the file is bad at the start.
 *
 * @example
 * ```ts
 * import { policyFile } from "poolgate/policy";
 *
 * const policy = await policyFile("policy.yaml", {
 *   watch: true,
 *   onReload: () => console.log("the policy has changed"),
 *   onError: (error) => console.error(error.message),
 * });
 * ```
 */
export async function policyFile(path: string, options: PolicyFileOptions = {}): Promise<PolicyFile> {
  refuseUnknownOptions("policyFile", options, optionNames);
  const format = requireFormat("policyFile", path, options.format);
  const { watch = false, intervalMs = 1_000, onReload, onError, onWarnings, extensions } = options;
  if (typeof watch !== "boolean") throw invalid("watch", "write true or false");
  const interval = requireInteger("policyFile.intervalMs", intervalMs, 10, 3_600_000);
  if (onReload !== undefined && typeof onReload !== "function") throw invalid("onReload", "write (policy) => ...");
  if (onError !== undefined && typeof onError !== "function") throw invalid("onError", "write (error) => ...");
  requireOnWarnings("policyFile", onWarnings);

  /** The rules of guards as JSON, each of which another policy must be able to compile too. */
  const guards = new Set<string>();
  const parse = async (bytes: Uint8Array): Promise<Policy> => {
    const policy = await parseBytes(bytes, path, { format, ...(extensions !== undefined && { extensions }) });
    requireGuards(policy, guards);
    return policy;
  };

  let seen = await readFileState(path);
  if ("error" in seen) throw seen.error;
  let live = await parse(seen.bytes);
  tell(() => reportWarnings(live, onWarnings));
  let reloading: Promise<void> = Promise.resolve();
  const stop = new AbortController();

  /** Makes what the file holds the live policy. */
  async function take(state: FileState, isStale: () => boolean): Promise<void> {
    seen = state;
    if ("error" in state) throw state.error;
    const next = await parse(state.bytes);
    if (isStale()) return;
    const previous = live;
    live = next;
    if (JSON.stringify(next.document) === JSON.stringify(previous.document)) return;
    tell(() => onReload?.(next, previous));
    tell(() => reportWarnings(next, onWarnings));
  }

  async function follow(): Promise<void> {
    let pending: FileState | undefined;
    for (;;) {
      await delay(interval, undefined, { ref: false, signal: stop.signal });
      const state = await readFileState(path);
      if (isSameState(state, seen)) pending = undefined;
      else if (pending === undefined || !isSameState(state, pending)) pending = state;
      else {
        pending = undefined;
        // Whoever closes or reloads meanwhile has the last word.
        await take(state, () => stop.signal.aborted || seen !== state).catch(report);
      }
    }
  }

  function report(thrown: unknown): void {
    if (onError === undefined) process.emitWarning(thrown as Error, { code: "POOLGATE_POLICY_FILE" });
    else tell(() => onError(thrown as Error));
  }

  // It ends by the signal alone.
  if (watch) follow().catch(() => undefined);

  return Object.freeze<PolicyFile>({
    get document() {
      return live.document;
    },
    get current() {
      return live;
    },
    get connect() {
      return live.connect;
    },
    match: (method, target) => live.match(method, target),
    matchField: (field) => live.matchField(field),
    compile(rule) {
      const compiled = live.compile(rule);
      guards.add(JSON.stringify(rule));
      return compiled;
    },
    grants: (caller) => live.grants(caller),
    fieldGrants: (caller) => live.fieldGrants(caller),
    varying: () => live.varying(),
    reload() {
      // One after the other: of two at a time the one that read first could be done last, with what the file held before.
      const done = reloading.then(async () => take(await readFileState(path), () => false));
      reloading = done.catch(() => undefined);
      return done;
    },
    close: () => stop.abort(),
  });
}

/** A policy that guards cannot be compiled with would answer their requests with errors. */
function requireGuards(policy: Policy, guards: Iterable<string>): void {
  const faults = [...guards].flatMap((json) => {
    try {
      policy.compile(JSON.parse(json));
      return [];
    } catch (thrown) {
      const { faults: own } = thrown as PolicyError;
      return own.map((fault) => Object.freeze({ ...fault, where: `${fault.where} of the guard ${json}` }));
    }
  });
  if (faults.length > 0) throw new PolicyError("policy", faults);
}

function tell(call: () => void): void {
  try {
    call();
  } catch (thrown) {
    process.emitWarning(
      thrown instanceof Error ? thrown : "a callback of policyFile threw something that is no Error",
      {
        code: "POOLGATE_POLICY_FILE",
      },
    );
  }
}

function invalid(option: string, message: string): ConfigurationError {
  return new ConfigurationError("invalid_option", `policyFile.${option}`, message);
}
