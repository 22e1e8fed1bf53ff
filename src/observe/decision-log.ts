import type { Decision } from "../decision.ts";
import type { AuthRequest } from "../request.ts";
import { decisionLine, lossLine } from "./decision-line.ts";
import { type DecisionLogOptions, readLogOptions } from "./decision-log-options.ts";
import { createLineQueue } from "./line-queue.ts";

/** A log of decisions. */
export interface DecisionLog {
  /** Hand this to {@link AuthorizerOptions.onDecision}. It waits for nothing and never throws. */
  readonly onDecision: (decision: Decision, request: AuthRequest) => void;
  /** How many decisions could not be logged so far, as the buffer was full or the lines could not be handed over. */
  readonly dropped: number;
  /**
   * Waits until what was logged so far is handed over or given up: true. It gives false after five seconds. No timer of it
   * keeps the process alive.
   */
  flush(): Promise<boolean>;
  /** Logs nothing from now on, and flushes. The stream stays open. */
  close(): Promise<boolean>;
}

const flushMilliseconds = 5000;

/**
 * Makes a log with one line of JSON for each decision, {@link LoggedDecision}, in ASCII. No line holds a token, a signature, the
 * value of a header or of the query, or a claim, but for those values that the options list.
 *
 * Lines wait in a bounded buffer. A stream that is slow or fails holds up no request: what does not fit is dropped, counted in
 * {@link DecisionLog.dropped}, and told in a line of its own, {@link LoggedLoss}.
 *
 * @throws ConfigurationError where an option is faulty.
 *
 * @example
 * ```ts
 * import { bearer, createAuthorizer, definePolicy, group, userPool } from "poolgate";
 * import { decisionLog } from "poolgate/observe";
 *
 * declare const hashKey: Uint8Array; // 32 random bytes, from where you keep secrets
 *
 * const access = userPool({ userPoolId: "eu-west-1_Example01", clientId: "1example23456789", tokenUse: "access" });
 * const log = decisionLog({ stream: process.stdout, sample: 0.1, hashKey });
 * const authorizer = createAuthorizer({
 *   verifiers: [bearer({ issuers: [access] })],
 *   policy: definePolicy({ routes: { "POST /articles": group("editors") } }),
 *   onDecision: log.onDecision,
 * });
 * ```
 */
export function decisionLog(options: DecisionLogOptions): DecisionLog {
  const { send, sample, bufferLines, clock, random, disclosures } = readLogOptions(options);
  let closed = false;
  const queue = createLineQueue({
    send,
    capacity: bufferLines,
    lossLine: (count) => lossLine(clock(), count),
    onFailure: () => process.emitWarning("decisions could not be logged", { code: "POOLGATE_DECISION_LOG" }),
  });
  return {
    onDecision(decision, request) {
      try {
        if (decision.allowed && sample < 1 && random() >= sample) return;
        if (closed || !queue.hasRoom) return queue.lose();
        queue.add(decisionLine(decision, request, clock(), sample, disclosures));
      } catch {
        queue.lose();
      }
    },
    get dropped() {
      return queue.lost;
    },
    flush: () => queue.flush(flushMilliseconds),
    close() {
      closed = true;
      return queue.flush(flushMilliseconds);
    },
  };
}
