/**
 * Opaque bytes under string keys, each with an end; the smallest interface that sessions, replay marks and revocations need.
 *
 * A store that cannot be reached rejects; it never answers "absent" for "unknown".
 */
export interface Store {
  /**
   * Says that the entries never leave this process, as those of `memoryStore` do. Whoever keeps secrets in a store without
   * this encrypts them.
   */
  readonly local?: true;
  /** The bytes under a key; undefined where there are none or their time is over. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Puts bytes under a key until `expiresAt` (milliseconds since 1970), in place of any that stand there. */
  set(key: string, value: Uint8Array, expiresAt: number): Promise<void>;
  /** Puts bytes under a key in one atomic step if none stand there; false where some do. */
  add(key: string, value: Uint8Array, expiresAt: number): Promise<boolean>;
  /** Removes a key; no fault where it is absent. */
  delete(key: string): Promise<void>;
  /** The keys that begin with a prefix and whose time is not over, in no order. */
  list(prefix: string): Promise<readonly string[]>;
}
