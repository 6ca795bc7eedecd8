// The accounts: a table of its own, in the file that holds the sessions too.
import { Buffer } from "node:buffer";
import {
  randomBytes,
  randomUUID,
  scrypt,
  type ScryptOptions,
  timingSafeEqual,
} from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";

/** An account, without its password. */
export interface User {
  readonly id: string;
  readonly name: string;
  /** Raised by a change of password: sessions that hold a lower one are over. */
  readonly epoch: number;
}

export type Users = ReturnType<typeof openUsers>;

// The session store keeps the version of its own table in the file's
// `user_version`, so this app leaves that alone.
const SCHEMA = `
  PRAGMA busy_timeout = 1000;
  CREATE TABLE IF NOT EXISTS users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL DEFAULT 0,
    password TEXT NOT NULL
  ) STRICT;
`;

/**
 * Opens the users of this SQLite file; the table is made when missing. Tests give
 * a lower `cost`: a hash of a new password takes a quarter of a second.
 */
export function openUsers(path: string, cost: Cost = COST) {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const byId = database.prepare(
    "SELECT id, name, epoch FROM users WHERE id = ?",
  );
  const byName = database.prepare("SELECT * FROM users WHERE name = ?");
  const insert = database.prepare(
    "INSERT INTO users (id, name, password) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const update = database.prepare(
    "UPDATE users SET password = ?, epoch = epoch + 1 WHERE id = ? AND epoch = ?",
  );
  /** Compared for an unknown name: the hash of a random password. */
  const unknown = hash(randomUUID(), cost);
  const find = (id: string) => (byId.get(id) ?? null) as User | null;

  const lastTurns = new Map<string, Promise<unknown>>();

  /** One after the other, so that the two clicks of a double click end in their order. */
  async function inTurn<R>(name: string, work: () => Promise<R>): Promise<R> {
    const turn = Promise.resolve(lastTurns.get(name)).then(work, work);
    lastTurns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (lastTurns.get(name) === turn) lastTurns.delete(name);
    }
  }

  return {
    find,

    /**
     * The user with this name and password, as of the moment when the password
     * was read: the epoch of a moment later might belong to the next password. An
     * unknown name takes as long as a wrong password.
     */
    check: (name: string, password: string): Promise<User | null> =>
      inTurn(name, async () => {
        const row = byName.get(name) as User & { password: string } | undefined;
        const stored = row?.password ?? await unknown;
        const isRight = await matches(password, stored);
        if (row === undefined || !isRight) return null;
        return { id: row.id, name: row.name, epoch: row.epoch };
      }),

    /** null: the name is taken. */
    create: (name: string, password: string): Promise<User | null> =>
      inTurn(name, async () => {
        if (byName.get(name) !== undefined) return null; // costs no hash
        const id = randomUUID();
        const { changes } = insert.run(id, name, await hash(password, cost));
        return changes === 1 ? find(id) : null;
      }),

    /** The user with the next epoch; null when another request changed it meanwhile. */
    async changePassword({ id, epoch }: User, password: string) {
      const { changes } = update.run(await hash(password, cost), id, epoch);
      return changes === 1 ? find(id) : null;
    },

    [Symbol.dispose]: () => database.close(),
  };
}

// OWASP Password Storage Cheat Sheet: scrypt with N = 2^14, r = 8, p = 5 or more.
// The numbers are kept with each hash, so they can be raised for new ones.
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 };
type Cost = { readonly N: number; readonly r: number; readonly p: number };

const KEY_BYTES = 32;
/** Off the main thread, so that other requests go on. */
const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** One spelling for texts that look the same (NIST SP 800-63B, 3.1.1.2). */
const spelled = (password: string) => password.normalize("NFKC");

async function hash(password: string, cost: Cost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(spelled(password), salt, KEY_BYTES, cost);
  const { N, r, p } = cost;
  return ["scrypt", N, r, p, salt.toString("hex"), key.toString("hex")]
    .join("$");
}

async function matches(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = stored.split("$");
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const salted = Buffer.from(salt, "hex");
  const derived = await derive(spelled(password), salted, KEY_BYTES, cost);
  return timingSafeEqual(derived, Buffer.from(key, "hex"));
}
