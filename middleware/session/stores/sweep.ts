/** Seconds from one search for ended sessions to the next. */
const SWEEP_SECONDS = 30;

/** Between two steps others write. */
const PAUSE_MILLISECONDS = 5;

/**
 * Removes ended sessions while others are written. So no timer keeps a process
 * alive, and none is set where a platform forbids it.
 *
 * @param removeSome one step of a search; true: there are more
 * @param now seconds
 */
export function sweeper(removeSome: () => Promise<boolean>, now: () => number) {
  let sweptAt = -Infinity;
  let sweeping: Promise<void> | undefined;
  let isClosed = false;

  async function sweep(): Promise<void> {
    try {
      while (await removeSome() && !isClosed) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      }
    } catch {
      // They are still there next time.
    }
    sweptAt = now();
    sweeping = undefined;
  }

  return {
    /** Begins a search when it is time, or when the clock was put back. */
    begin(): void {
      if (Math.abs(now() - sweptAt) >= SWEEP_SECONDS) sweeping ??= sweep();
    },
    /** Resolves when the last step is done. */
    async close(): Promise<void> {
      isClosed = true;
      await sweeping;
    },
  };
}
