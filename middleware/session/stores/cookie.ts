import { recordOf } from "./record.ts";
import type { Loaded } from "./record.ts";
import type { Records } from "./records.ts";

/**
 * The session itself travels in the cookie, sealed. Nothing has to run, and any
 * number of machines can serve. But no request can see another one: an old
 * cookie opens until it ends, and of two requests that write at once the last
 * one wins.
 */
export const cookieRecords: Records = {
  kind: "cookie",
  isStateless: true,

  load: (token) => Promise.resolve(decodeToken(token)),

  save({ id, createdAt, usedAt, data, terms }) {
    const parts = [id, createdAt, usedAt - createdAt, data];
    return Promise.resolve(JSON.stringify(terms ? [...parts, terms] : parts));
  },

  remove: () => Promise.resolve(),
  takeBack: () => Promise.resolve(), // nothing was written anywhere
  ping: () => Promise.resolve(),
};

/** null: the seal is ours, but not the shape, as when the app had another store before. */
function decodeToken(token: string): Loaded | null {
  try {
    const [id, createdAt, sinceCreated, data, terms] = JSON.parse(token);
    const usedAt = createdAt + sinceCreated;
    const record = recordOf({ key: id, id, createdAt, usedAt, data, terms });
    return record && { record, version: id, bytes: token.length };
  } catch {
    return null;
  }
}
