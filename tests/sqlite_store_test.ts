import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { OWNER_START } from "../middleware/session/stores/sqlite/schema.ts";
import { eventually } from "./support/eventually.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { storeContract } from "./support/store_contract.ts";

const ignore = mayDoAll ? null : "needs --allow-all";

function test(name: string, fn: (path: string) => Promise<void>): void {
  testWhere(ignore, name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await fn(`${folder}/new/sessions.db`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

let now = 0;

storeContract(
  "SQLite",
  () => sqliteStore(`${Deno.makeTempDirSync()}/s.db`, { now: () => now }),
  { ignore, pass: () => void (now += 2) },
);

const KEY = "A".repeat(22);
const OTHER_KEY = "B".repeat(22);
const VALUE = new TextEncoder().encode("value");
const manyKeys = (count: number) =>
  Array.from({ length: count }, (_, i) => `${i}`.padStart(22, "k"));
const MODULE = new URL(
  "../middleware/session/stores/sqlite/mod.ts",
  import.meta.url,
);

/** Puts another file at the path, with nothing beside it. */
function replace(path: string, content: Uint8Array): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) Deno.removeSync(path + suffix);
  }
  Deno.writeFileSync(path, content);
}

/** The first ping may still tell of the file from before. */
async function untilServed(backend: ReturnType<typeof sqliteStore>) {
  await backend.ping().catch(() => {});
  await backend.ping();
}

test("SQLite: the folder and the file are made, and nobody else may read them", async (path) => {
  await using _backend = sqliteStore(path);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  const folder = Deno.statSync(path.replace(/\/[^/]*$/, ""));
  assert.equal((folder.mode ?? 0) & 0o777, 0o700);
  const database = new DatabaseSync(path);
  const mode = database.prepare("PRAGMA journal_mode").get();
  database.close();
  assert.deepEqual({ ...mode }, { journal_mode: "wal" });
});

test("SQLite: ended rows are swept when half a minute has passed and a session is written: all of them, and their space is given back", async (path) => {
  let now = 1000;
  await using backend = sqliteStore(path, { now: () => now });
  const big = new Uint8Array(5000);
  await Promise.all(
    manyKeys(500).map((key) => backend.swap(key, big, null, 5)),
  );
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = () =>
    database.prepare("SELECT count(*) AS rows FROM sessions").get()?.["rows"];
  const pages = () =>
    Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  assert.ok(pages() > 600, String(pages()));
  now += 29;
  await backend.swap(KEY, VALUE, null, 3600);
  await backend.remove(OTHER_KEY);
  assert.equal(rows(), 501);
  now += 1;
  await backend.swap(OTHER_KEY, VALUE, null, 3600);
  await eventually(() => assert.equal(rows(), 2));
  await eventually(() => assert(pages() < 50));
  database.close();
  assert.notEqual(await backend.get(KEY), null);
});

// A path that cannot be used is refused; a disk that fails is an outage.

test("SQLite: a path that is no database is refused by its name when it is opened", async (path) => {
  const file = path.replace("/new/", "/");
  await Deno.writeTextFile(file, "this is not a database, but some text");
  for (const wrong of [file, dirname(file)]) {
    assert.throws(
      () => sqliteStore(wrong),
      ({ message }) => message.startsWith(`${wrong}: `),
    );
  }
  assert.throws(() => sqliteStore(file), /not a database/);
  for (const wrong of ["", undefined, 5] as string[]) {
    assert.throws(() => sqliteStore(wrong), /give the path of a file$/);
  }
});

test("SQLite: a folder that cannot be written is an outage, and ends by itself", async (path) => {
  const folder = dirname(path);
  Deno.symlinkSync("/proc", folder); // there not even root may make a file
  await using backend = sqliteStore(path);
  await assert.rejects(backend.ping());
  await assert.rejects(backend.get(KEY));
  await assert.rejects(backend.swap(KEY, VALUE, null, 60));
  Deno.removeSync(folder);
  await backend.ping();
  assert.equal(await backend.swap(KEY, VALUE, null, 60), true);
});

