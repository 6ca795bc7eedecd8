import { HTTPException } from "hono/http-exception";
import type { Log } from "../log.ts";
import { limitedLog } from "./limited_log.ts";
import { SessionLifetimeError, SessionStoreError } from "./session/mod.ts";
import type { Step } from "./steps.ts";

/** Seconds between two lines about the same kind of failure. */
const INTERVAL = 1;
/** This one lasts until somebody changes a setting. */
const LIFETIME_INTERVAL = 60;

export interface FailureLogOptions {
  readonly log: Log;
  /** Resolves when sessions can be read and written. */
  readonly ping: () => Promise<void>;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface FailureLog {
  /** For every answer of 500 and above. */
  failed(error: Error, requestId: string): void;
  /** Notices that the store is back, by asking it once a second after an outage. */
  readonly untilBack: Step;
}

/** Logs failures: at most a line a second for each kind, and one when the store is back. */
export function failureLog(
  { log, ping, now }: FailureLogOptions,
): FailureLog {
  const limited = limitedLog({ log, now });
  let outage: { readonly since: number; askAt: number } | undefined;

  return {
    failed(error, requestId) {
      if (error instanceof SessionStoreError) {
        outage ??= { since: now(), askAt: 0 };
        outage.askAt = now() + INTERVAL;
      }
      const seconds = error instanceof SessionLifetimeError
        ? LIFETIME_INTERVAL
        : INTERVAL;
      limited.say(error.name, seconds, `${requestId} ${explain(error)}`, {
        level: "error",
        event: "error",
        requestId,
      });
    },

    untilBack: () => outage && askAgain,
  };

  async function askAgain(): Promise<void> {
    if (outage === undefined || now() < outage.askAt) return;
    const over = outage;
    over.askAt = now() + INTERVAL;
    try {
      await ping();
    } catch {
      return;
    }
    if (outage !== over) return; // another request was faster
    outage = undefined;
    const seconds = Math.round(now() - over.since);
    const unsaid = limited.reset("SessionStoreError");
    const more = unsaid > 0 ? `; ${unsaid} failures were not logged` : "";
    log(`The session store answers again, after ${seconds} s${more}`);
  }
}

/** Lines of a stack that are logged. */
const STACK_LINES = 12;

function explain(error: Error): string {
  if (!(error instanceof HTTPException)) {
    const stack = error.stack ?? String(error);
    return stack.split("\n", STACK_LINES).map(logged).join("\n");
  }
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return logged(`${error.name}: ${error.message}${cause}`);
}

/** One line without a query, of at most 240 bytes: the request id and a count go beside it. */
function logged(line: string): string {
  const text = line.replace(/\?[^\s'")]*/g, "?…").replace(/\p{Cc}/gu, " ");
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= 200) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, 200))}…`;
}
