import { isRecord } from "./record.ts";
import type { Loaded, SessionStore } from "./store.ts";

/**
 * No store at all: the session itself travels in the cookie, sealed. Nothing to
 * run, any number of machines, and no way to see other requests: an old cookie
 * opens until it ends, and of two requests that write at once the last one wins.
 */
export function cookieStore(): SessionStore {
  return {
    kind: "cookie",
    holdsSession: true,

    load: (token) => Promise.resolve(decodeToken(token)),

    save({ generation, createdAt, usedAt, data, terms }) {
      const parts = [generation, createdAt, usedAt - createdAt, data];
      return Promise.resolve(
        JSON.stringify(terms ? [...parts, terms] : parts),
      );
    },

    delete: () => Promise.resolve(),
    ping: () => Promise.resolve(),
  };
}

/** null: our seal, but not our shape, as when the app had another store before. */
function decodeToken(token: string): Loaded | null {
  try {
    const [generation, createdAt, sinceCreated, data, terms] = JSON.parse(
      token,
    );
    const usedAt = createdAt + sinceCreated;
    if (!isRecord({ generation, createdAt, usedAt, terms })) return null;
    const times = { createdAt, usedAt };
    const record = { key: generation, generation, ...times, data };
    return {
      record: terms ? { ...record, terms } : record,
      version: generation,
    };
  } catch {
    return null;
  }
}
