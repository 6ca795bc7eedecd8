// From the way to the provider to the session of a user: three requests.
import type { DeepReadonly, Session } from "@baton/session";
import { HTTPException } from "hono/http-exception";
import { createHash } from "node:crypto";
import type { Checks } from "./client.ts";
import type { Data, Pending, SignedIn } from "./data.ts";

/** So many tabs may sign in at once; the oldest goes. */
const PENDING_LIMIT = 5;
const PAUSE_MILLISECONDS = 100;
const PAUSES = 80;

type Return = { readonly state?: string; readonly code?: string };

/** 1. The browser leaves for the provider. */
export function remember(session: Session<Data>, checks: Checks, to: string) {
  const isLocal = to.length < 200 && /^\/(?![/\\])/.test(to);
  const record = { ...checks, to: isLocal ? to : "/" };
  // Whoever clicked twice may have missed the answer that began a session: it is replaced.
  if (session.info.rejected === "unknown") session.restart({ keep: ["cart"] });
  session.update(({ pending }) => ({
    pending: [...pending, record].slice(-PENDING_LIMIT),
  }));
}

/**
 * 2. It is back. Its code is good once, and a double click brings it twice: one
 * request exchanges it, the others wait. The outcome is left in the record,
 * because the browser may never see this answer; the next request takes it.
 */
export async function receive(
  session: Session<Data>,
  { state, code = "" }: Return,
  exchange: (checks: Checks) => Promise<SignedIn>,
): Promise<void> {
  const hash = hashOf(code);
  const by = crypto.randomUUID();
  const record = () => session.data.pending.find((one) => one.state === state);
  const change = (
    to: (one: DeepReadonly<Pending>) => DeepReadonly<Pending>[],
  ) =>
    session.update(({ pending }) => ({
      pending: pending.flatMap((one) => one.state === state ? to(one) : [one]),
    }));
  if (session.info.isNew) return; // it may have been replaced just now: see below
  if (record() === undefined) throw over(); // nothing is written for a forged state

  change(({ result, ...one }) =>
    one.code === hash
      ? [{ ...one, ...(result && { result }) }]
      : [{ ...one, code: hash, by }]
  );
  await session.commit();
  const mine = record();
  if (mine?.by === by) {
    try {
      const result = await exchange(mine);
      change((one) => [{ ...one, result }]);
    } catch (error) {
      change(() => []);
      await session.commit();
      throw error;
    }
    await session.commit();
  }
  for (let i = 0; i < PAUSES && record()?.result === undefined; i++) {
    if (record() === undefined) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    await session.commit(); // reads what the other request saved
  }
}

/**
 * 3. The session of the user begins, with the cart of the old one. Asked twice,
 * one session is left: the second time the old session has just been replaced,
 * and a restart may still begin from it. Returns the page that was wanted.
 */
export async function finish(
  session: Session<Data>,
  { state, code = "" }: Return,
): Promise<string> {
  let to = "/";
  const isThis = (one: DeepReadonly<Pending>) =>
    one.state === state && one.code === hashOf(code) && one.result;
  if (!session.info.isNew && !session.data.pending.some(isThis)) throw over();
  session.restart({ keep: ["cart", "pending"] });
  session.update(({ pending }) => {
    const found = pending.find(isThis);
    if (found === undefined && pending.length > 0) throw over();
    to = found?.to ?? to;
    return {
      ...found?.result,
      pending: pending.filter((one) => one !== found),
    };
  });
  await session.commit();
  if (session.data.user === undefined) throw over();
  return to;
}

function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}

function over(): HTTPException {
  const message =
    "This sign-in is over, or it was not begun in this browser. Please begin again.";
  return new HTTPException(400, { message });
}
