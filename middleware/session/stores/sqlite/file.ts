import {
  closeSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { prepare, setUp, type Statements, WrongFileError } from "./schema.ts";

/** SQLite's name for no file at all. */
const MEMORY = ":memory:";

type File = readonly [path: string, identity: string];

/** An open database that is set up. */
interface Connection {
  readonly database: DatabaseSync;
  readonly statements: Statements;
  /** The identities of the file, and of those that SQLite keeps beside it; none of a database in memory. */
  readonly files: readonly File[];
}

/**
 * The database at a path. It is opened when it is asked for, and again after a
 * failure: a full disk or a damaged file is an outage that may end.
 */
export class SqliteFile {
  readonly #path: string;
  #connection: Connection | undefined;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The open connection.
   *
   * @throws {WrongFileError} when another path is needed
   * @throws while another process is in the way, and when the disk fails
   */
  open(): Connection {
    if (this.#isClosed) throw new Error("the store is closed");
    return this.#connection ??= connect(this.#path);
  }

  /**
   * Lets go of a file that was deleted or replaced, so that the next question
   * opens the one that is there then.
   *
   * @throws when it was
   */
  check(): void {
    const [file, ...beside] = this.#connection?.files ?? [];
    const isOld = ([path, old]: File) => identity(path) === old;
    if (file === undefined || isOld(file)) return;
    // The old file's log must not be taken for the new one's. Another process
    // may have put its own there, which is told by its identity.
    for (const [path] of beside.filter(isOld)) rmSync(path, { force: true });
    this.#letGo();
    throw new Error(
      `${this.#path} was deleted or replaced while it was in use; what was written to it since then is lost. The file that is there now is opened next`,
    );
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #letGo(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.database.close();
  }
}

function connect(path: string): Connection {
  let database: DatabaseSync | undefined;
  try {
    if (path !== MEMORY) makeFile(path);
    database = new DatabaseSync(path);
    setUp(database);
    const statements = prepare(database);
    if (path === MEMORY) return { database, statements, files: [] };
    const real = realpathSync(path); // without symbolic links
    const paths = [real, `${real}-wal`, `${real}-shm`];
    const files = paths.map((path) => [path, identity(path)] as const);
    return { database, statements, files };
  } catch (error) {
    database?.close();
    if (!isWrong(error)) throw error;
    throw new WrongFileError(`${path}: ${error.message}`, { cause: error });
  }
}

/**
 * Makes the file and its folder when they are missing; no other user may read
 * them. A file that is there is left to SQLite: closing it here would undo the
 * locks of another connection in this process.
 */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) closeSync(openSync(path, "a", 0o600));
  if (stat?.isDirectory()) throw new WrongFileError("this is a folder");
}

/** No database, or a path that this process may not open. */
function isWrong(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return error instanceof WrongFileError ||
    error.message === "file is not a database" ||
    error.name === "NotCapable" || code === "ERR_ACCESS_DENIED";
}

/** Tells two files apart that had the same name one after another; "" when there is none. */
function identity(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.dev}:${stat.ino}`;
}
