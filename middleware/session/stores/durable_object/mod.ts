import { GRACE_MILLISECONDS, type SessionObject } from "./session_object.ts";
import type { SessionStore } from "../store.ts";

export { SessionObject } from "./session_object.ts";

/** The part of a `DurableObjectNamespace<SessionObject>` that a store needs. */
export interface SessionNamespace {
  /** The object of a name, asked over RPC. */
  getByName(
    name: string,
  ): Pick<
    SessionObject,
    "read" | "swap" | "remove" | "addOwned" | "listOwned" | "dropOwned"
  >;
}

/** Sessions, the oldest of an owner's, that are looked for at each listing, to drop the keys of those that are gone. */
const LOOKED_FOR = 50;

/**
 * Sessions in Durable Objects, one object a session, wherever on earth its
 * visitor first came from, and one object an owner, for `sessions.of()`. The
 * Worker must export {@linkcode SessionObject}.
 *
 * @param namespace the binding of a class that `new_sqlite_classes` names
 */
export function durableObjectStore(namespace: SessionNamespace): SessionStore {
  const session = (key: string) => namespace.getByName(key);
  const owned = (owner: string) => namespace.getByName(`owner:${owner}`);

  return {
    kind: "durable_object",
    ownedInSteps: true,

    get: (key) => twice(() => session(key).read()),

    async swap(key, value, expected, ttlSeconds, owner) {
      const isNew = expected === null;
      if (owner !== undefined) {
        await twice(() => owned(owner).addOwned(key, ttlSeconds, isNew));
      }
      const version = crypto.randomUUID();
      const swap = () =>
        session(key).swap(value, expected, ttlSeconds, version);
      // No other request knows a new session, so if the first try was written after
      // all, its version is still there. Any other session may have been written and
      // then replaced: "false" would make the caller apply its change a second time.
      return await (isNew ? twice(swap) : swap());
    },

    async owned(owner) {
      const all = await twice(() => owned(owner).listOwned());
      const old = all
        .filter(({ addedAt }) => Date.now() - addedAt > GRACE_MILLISECONDS)
        .slice(0, LOOKED_FOR);
      const gone = new Set<string>();
      await Promise.all(old.map(async ({ key }) => {
        const found = await twice(() => session(key).read());
        if (found === null) gone.add(key);
      }));
      if (gone.size > 0) {
        await twice(() => owned(owner).dropOwned([...gone]));
      }
      return all.map(({ key }) => key).filter((key) => !gone.has(key));
    },

    remove: (key) => twice(() => session(key).remove()),

    async ping() {
      await session("ping").read();
    },
  };
}

/**
 * Asks once more, another stub, when Cloudflare says that this can help. Only for
 * questions that may be asked twice.
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
async function twice<R>(ask: () => Promise<R>): Promise<R> {
  try {
    return await ask();
  } catch (error) {
    const { retryable, overloaded } = error as Record<string, unknown>;
    if (retryable !== true || overloaded === true) throw error;
    return await ask();
  }
}
