import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { limitedLog, type LimitedLogOptions } from "./log.ts";
import { SessionLifetimeError, SessionStoreError } from "./session/mod.ts";

/** Seconds between two lines about the same kind of failure, and between two questions to a store that is away. */
const INTERVAL = 1;

export interface FailureLogOptions extends LimitedLogOptions {
  /** The kind of the store. */
  readonly store: string;
  /** Resolves when sessions can be read and written. */
  readonly ping: () => Promise<void>;
  /** Told when an outage of the store begins. */
  readonly onOutage?: (store: string) => void;
}

export type FailureLog = ReturnType<typeof failureLog>;

/** Tells the operator of failures: one line when the store goes away, which says why, and one when it is back; for others one line a second at most. */
export function failureLog(
  { log, store, ping, now, onOutage }: FailureLogOptions,
) {
  const limited = limitedLog({ log, now });
  let outage:
    | { readonly since: number; askedAt: number; failures: number }
    | undefined;

  function storeFailed(error: unknown): void {
    if (outage === undefined) {
      outage = { since: now(), askedAt: 0, failures: 0 };
      onOutage?.(store);
      log(`The session store does not answer: ${logged(reasonsOf(error))}`, {
        level: "error",
        event: "outage",
        store,
      });
    }
    outage.askedAt = now();
  }

  /** Asks the store whether sessions can be read and written. */
  async function storeAnswers(): Promise<boolean> {
    const over = outage;
    try {
      await ping();
    } catch (error) {
      storeFailed(error instanceof SessionStoreError ? error.cause : error);
      return false;
    }
    if (over === undefined || outage !== over) return true; // another request was faster
    outage = undefined;
    const seconds = Math.max(0, Math.round(now() - over.since));
    log(
      `The session store answers again, after ${seconds} s; failed requests: ${over.failures}`,
    );
    return true;
  }

  async function askAgain(): Promise<void> {
    if (outage === undefined) return;
    if (Math.abs(now() - outage.askedAt) < INTERVAL) return;
    outage.askedAt = now();
    await storeAnswers();
  }

  /** Notices that the store is back, by asking it once a second after an outage. */
  const untilBack: MiddlewareHandler = (_c, next) =>
    outage === undefined ? next() : next().then(askAgain);

  return {
    storeAnswers,
    untilBack,

    /** For every answer of 500 and above. */
    failed(error: Error, requestId: string): void {
      if (error instanceof SessionLifetimeError) return; // said once, where it is noticed
      if (error instanceof SessionStoreError) {
        storeFailed(error.cause ?? error);
        if (outage !== undefined) outage.failures++;
        return;
      }
      const line = `${requestId} ${explain(error)}`;
      const fields = { level: "error", event: "error", requestId } as const;
      limited(error.name, INTERVAL, line, fields);
    },
  };
}

/** The messages of an error and of its causes. */
function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause ?? (error as AggregateError).errors?.[0];
  const more = inner === undefined ? "" : `: ${reasonsOf(inner)}`;
  return `${error.message || error.name}${more}`;
}

/** The lines of a stack that say where it was. */
const STACK_LINES = 12;

function explain(error: Error): string {
  if (error instanceof HTTPException) {
    return logged(`${error.name}: ${reasonsOf(error)}`);
  }
  const stack = (error.stack ?? "").split("\n")
    .filter((line) => /^ +at /.test(line));
  return [`${error.name}: ${error.message}`, ...stack]
    .slice(0, STACK_LINES).map(logged).join("\n");
}

/** One line without a query, of at most 240 bytes: the request id and a count go beside it. */
function logged(line: string): string {
  const text = line.replace(/\?[^\s'")]*/g, "?…").replace(/\p{Cc}/gu, " ");
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= 200) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, 200))}…`;
}
