import type { Log } from "./log.ts";
import { limitedLog } from "./limited_log.ts";
import type { Context } from "hono";
import type { SessionEvent } from "./session/mod.ts";

/** At most one line about each reason in this time. */
const INTERVAL_SECONDS = 60;

export interface SessionLogOptions {
  readonly log: Log;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

/**
 * For `onEvent`: a line for each session that began, was restarted or destroyed,
 * with the first characters of its id. For rejected cookies, at most a line a
 * minute and reason, with the number of cookies since the last one and nothing of
 * their content: a million bad cookies do not fill the disk.
 */
export function sessionLog(
  { log, now = () => Date.now() / 1000 }: SessionLogOptions,
): (event: SessionEvent, c: Context) => void {
  const limited = limitedLog({ log, now });
  return (event, c) => {
    switch (event.type) {
      case "rejected":
        return limited(
          event.reason,
          INTERVAL_SECONDS,
          `Session cookie rejected: ${event.reason}`,
          { level: "warn", event: "session rejected", reason: event.reason },
        );
      case "began":
      case "restarted":
      case "destroyed":
        return log(`Session ${event.type}: ${event.id.slice(0, 6)}…`, {
          event: `session ${event.type}`,
          requestId: c.get("requestId"),
        });
      case "saved":
      case "regenerated":
      case "conflict":
    }
  };
}
