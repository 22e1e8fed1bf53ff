/** What became of the keys of an issuer, for logs and alarms; it holds no key. */
export type KeyEvent = {
  /** Where the JWKS document is fetched, or the metadata that could not be read by which an issuer tells where it is. */
  readonly uri: string;
} & (
  | {
      /** Keys have been fetched. */
      readonly type: "fetched";
      readonly kids: readonly string[];
    }
  | {
      /** The issuer no longer publishes these keys, or others under their names; tokens that they signed are refused. */
      readonly type: "withdrawn";
      readonly kids: readonly string[];
    }
  | {
      /** Keys could not be fetched anew. Those at hand are still trusted, until they are too old. */
      readonly type: "stale";
      readonly trustedUntil: Date;
      readonly cause: unknown;
    }
  | {
      /** Keys could not be fetched, and there are none to trust: tokens are answered with 503 `keys_unavailable`. */
      readonly type: "failed";
      readonly cause: unknown;
    }
);

/** Tells a listener; what it throws, or its promise rejects with, becomes a warning of the process: no request may fail by it. */
export function tellKeys(listener: ((event: KeyEvent) => void) | undefined, event: KeyEvent): void {
  try {
    const outcome: unknown = listener?.(event);
    if (outcome instanceof Promise) outcome.catch(warn);
  } catch (thrown) {
    warn(thrown);
  }
}

function warn(thrown: unknown): void {
  // What cannot become a string must not make the warning throw in its turn.
  process.emitWarning(thrown instanceof Error ? thrown : "onKeys threw something that is no Error", {
    code: "POOLGATE_ON_KEYS",
  });
}
