import type { Context } from "hono";
import { limitedLog, type LimitedLogOptions } from "./log.ts";
import type { SessionEvent } from "./session/mod.ts";

/** At most one line about each reason in this time. */
const INTERVAL_SECONDS = 60;

/**
 * For `onEvent`: a line for each session that began, was restarted or destroyed,
 * with the first characters of its id. For rejected cookies, at most a line a
 * minute and reason, with the number of cookies since the last one and nothing of
 * their content: a million bad cookies do not fill the disk.
 */
export function sessionLog(
  options: LimitedLogOptions,
): (event: SessionEvent, c: Context) => void {
  const limited = limitedLog(options);
  return (event, c) => {
    const { type } = event;
    if (type === "rejected") {
      const { reason } = event;
      const fields = { level: "warn", event: "session rejected" } as const;
      const line = `Session cookie rejected: ${reason}`;
      limited(reason, INTERVAL_SECONDS, line, { ...fields, reason });
    } else if (
      type === "began" || type === "restarted" || type === "destroyed"
    ) {
      const requestId = c.get("requestId");
      const line = `Session ${type}: ${event.id.slice(0, 6)}…`;
      options.log(line, { event: `session ${type}`, requestId });
    }
  };
}
