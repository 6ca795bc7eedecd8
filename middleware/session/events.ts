import type { Context } from "hono";

/** Why a cookie that came with the request opened no session. */
export type RejectReason =
  | "malformed"
  | "bad-seal"
  | "expired"
  | "unknown"
  | "schema"
  | "unproven";

/** What happened to a session: one event a request at most, and `rejected` beside it. Never a cookie, a token or data. */
export type SessionEvent =
  | {
    readonly type: "began" | "saved" | "ended" | "conflict";
    readonly id: string;
  }
  | {
    readonly type: "renewed" | "restarted";
    readonly id: string;
    readonly previousId: string;
  }
  | { readonly type: "rejected"; readonly reason: RejectReason };

/** The option `onEvent`. */
export type EventListener = (event: SessionEvent, c: Context) => void;

/** Tells the app's log; what goes wrong there changes no answer. */
export function tell(
  c: Context,
  onEvent: EventListener | undefined,
  event: SessionEvent,
): void {
  if (onEvent === undefined) return;
  const failed = (error: unknown) =>
    console.error("session(): onEvent failed:", error);
  try {
    // It may be an async function, whatever its type says.
    Promise.resolve(onEvent(event, c)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
