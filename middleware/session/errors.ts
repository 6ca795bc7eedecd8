import { HTTPException } from "hono/http-exception";

/**
 * The change could not be saved: another request destroyed or regenerated the
 * session meanwhile, or other requests kept changing it. Nothing was written.
 *
 * Answers 409 Conflict (RFC 9110, 15.5.10) in an app without `onError`.
 */
export class SessionConflictError extends HTTPException {
  /** The class's own name, for logs. */
  override readonly name = "SessionConflictError";

  /** `message`: a sentence about the conflict. */
  constructor(message: string, cause?: unknown) {
    super(409, { message, ...(cause !== undefined && { cause }) });
  }
}

/**
 * The store did not answer, or answered with an error: an outage, not a
 * logout. The visitor keeps the cookie. `cause` holds the store's own error.
 *
 * Answers 503 Service Unavailable with `Retry-After` (RFC 9110, 10.2.3).
 */
export class SessionStoreError extends HTTPException {
  /** The class's own name, for logs. */
  override readonly name = "SessionStoreError";
  /** Seconds a client is asked to wait before it tries again. */
  readonly retryAfterSeconds: number = 1;

  /** `kind`: the store's; `cause`: its own error. */
  constructor(kind: string, cause: unknown) {
    const message = `The session store (${kind}) did not answer`;
    const headers = { "Retry-After": "1" };
    super(503, {
      message,
      cause,
      res: new Response(message, { status: 503, headers }),
    });
  }
}

/**
 * The session is bound to a device, and this request came without its proof.
 * Nothing was written; the session is as it was. `restart()` and `destroy()` need
 * no proof.
 *
 * Answers 409 Conflict (RFC 9110, 15.5.10) in an app without `onError`: at the
 * next request the browser tries again to give a proof.
 */
export class SessionUnprovenError extends HTTPException {
  /** The class's own name, for logs. */
  override readonly name = "SessionUnprovenError";

  /** The message asks to try again. */
  constructor() {
    super(409, {
      message:
        "This session is bound to a device that gave no proof; try again",
    });
  }
}

/**
 * `lifetime.absolute` is a moment, and it has passed: every session has ended,
 * and a new one would be over at once. The app needs another setting.
 *
 * Answers 503 Service Unavailable in an app without `onError`.
 */
export class SessionLifetimeError extends HTTPException {
  /** The class's own name, for logs. */
  override readonly name = "SessionLifetimeError";

  /** The message names the option. */
  constructor() {
    super(503, {
      message:
        "lifetime.absolute has passed: no session can begin until it is set to a later moment",
    });
  }
}

/**
 * The session does not fit: a cookie's name and value together may have 4,096
 * bytes (RFC 6265bis, 5.6), a stored record 60,000. Nothing was sent or stored.
 */
export class SessionTooLargeError extends Error {
  /** The class's own name, for logs. */
  override readonly name = "SessionTooLargeError";
  /** Bytes that the session would take. */
  readonly bytes: number;
  /** Bytes that it may take. */
  readonly limit: number;

  /** Both sizes in bytes, and a sentence of advice. */
  constructor(bytes: number, limit: number, advice: string) {
    super(
      `The session would take ${bytes} bytes; the limit is ${limit}. ${advice}`,
    );
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** The session was destroyed in this request, or its response is already made. */
export class SessionClosedError extends Error {
  /** The class's own name, for logs. */
  override readonly name = "SessionClosedError";
}
