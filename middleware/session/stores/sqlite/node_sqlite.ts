// A static import of node:sqlite would fail, on a Node that lacks it, with an error that names no version.
import type * as sqlite from "node:sqlite";
import process from "node:process";

/** undefined where there is none. Node 20.15 and older lack the function, too. */
const found: typeof sqlite | undefined = process.getBuiltinModule?.(
  "node:sqlite",
);
if (found === undefined) {
  throw new Error(
    `@baton/session/sqlite needs node:sqlite, which Deno and Node 22.13 or newer have. This is Node ${process.versions.node}`,
  );
}

/** The class of node:sqlite. */
export const DatabaseSync: typeof sqlite.DatabaseSync = found.DatabaseSync;