test("SQLite: a start with a full disk is an outage, and ends by itself", async (path) => {
  const script = `
    import { sqliteStore } from "${MODULE}";
    await using backend = sqliteStore(Deno.args[0]);
    await backend.ping().catch((error) => console.log(error.message));
    const full = await backend.swap("key", new Uint8Array(1), null, 60)
      .catch(() => "failed");
    const { success } = new Deno.Command("prlimit", {
      args: ["--fsize=unlimited", "--pid", String(Deno.pid)],
    }).outputSync();
    if (!success) throw new Error("prlimit");
    await backend.ping();
    console.log(full, await backend.swap("key", new Uint8Array(1), null, 60));
  `;
  // Files may have 1 kB: SQLite cannot write its first page.
  const shell = 'trap "" XFSZ; ulimit -S -f 1; exec "$0" "$@"';
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", shell, Deno.execPath(), "eval", "--no-lock", script, path],
    cwd: new URL("..", import.meta.url),
  }).output();
  const decoder = new TextDecoder();
  assert.match(
    decoder.decode(stdout),
    /^disk I\/O error\nfailed true\n$/,
    decoder.decode(stderr),
  );
});

test("SQLite: a file that is damaged is an outage, until it is replaced", async (path) => {
  {
    await using backend = sqliteStore(path);
    await backend.swap(KEY, VALUE, null, 60);
  }
  const whole = Deno.readFileSync(path);
  for (const from of [100, 4096]) { // its schema, or what is in its tables
    const damaged = whole.slice().fill(0xff, from);
    replace(path, damaged);
    await using backend = sqliteStore(path);
    await assert.rejects(backend.ping(), /malformed/);
    replace(path, whole);
    await untilServed(backend);
    assert.deepEqual((await backend.get(KEY))?.value, VALUE);
  }
});

test("SQLite: a file that was deleted in use is told by one ping, and made again", async (path) => {
  await using first = sqliteStore(path);
  await using second = sqliteStore(path); // as another process
  await first.swap(KEY, VALUE, null, 60);
  Deno.removeSync(path);
  await assert.rejects(first.ping(), /sessions\.db was deleted or replaced/);
  await first.ping();
  assert.equal(await first.get(KEY), null);
  assert.equal(await first.swap(KEY, VALUE, null, 60), true);
  await assert.rejects(second.ping(), /deleted or replaced/);
  await second.ping();
  assert.deepEqual((await second.get(KEY))?.value, VALUE);
  assert.equal(await second.swap(OTHER_KEY, VALUE, null, 60), true);
  assert.notEqual(await first.get(OTHER_KEY), null);
});

test("SQLite: a file that was replaced in use is opened, without the old one's log", async (path) => {
  const other = path.replace("sessions", "other");
  {
    await using backend = sqliteStore(other);
    await backend.swap(KEY, VALUE, null, 60);
  }
  await using backend = sqliteStore(path);
  const keys = manyKeys(100);
  for (const key of keys) await backend.swap(key, VALUE, null, 60);
  Deno.renameSync(other, path);
  await assert.rejects(backend.ping(), /deleted or replaced/);
  assert.deepEqual((await backend.get(KEY))?.value, VALUE);
  for (const key of keys) assert.equal(await backend.get(key), null);
  const database = new DatabaseSync(path);
  const check = database.prepare("PRAGMA integrity_check").get();
  assert.deepEqual({ ...check }, { integrity_check: "ok" });
  database.close();
});

// Another process at the same file: a second connection that holds its lock.

