/** Which of many names is asked for most, found out within bounded memory. */
export interface MostWanted {
  /** Counts one request for a name. */
  note(name: string): void;
  /** Gives the name that was asked for most since it was last called, but for those that are passed over; then all are forgotten. */
  take(passOver?: (name: string) => boolean): string | undefined;
}

/**
 * Counts names as Misra and Gries do: whatever makes more than one in `size + 1` requests is among those that are kept, however many
 * names there are beside it.
 */
export function mostWanted(size: number): MostWanted {
  const counts = new Map<string, number>();
  return {
    note(name) {
      const count = counts.get(name);
      if (count !== undefined || counts.size < size) {
        counts.set(name, (count ?? 0) + 1);
        return;
      }
      for (const [other, times] of counts) {
        if (times > 1) counts.set(other, times - 1);
        else counts.delete(other);
      }
    },
    take(passOver = () => false) {
      let most: string | undefined;
      let times = 0;
      for (const [name, count] of counts) {
        if (count > times && !passOver(name)) [most, times] = [name, count];
      }
      counts.clear();
      return most;
    },
  };
}
