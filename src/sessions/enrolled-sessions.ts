import type { Store } from "../stores/store.ts";
import { askStore } from "../tokens/ask-store.ts";
import { RecordFault } from "./record-fields.ts";
import type { Seal } from "./seal.ts";

/** What {@link createEnrolledSessions} takes. */
export interface EnrolledSessionsSetup {
  readonly store: Store;
  readonly seal: Seal;
  /** Audience, region and service, each ended by a slash. */
  readonly scope: string;
}

/** Which session is the one that was enrolled last with some credentials of AWS. */
export interface EnrolledSessions {
  /**
   * The access key id of the session that was enrolled last; undefined where there is none.
   *
   * @throws AuthError `store_unavailable`
   * @throws RecordFault
   */
  latest(enrolledBy: string): Promise<string | undefined>;
  /**
   * Makes a session the latest, by one write, so that of two at a time one stays.
   *
   * @returns the one that was the latest before, to be cleared away.
   * @throws AuthError `store_unavailable`
   */
  replace(enrolledBy: string, accessKeyId: string, notAfter: number): Promise<string | undefined>;
}

/** Keeps, by the access key id of the proven credentials, the access key id of their one session. */
export function createEnrolledSessions({ store, seal, scope }: EnrolledSessionsSetup): EnrolledSessions {
  const placeOf = (enrolledBy: string) => `poolgate/1/enrolled/${scope}${enrolledBy}`;

  async function latest(enrolledBy: string): Promise<string | undefined> {
    const place = placeOf(enrolledBy);
    const sealed = await askStore(() => store.get(place));
    return sealed && Buffer.from(seal.unseal(place, sealed)).toString("latin1");
  }

  return Object.freeze<EnrolledSessions>({
    latest,
    async replace(enrolledBy, accessKeyId, notAfter) {
      const place = placeOf(enrolledBy);
      const before = await latest(enrolledBy).catch((thrown: unknown) => {
        // What cannot be read is replaced all the same.
        if (thrown instanceof RecordFault) return undefined;
        throw thrown;
      });
      await askStore(() => store.set(place, seal.seal(place, Buffer.from(accessKeyId, "latin1")), notAfter));
      return before;
    },
  });
}
