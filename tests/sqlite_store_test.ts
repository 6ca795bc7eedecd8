import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sqliteBackend } from "../middleware/session/stores/sqlite.ts";
import { mayDoAll } from "./support/missing.ts";
import { storeContract } from "./support/store_contract.ts";

const ignore = mayDoAll ? null : "needs --allow-all";

function test(name: string, fn: (path: string) => Promise<void>): void {
  Deno.test({
    name: ignore === null ? name : `${name} (${ignore})`,
    ignore: ignore !== null,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await fn(`${folder}/new/sessions.db`);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

let now = 0;

storeContract(
  "SQLite",
  () =>
    sqliteBackend(`${Deno.makeTempDirSync()}/sessions.db`, {
      now: () => now,
    }),
  {
    ignore,
    pass: () => {
      now += 2;
      return Promise.resolve();
    },
  },
);

const KEY = "A".repeat(22);
const VALUE = new TextEncoder().encode("value");

test("SQLite: the folder and the file are made, and nobody else may read them", async (path) => {
  await using _backend = sqliteBackend(path);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  const folder = Deno.statSync(path.replace(/\/[^/]*$/, ""));
  assert.equal((folder.mode ?? 0) & 0o777, 0o700);
});

test("SQLite: what was written is there after a restart", async (path) => {
  {
    await using backend = sqliteBackend(path);
    await backend.swap(KEY, VALUE, null, 60);
  }
  await using backend = sqliteBackend(path);
  assert.deepEqual((await backend.get(KEY))?.value, VALUE);
});

test("SQLite: an answered write is on disk: WAL, synchronous=FULL", async (path) => {
  await using backend = sqliteBackend(path);
  await backend.swap(KEY, VALUE, null, 60);
  const database = new DatabaseSync(path);
  const mode = database.prepare("PRAGMA journal_mode").get();
  database.close();
  assert.deepEqual({ ...mode }, { journal_mode: "wal" });
});

test("SQLite: ended rows are swept, in small batches, all of them", async (path) => {
  let now = 1000;
  await using backend = sqliteBackend(path, {
    now: () => now,
    sweepSeconds: 0.01,
  });
  for (let i = 0; i < 250; i++) {
    await backend.swap(`short${i}`, VALUE, null, 5);
  }
  await backend.swap("long", VALUE, null, 3600);
  now += 10;
  const database = new DatabaseSync(path, { readOnly: true });
  const count = database.prepare("SELECT count(*) AS rows FROM sessions");
  while (count.get()?.["rows"] !== 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  database.close();
  assert.notEqual(await backend.get("long"), null);
});

test("SQLite: an ended row that was not swept yet is as good as absent", async (path) => {
  let now = 1000;
  await using backend = sqliteBackend(path, { now: () => now });
  await backend.swap(KEY, VALUE, null, 5);
  const { version } = await backend.get(KEY) ?? assert.fail();
  now += 5;
  assert.equal(await backend.get(KEY), null);
  assert.equal(await backend.swap(KEY, VALUE, version, 5), false);
  assert.equal(await backend.swap(KEY, VALUE, null, 5), true);
});

test("SQLite: a file that is no database is refused when it is opened", async (path) => {
  const file = path.replace("/new/", "/");
  await Deno.writeTextFile(file, "this is not a database, but some text");
  assert.throws(() => sqliteBackend(file), /not a database/);
});
