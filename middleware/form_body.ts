import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { timeLimit, TimeLimitError } from "./session/stores/time_limit.ts";

/** As much of a body as is read, and for how long. */
interface Limits {
  readonly maxBytes: number;
  readonly inTime: ReturnType<typeof timeLimit>;
}

/** The body of a POST, after it was read whole. */
export interface BodyEnv {
  Variables: { body?: Uint8Array<ArrayBuffer> };
}

const FORM =
  /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/**
 * Reads the body of a POST, before anything else is done for it. Anything but a
 * form is 415: other sites' scripts can send only forms without asking first, so
 * hono/csrf checks only those. 413 when it is too long, with or without a
 * Content-Length; 408 when it takes too long (RFC 9110, 15.5.9); 400 when it is
 * cut off or badly chunked.
 *
 * @param timeoutMs milliseconds until all of it must be there
 */
export function formBody(
  maxBytes: number,
  timeoutMs: number,
): MiddlewareHandler<BodyEnv> {
  const inTime = timeLimit(timeoutMs);
  return async function formBody(c, next) {
    const type = c.req.header("Content-Type");
    if (type !== undefined && !FORM.test(type)) throw new HTTPException(415);
    const { raw } = c.req;
    const length = c.req.header("Content-Length");
    if (Number(length ?? 0) > maxBytes) throw new HTTPException(413);
    if (length !== undefined) {
      // Most of them have arrived already: without a stream, a fifth of the whole request is saved.
      const body = await inTime(() => raw.bytes()).catch(refuse);
      if (body.length > maxBytes) throw new HTTPException(413);
      c.set("body", body);
    } else if (raw.body !== null) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      await read(raw.body, { maxBytes, inTime }, chunks);
      const isCut = chunks.length > 1;
      c.set("body", isCut ? await new Blob(chunks).bytes() : chunks[0]);
    }
    await next();
  };
}

/** How much of a refused request is read, so that its connection can be used again. */
const DROPPED: Limits = { maxBytes: 1024 * 1024, inTime: timeLimit(1000) };

/**
 * Reads and drops a body that no route wanted. Otherwise some servers fail the
 * next request on the connection, and some clients never see the answer because
 * they are still sending.
 */
export const dropBody: MiddlewareHandler<BodyEnv> = (c, next) => {
  if (c.req.method === "GET") return next(); // it has no body
  return next().then(async () => {
    if (c.get("body")) return; // else asking for it would make a stream
    const { body } = c.req.raw;
    if (body === null || body.locked) return;
    try {
      await read(body, DROPPED);
    } catch {
      body.cancel().catch(() => {}); // too much, too slow, or broken
    }
  });
};

async function read(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { maxBytes, inTime }: Limits,
  chunks?: Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const reader = body.getReader();
  await inTime(async () => {
    let bytes = 0;
    for (let next; !(next = await reader.read()).done;) {
      bytes += next.value.length;
      if (bytes > maxBytes) throw new HTTPException(413);
      chunks?.push(next.value);
    }
  }).catch((error) => {
    if (error instanceof HTTPException) reader.releaseLock(); // its rest is thrown away later
    else reader.cancel().catch(() => {}); // nothing good comes of the rest
    return refuse(error);
  });
}

/** Answers with the reason why a body did not arrive. */
function refuse(error: unknown): never {
  if (error instanceof HTTPException) throw error;
  const status = error instanceof TimeLimitError ? 408 : 400;
  throw new HTTPException(status, { cause: error });
}
