import { withDeadline } from "../deadline.ts";
import { AuthError } from "../errors.ts";
import { safeCause } from "../safe-cause.ts";

/** How long a request waits for a store, in milliseconds: clients of the broker wait for two seconds in all. */
export const storeTimeout = 1_000;

/** The store did not answer in time. */
class StoreTimeout extends Error {
  override readonly name = "StoreTimeout";
}

/**
 * Asks a store, and waits for its answer at most some milliseconds.
 *
 * @throws AuthError `store_unavailable` where it fails, in whatever way, or takes longer; the cause is safe to log.
 */
export async function askStore<T>(question: () => Promise<T>, milliseconds: number = storeTimeout): Promise<T> {
  try {
    return await withDeadline(question(), milliseconds, () => new StoreTimeout());
  } catch (thrown) {
    throw new AuthError("store_unavailable", { cause: safeCause(thrown) });
  }
}
