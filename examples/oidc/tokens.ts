// An access token ends after minutes. For a new one the app gives its refresh
// token, and most providers take each refresh token once: given twice, they end
// the whole grant. So one request gives it, however many there are.
import type { Session } from "@baton/session";
import { HTTPException } from "hono/http-exception";
import type { Client } from "./client.ts";
import type { Data, Tokens } from "./data.ts";

/** An access token is replaced when it has fewer seconds left. */
const LEEWAY = 10;
/** A claim is void after more seconds than a refresh can take: its process has died. */
const CLAIM = 15;
const PAUSE_MILLISECONDS = 100;

/**
 * An access token of this session that has not ended.
 *
 * @throws {RefusedError} when the provider has ended the grant
 * @throws {SessionConflictError} when the session ended meanwhile
 */
export async function freshToken(
  session: Session<Data>,
  { refresh }: Pick<Client, "refresh">,
  now: () => number,
): Promise<string> {
  const me = crypto.randomUUID();
  const isDue = (tokens?: Tokens) => (tokens?.endsAt ?? 0) - now() < LEEWAY;
  const giveUpAt = now() + CLAIM;
  while (now() < giveUpAt) {
    const { tokens } = session.data;
    if (tokens === undefined) break;
    if (!isDue(tokens) || tokens.refresh === undefined) return tokens.access;

    // The claim: this is run again on the newest data, so one request wins.
    session.update(({ tokens, refreshing }) =>
      isDue(tokens) && (refreshing?.until ?? 0) <= now()
        ? { refreshing: { by: me, until: Math.ceil(now()) + CLAIM } }
        : {}
    );
    await session.commit();
    if (session.data.refreshing?.by === me) {
      return await refreshNow(session, refresh);
    }
    if (tokens.endsAt - now() > LEEWAY / 2) return tokens.access; // it lasts until the new one is there
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  throw new HTTPException(503, { message: "Please try again in a moment." });
}

async function refreshNow(
  session: Session<Data>,
  refresh: Client["refresh"],
): Promise<string> {
  try {
    const tokens = await refresh(session.data.tokens?.refresh ?? "");
    // Before anything else, because the old refresh token is worth nothing now.
    session.update({ tokens, refreshing: undefined });
    await session.commit();
    return tokens.access;
  } catch (error) {
    if (error instanceof HTTPException && error.status === 502) {
      session.update({ refreshing: undefined }); // the next one may try
      await session.commit();
    }
    throw error;
  }
}
