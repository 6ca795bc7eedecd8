import type { Loaded, SessionStore } from "./store.ts";

/**
 * No store at all: the session itself travels in the cookie, sealed. Nothing to
 * run, any number of machines, and no way to see other requests: an old cookie
 * opens until it ends, and of two requests that write at once the last one wins.
 */
export function cookieStore(): SessionStore {
  return {
    kind: "cookie",

    load: (token) => Promise.resolve(decodeToken(token)),

    save({ generation, createdAt, usedAt, data }) {
      return Promise.resolve(
        JSON.stringify([generation, createdAt, usedAt - createdAt, data]),
      );
    },

    delete: () => Promise.resolve(),
    ping: () => Promise.resolve(),
  };
}

/** null: our seal, but not our shape, as when the app had another store before. */
function decodeToken(token: string): Loaded | null {
  try {
    const [generation, createdAt, sinceCreated, data] = JSON.parse(token);
    const usedAt = createdAt + sinceCreated;
    if (typeof generation !== "string" || !Number.isInteger(usedAt)) {
      return null;
    }
    return {
      record: { key: generation, generation, createdAt, usedAt, data },
      version: generation,
    };
  } catch {
    return null;
  }
}
