// Change the schema while old and new servers write the same sessions.
//
// 1. A new key: release a schema that has it, optional or with a default. Use it only in the next
//    release, because an old server's next write drops a key that its schema lacks.
// 2. A removed key: release an app that does not use it, and take it out in the next release.
// 3. Another type: a new key with another name, then as above.
// 4. A new value of a key that is there (an enum, a union, a limit): an old server rejects the whole
//    session for it. Give the key `.catch()` one release earlier, so that only this key is lost.
//
// - z.object() drops keys that it does not know. z.strictObject() rejects the session for them, so
//   the next write of an old server erases all of it. z.looseObject() keeps them.
// - z.object() from "zod/mini" is another class, which the option `schema` does not accept.
// - Data that no longer fits is an empty session with the reason "schema", never a crash. The stored
//   session stays until a write replaces it, so going back to the old release brings it back.
import { z } from "zod";

const PAGES = ["home", "cart"] as const;

export const release1 = z.object({
  name: z.string().optional(),
  trail: z.array(z.enum(PAGES)).default([]).catch([]), // a page may come later
});

export const release2 = release1.extend({
  theme: z.string().default("light"), // a new key
  trail: z.array(z.enum([...PAGES, "help"])).default([]).catch([]),
});

/** Keeps the keys of later releases: good while several versions run side by side. */
export const keepsAll = z.looseObject(release1.shape);
