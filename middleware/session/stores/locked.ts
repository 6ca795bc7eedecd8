/** How long one process waits while another one writes to its file. */
const LOCKED_MILLISECONDS = 1000;

/** The longest pause between two tries. Random, so that processes take turns. */
const PAUSE_MILLISECONDS = 5;

/** The answer of `attempt`. While another process blocks it, tries again without blocking the event loop. */
export async function unlessLocked<R>(
  attempt: () => R | Promise<R>,
): Promise<R> {
  for (let lockedAt: number | undefined;;) {
    try {
      const answer = attempt();
      // SQLite answers at once: to wait for nothing costs a read three percent.
      return answer instanceof Promise ? await answer : answer;
    } catch (error) {
      lockedAt ??= performance.now();
      const isLate = performance.now() - lockedAt > LOCKED_MILLISECONDS;
      if (!isLocked(error) || isLate) throw error;
    }
    const pause = Math.random() * PAUSE_MILLISECONDS;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Recognizes SQLITE_BUSY and SQLITE_LOCKED. Deno gives only their message. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error &&
    /database (?:table |schema )?is locked/.test(error.message);
}
