import { type Entry, GRACE, type Owned } from "./session_object.ts";
import type { SessionStore } from "../store.ts";

export { type Entry, type Owned, SessionObject } from "./session_object.ts";

/** As much of a `DurableObjectNamespace<SessionObject>` as a store needs. */
export interface SessionNamespace {
  /** The object of a name. */
  getByName(name: string): SessionStub;
}

/** What a Durable Object answers over RPC: {@linkcode SessionObject}'s methods. */
export interface SessionStub {
  /** What it holds; null when nothing, or when it has ended. */
  read(): Promise<Entry | null>;
  /** Writes only if the version is `expected`, and once if asked twice with the same new one. */
  swap(
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
    version: string,
  ): Promise<boolean>;
  /** Forgets it. */
  remove(): Promise<void>;
  /** Notes one of the owner's sessions. */
  addOwned(key: string, ttlSeconds: number, isNew: boolean): Promise<void>;
  /** The owner's sessions. */
  listOwned(): Promise<Owned[]>;
  /** Forgets these of the owner's sessions. */
  dropOwned(keys: readonly string[]): Promise<void>;
}

/** So many of an owner's sessions, the oldest, are looked for when somebody asks for the list. */
const LOOKED_FOR = 50;

/**
 * Sessions in Durable Objects, one object a session, wherever on earth its
 * visitor first came from, and one an owner, for `sessionsOf()`. The Worker must
 * export {@linkcode SessionObject}.
 *
 * @param namespace the binding of a class that `new_sqlite_classes` names
 */
export function durableObjectStore(namespace: SessionNamespace): SessionStore {
  const session = (key: string) => namespace.getByName(key);
  const owned = (owner: string) => namespace.getByName(`owner:${owner}`);

  async function isGone(key: string): Promise<boolean> {
    return await twice(() => session(key).read()) === null;
  }

  return {
    kind: "durable_object",

    get: (key) => twice(() => session(key).read()),

    async swap(key, value, expected, ttlSeconds, owner) {
      const began = Date.now();
      if (owner !== undefined) {
        const isNew = expected === null;
        await twice(() => owned(owner).addOwned(key, ttlSeconds, isNew));
      }
      const version = crypto.randomUUID();
      const swap = () =>
        session(key).swap(value, expected, ttlSeconds, version);
      // A new session is nobody else's yet, so if the first try was written after
      // all, its version is still there. Any other may have been written and then
      // replaced: "false" would make the caller apply its change a second time.
      const written = await (expected === null ? twice(swap) : swap());
      if (written && owner !== undefined && Date.now() - began > GRACE / 2) {
        throw new Error("Too long between the note of a session and itself");
      }
      return written;
    },

    async owned(owner) {
      const all = await twice(() => owned(owner).listOwned());
      const old = all.filter(({ addedAt }) => Date.now() - addedAt > GRACE)
        .slice(0, LOOKED_FOR);
      const gone = new Set<string>();
      await Promise.all(old.map(async ({ key }) => {
        if (await isGone(key)) gone.add(key);
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
 * Asks once more, of another stub, when Cloudflare says that this may help: the
 * question must be one that can be asked twice.
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
