import type { SessionStore } from "./store.ts";

/**
 * No store at all: the session itself travels in the cookie, sealed. Nothing to
 * run, any number of machines, and no way to see other requests: an old cookie
 * opens until it ends, and of two requests that write at once the last one wins.
 */
export function cookieStore(): SessionStore {
  return {
    kind: "cookie",

    load(token) {
      // The seal was ours, so this is what save() wrote.
      const [generation, createdAt, sinceCreated, data] = JSON.parse(token);
      const usedAt = createdAt + sinceCreated;
      return Promise.resolve({
        record: { key: generation, generation, createdAt, usedAt, data },
        version: generation,
      });
    },

    save({ generation, createdAt, usedAt, data }) {
      return Promise.resolve(
        JSON.stringify([generation, createdAt, usedAt - createdAt, data]),
      );
    },

    delete: () => Promise.resolve(),
    ping: () => Promise.resolve(),
  };
}
