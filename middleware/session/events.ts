import type { Context } from "hono";

/** The reason why a cookie that came with the request opened no session. */
export type RejectReason =
  | "malformed"
  | "bad-seal"
  | "expired"
  | "unknown"
  | "schema"
  | "unproven";

/** One event a request at most, and `rejected` beside it. Never a cookie, a token or data. */
export type SessionEvent =
  | {
    readonly type: "began" | "saved" | "destroyed" | "conflict";
    readonly id: string;
  }
  | {
    readonly type: "regenerated" | "restarted";
    readonly id: string;
    readonly previousId: string;
  }
  | { readonly type: "rejected"; readonly reason: RejectReason };

/** Tells the app's log, by the option `onEvent`. An error there changes no answer. */
export function tell(
  c: Context,
  onEvent: ((event: SessionEvent, c: Context) => void) | undefined,
  event: SessionEvent | undefined,
): void {
  if (onEvent === undefined || event === undefined) return;
  const failed = (error: unknown) =>
    console.error("session(): onEvent failed:", error);
  try {
    // It may be an async function, whatever its type says.
    Promise.resolve(onEvent(event, c)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
