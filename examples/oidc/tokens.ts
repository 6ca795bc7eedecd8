// An access token ends after minutes. A new one costs the refresh token, and
// most providers take each of those once: given twice, the whole grant ends. So
// of any number of requests one gives it. This needs a server store: requests
// with the cookie store cannot see each other, and each of them would give it.
import type { Session } from "@baton/session";
import { type Client, isRefusal } from "./client.ts";
import type { Data } from "./data.ts";

/** Seconds that a token must last; half of it while another request refreshes. */
const LEEWAY = 10;
/** Longer than a refresh takes: then its process has died, and another may try. */
const CLAIM_SECONDS = 15;
const PAUSE_MILLISECONDS = 100;

/** An access token that has not ended. It throws what `isRefusal()` knows when the grant has ended. */
export async function freshToken(
  session: Session<Data>,
  client: Client,
): Promise<string> {
  const by = crypto.randomUUID();
  const now = () => Date.now() / 1000;
  const secondsLeft = ({ tokens }: Pick<Data, "tokens">) =>
    tokens?.refresh === undefined ? Infinity : tokens.endsAt - now();
  const giveUpAt = now() + CLAIM_SECONDS;

  while (secondsLeft(session.data) < LEEWAY && now() < giveUpAt) {
    // The claim: it is made on the newest data, so one request wins.
    session.update((latest) =>
      secondsLeft(latest) < LEEWAY && (latest.refreshing?.until ?? 0) < now()
        ? { refreshing: { by, until: now() + CLAIM_SECONDS } }
        : {}
    );
    await session.commit();
    if (session.data.refreshing?.by === by) {
      await refreshNow(session, client);
      break;
    }
    if (secondsLeft(session.data) > LEEWAY / 2) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  return session.data.tokens?.access ?? "";
}

async function refreshNow(session: Session<Data>, client: Client) {
  try {
    const tokens = await client.refresh(session.data.tokens?.refresh ?? "");
    session.update({ tokens, refreshing: undefined });
  } catch (error) {
    if (isRefusal(error as Error)) session.destroy();
    else session.update({ refreshing: undefined });
    throw error;
  } finally {
    await session.commit(); // before anything else: the old refresh token is worth nothing now
  }
}