test("SQLite: while another process writes, nothing blocks, and the write is made after it; for longer than a second is an error, and nothing is written later", async (path) => {
  await using backend = sqliteStore(path);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  let isAnswered = false;
  const write = backend.swap(KEY, VALUE, null, 60)
    .finally(() => isAnswered = true);
  assert.equal(await backend.get(KEY), null); // reads go on
  for (let turns = 0; turns < 5; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(isAnswered, false); // a wait that blocks would be over
  other.exec("COMMIT");
  assert.equal(await write, true);

  other.exec("BEGIN IMMEDIATE");
  const late = backend.swap(OTHER_KEY, VALUE, null, 60);
  await new Promise((resolve) => setTimeout(resolve, 20)); // it is tried
  const behind = assert.rejects(backend.remove(KEY), /locked/)
    .then(() => isAnswered = false);
  await assert.rejects(late, /locked/);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(isAnswered, false); // it did not wait for another second
  await behind;
  other.exec("COMMIT");
  other.close();
  assert.equal(await backend.swap("C".repeat(22), VALUE, null, 60), true);
  assert.equal(await backend.get(OTHER_KEY), null);
});

test("SQLite: it opens while another process writes, and waits for it at the first question", async (path) => {
  await using _first = sqliteStore(path);
  const other = new DatabaseSync(path);
  other.exec("PRAGMA user_version = 0; BEGIN IMMEDIATE");
  await using backend = sqliteStore(path);
  const read = backend.get(OTHER_KEY);
  const write = backend.swap(KEY, VALUE, null, 60);
  await new Promise((resolve) => setTimeout(resolve, 20));
  other.exec("COMMIT");
  other.close();
  assert.deepEqual(await Promise.all([read, write]), [null, true]);
});

test("SQLite: of writes that share a transaction, one that fails does not fail the others", async (path) => {
  await using backend = sqliteStore(path);
  const bad = { toString: () => "no value" } as unknown as Uint8Array;
  const answers = await Promise.allSettled([
    backend.swap(KEY, VALUE, null, 60),
    backend.swap(OTHER_KEY, bad, null, 60),
    backend.swap(KEY, VALUE, null, 60), // somebody was first
    backend.swap("C".repeat(22), VALUE, null, 60),
  ]);
  assert.deepEqual(
    answers.map((answer) =>
      answer.status === "fulfilled" ? answer.value : "failed"
    ),
    [true, "failed", false, true],
  );
  assert.equal(await backend.get(OTHER_KEY), null);
});

test("SQLite: writes at once share one commit", async (path) => {
  await using backend = sqliteStore(path);
  const log = () => Deno.statSync(`${path}-wal`).size;
  await backend.swap(KEY, VALUE, null, 60);
  const before = log();
  await Promise.all(
    manyKeys(50).map((key) => backend.swap(key, VALUE, null, 60)),
  );
  const pages = (log() - before) / 4096; // a commit of its own writes three pages and more
  assert.ok(pages < 50, `${pages} pages`);
});

test("SQLite: what was asked before it is closed is written", async (path) => {
  const backend = sqliteStore(path);
  const write = backend.swap(KEY, VALUE, null, 60);
  await backend[Symbol.asyncDispose]();
  assert.equal(await write, true);
  await assert.rejects(backend.get(KEY), /closed/);
  await using again = sqliteStore(path);
  assert.deepEqual((await again.get(KEY))?.value, VALUE);
});

// The file over the years

test("SQLite: a file of version 0.1 is brought up to date, and its sessions open", async (path) => {
  Deno.mkdirSync(dirname(path));
  const old = new DatabaseSync(path);
  old.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE sessions (
      key TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL,
      ends REAL NOT NULL, value BLOB NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_end ON sessions (ends);
  `);
  old.prepare("INSERT INTO sessions VALUES (?, 'v', ?, ?)")
    .run(KEY, Date.now() / 1000 + 60, VALUE);
  old.close();
  await using backend = sqliteStore(path);
  assert.deepEqual((await backend.get(KEY))?.value, VALUE);
  assert.equal(await backend.swap(KEY, VALUE, "v", 60, "owner"), true);
  assert.deepEqual(await backend.owned?.("owner"), [KEY]);
});

test("SQLite: a file of a newer version is refused, and left as it was", async (path) => {
  await using _backend = sqliteStore(path);
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 2; ALTER TABLE sessions ADD more TEXT");
  const fault = /newer version.*schema is 2.*knows 1/;
  assert.throws(() => sqliteStore(path), fault);
  const columns = newer.prepare("SELECT * FROM pragma_table_info('sessions')");
  assert.equal(columns.all().length, 6);
  newer.close();
});

test("SQLite: an owner's list uses its index", async (path) => {
  await using _backend = sqliteStore(path);
  const database = new DatabaseSync(path);
  const plan = database.prepare(`
    EXPLAIN QUERY PLAN SELECT key FROM sessions
    WHERE ${OWNER_START} = substr('a', 1, 8) AND owner = 'a' AND ends > 0
  `).all();
  database.close();
  assert.match(JSON.stringify(plan), /USING INDEX sessions_by_owner/);
});

test("SQLite's own name for a database in memory makes no file", async () => {
  await using backend = sqliteStore(":memory:");
  assert.equal(await backend.swap(KEY, VALUE, null, 60), true);
  assert.deepEqual((await backend.get(KEY))?.value, VALUE);
  await assert.rejects(Deno.stat(":memory:"), Deno.errors.NotFound);
});
