import type { RejectReason } from "./session/mod.ts";

/** A minute: so often a line about one reason is written at most. */
const INTERVAL_SECONDS = 60;

export interface RejectLogOptions {
  readonly log: (line: string) => void;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

/**
 * For `onReject`: at most a line a minute for each reason, with the number of
 * cookies since the last one, and nothing of what they held. Who sends a
 * million bad cookies does not fill the disk.
 */
export function rejectLog(
  { log, now = () => Date.now() / 1000 }: RejectLogOptions,
): (reason: RejectReason) => void {
  const seen = new Map<RejectReason, { at: number; unsaid: number }>();
  return (reason) => {
    const last = seen.get(reason);
    if (last !== undefined && now() - last.at < INTERVAL_SECONDS) {
      last.unsaid++;
      return;
    }
    const more = last?.unsaid
      ? `, and ${last.unsaid} more since the last line`
      : "";
    seen.set(reason, { at: now(), unsaid: 0 });
    log(`Session cookie rejected: ${reason}${more}`);
  };
}
