import assert from "node:assert/strict";
import pg from "pg";
import postgres from "npm:postgres@3.4.9";
import { readConfig } from "../config.ts";
import type { SessionStore } from "../middleware/session/mod.ts";
import { randomId } from "../middleware/session/cookie/base64url.ts";
import {
  type PostgresQuery,
  postgresSchema,
  postgresStore,
} from "../middleware/session/stores/postgres.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { documented, lacks, makeCertificate } from "./support/operations.ts";
import {
  noPgBouncer,
  noPostgres,
  type PostgresServer,
  startPgBouncer,
  startPostgres,
} from "./support/postgres_server.ts";
import { storeContract } from "./support/store_contract.ts";
import { add, cookieOf, world } from "./support/test_app.ts";

let server: PostgresServer;
let sql: postgres.Sql;
let pool: pg.Pool;
let serializable: pg.Pool;

Deno.test.beforeAll(async () => {
  if (noPostgres !== null) return;
  server = await startPostgres({ settings: ["max_connections=50"] });
  sql = postgres(server.url, { onnotice: () => {}, fetch_types: false });
  pool = new pg.Pool({ connectionString: server.url });
  serializable = new pg.Pool({
    connectionString: server.url,
    options: "-c default_transaction_isolation=serializable",
  });
  await sql.unsafe(postgresSchema());
});

Deno.test.afterAll(async () => {
  if (noPostgres !== null) return;
  await sql.end();
  await pool.end();
  await serializable.end();
  await server[Symbol.asyncDispose]();
});

/** Connections stay open from one test to the next. */
const KEPT = { sanitizeOps: false, sanitizeResources: false };

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(noPostgres, name, fn, KEPT);

const byPostgres: PostgresQuery = async (text, values) => ({
  rows: await sql.unsafe(text, values, { prepare: true }),
});

/** Its clock is the database's, so everything in it gets older instead. */
async function later(): Promise<void> {
  await sql`UPDATE sessions SET ends = ends - interval '2 seconds'`;
}

const DRIVERS: Record<string, PostgresQuery> = {
  "the driver postgres": byPostgres,
  "the driver pg": (text, values) => pool.query(text, values),
  "transactions that are serializable": (text, values) =>
    serializable.query(text, values),
};

for (const [name, query] of Object.entries(DRIVERS)) {
  storeContract(
    `Postgres by ${name}`,
    () => postgresStore({ query }),
    { ignore: noPostgres, pass: later, ...KEPT },
  );
}

const VALUE = new TextEncoder().encode("value");

test("Postgres: schema and table may have any name that leaves room for the indexes' names", async () => {
  const table = `Sessions; "DROP" ${"é".repeat(18)}t`; // 54 bytes
  const names = { schema: 'my "own"', table };
  await sql`CREATE SCHEMA "my ""own"""`;
  await sql.unsafe(postgresSchema(names));
  await sql.unsafe(postgresSchema(names)); // it is there: nothing happens
  const indexes = await sql`
    SELECT indexname FROM pg_indexes
    WHERE schemaname = 'my "own"' AND tablename = ${table}`;
  assert.equal(indexes.length, 3);
  const store = postgresStore({ query: byPostgres, ...names });
  const key = randomId();
  assert.equal(await store.swap(key, VALUE, null, 60, "owner"), true);
  assert.deepEqual(await store.owned?.("owner"), [key]);
  assert.equal(await postgresStore({ query: byPostgres }).get(key), null);
  assert.throws(() => postgresSchema({ table: `${table}t` }), /54 bytes/);
});

test("Postgres: ended rows are swept, in batches, by two processes at once, and no others", async () => {
  const table = "swept";
  await sql.unsafe(postgresSchema({ table }));
  await sql`INSERT INTO swept SELECT i::text, gen_random_uuid(),
    now() - interval '1 second', null, '' FROM generate_series(1, 5000) i`;
  const sweeps: number[] = [];
  const query: PostgresQuery = async (text, values) => {
    const answer = await byPostgres(text, values);
    if (/DELETE.*SKIP LOCKED/s.test(text)) sweeps.push(answer.rows.length);
    return answer;
  };
  const keys = [randomId(), randomId()];
  await Promise.all(keys.map(async (key) => {
    await using store = postgresStore({ query, table });
    await store.swap(key, VALUE, null, 60);
    await eventually(async () => {
      const left = await sql<{ key: string }[]>`SELECT key FROM swept`;
      assert.deepEqual(left.map(({ key }) => key).sort(), keys.toSorted());
    });
  }));
  assert.equal(sweeps.reduce((sum, rows) => sum + rows, 0), 5000);
  assert.ok(sweeps.every((rows) => rows <= 1000), sweeps.join());
});

test("Postgres: a read, a remove and an owner's list use an index", async () => {
  await sql`ANALYZE sessions`;
  const plans: string[] = [];
  const store = postgresStore({
    async query(text) {
      plans.push(
        await sql.begin(async (sql) => {
          await sql`SET LOCAL enable_seqscan = off`;
          const plain = text.replaceAll("$1", "'k'");
          return JSON.stringify(await sql.unsafe(`EXPLAIN ${plain}`));
        }),
      );
      return { rows: [] };
    },
  });
  await store.get("k");
  await store.owned?.("o");
  await store.remove("k");
  for (const plan of plans) assert.match(plan, /Index/);
});

Deno.test("Postgres: 40001 and 40P01 mean that nothing was written", async () => {
  for (const code of ["40001", "40P01"]) {
    let failures = 2;
    const query: PostgresQuery = () =>
      failures-- > 0
        ? Promise.reject(Object.assign(new Error("undone"), { code }))
        : Promise.resolve({ rows: [{ key: "k", version: "v", value: VALUE }] });
    const store = postgresStore({ query });
    assert.deepEqual((await store.get("k"))?.value, VALUE);
    failures = Infinity;
    const version = crypto.randomUUID();
    assert.equal(await store.swap("k", VALUE, version, 60), false);
    assert.equal(await store.swap("k", VALUE, "no version", 60), false);
    await assert.rejects(store.get("k"), /undone/);
  }
});

Deno.test("Postgres: wrong options are refused at construction, and nothing of them is shown", () => {
  for (const options of ["postgres://me:secret@host/db", {}] as never[]) {
    assert.throws(
      () => postgresStore(options),
      /^TypeError: (?!.*secret).*\{ query \}/,
    );
  }
});

// The app's own pool

test("the app's pool: a table that was dropped is made again", async () => {
  const url = `${server.url.replace(/postgres$/, "")}dropped`;
  await sql`CREATE DATABASE dropped`;
  await using store = openPostgres(url);
  await store.ping();
  const other = postgres(url);
  await other`DROP TABLE sessions`;
  await other.end();
  await assert.rejects(store.ping());
  await store.ping();
});

test("the app's pool: a user who may not make tables uses the one that is there", async () => {
  await sql`CREATE ROLE guest LOGIN`;
  await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO guest`;
  await using store = openPostgres(server.url.replace("baton@", "guest@"));
  await store.ping();
});

testWhere(
  noPostgres ?? lacks("openssl"),
  "the app's pool: IPv6, a Unix socket and TLS are reached as the URL says",
  async () => {
    await using certificate = await makeCertificate(["localhost"]);
    await using server = await startPostgres({ certificate });
    const { folder, port } = server;
    const { authority } = certificate;
    const ping = async (rest: string) => {
      await using store = openPostgres(`postgres://baton@${rest}`);
      await store.ping();
    };
    await ping(`[::1]:${port}/postgres`);
    await ping(`/postgres?host=${folder}&port=${port}`);
    await ping(`${encodeURIComponent(folder)}:${port}/postgres`);
    const tls = `localhost:${port}/postgres?sslmode`;
    await ping(`${tls}=require`);
    await ping(`${tls}=verify-full&sslrootcert=${authority}`);
    const byAddress = tls.replace("localhost", "127.0.0.1");
    await ping(`${byAddress}=verify-ca&sslrootcert=${authority}`);
    for (
      const rest of [
        `${byAddress}=verify-full&sslrootcert=${authority}`,
        `${tls}=verify-ca`,
        `${tls}=verify-full&sslrootcert=system`,
      ]
    ) await assert.rejects(ping(rest), /certificate|verify/i, rest);
    await assert.rejects(
      ping(`${tls}=verify-full&sslrootcert=${folder}/missing`),
      /No such file/,
    );
  },
  KEPT,
);

Deno.test("SESSION_STORE=postgres://…: what would not work is refused by its name", () => {
  const refused: Record<string, RegExp> = {
    "me@one,two/db": /with one host/,
    "me@one:5432,two:5433/db": /with one host/,
    "one/db": /USER.*with one host/,
    "me@one/db?sslmode=prefer": /"sslmode": give disable, require/,
    "me@one/db?sslrootcert=/ca.pem": /"sslrootcert" needs/,
    "me@one/db?sslcert=/me.pem": /"sslcert" is not supported/,
    "me@one/db?host=two": /"host": give the folder/,
  };
  for (const [rest, fault] of Object.entries(refused)) {
    const valueOf = (name: string) =>
      name === "SESSION_STORE" ? `postgres://${rest}` : undefined;
    assert.throws(() => readConfig(valueOf, "machine"), fault);
  }
});

// Trouble

type Open = (url: string, isPooled: boolean) => Promise<SessionStore>;

/** The recipe of the documents, as a module. */
async function recipe(driver: string, ...place: Parameters<Open>) {
  const code = documented(`${driver}.ts`, {
    "@baton/session/postgres": import.meta.resolve(
      "../middleware/session/stores/postgres.ts",
    ),
    [`"${driver}"`]: driver === "pg"
      ? JSON.stringify(import.meta.resolve("pg"))
      : '"npm:postgres@3.4.9"',
  });
  const [, isPooled] = place;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    path,
    isPooled ? code.replaceAll(/.*not with PgBouncer\n/g, "") : code,
  );
  const { openSessions } = await import(`file://${path}`);
  return await (openSessions as Open)(...place);
}

test("the recipes: a connection that is too slow to begin fails its question, and nothing else", async () => {
  await sql.begin(async (sql) => {
    await sql`LOCK TABLE pg_type`;
    const openings = ["pg", "postgres"].map((driver) =>
      assert.rejects(recipe(driver, server.url, false), /statement timeout/)
    );
    await Promise.all(openings);
  });
});

/** A page that counts its visits, over this store, and its visitors. */
async function visitorsOf(store: SessionStore) {
  const { ask } = world({ store }, { add });

  /** All come at once; what they were answered, each answer once. */
  async function visits(cookies: readonly string[]): Promise<string> {
    const all = await Promise.all(cookies.map((one) => ask("/add", one)));
    return [...new Set(all.map(({ status }) => status))].join();
  }
  const begun = [];
  for (let i = 0; i < 21; i++) {
    begun.push(await eventually(async () => cookieOf(await ask("/add"))));
  }
  const [first = "", ...others] = begun;
  return {
    stuck: () => visits(Array(12).fill(first)),
    others: () => visits(others),
  };
}

const POOLS: Record<string, Open> = {
  "the app's pool": (url) => Promise.resolve(openPostgres(url)),
  "the recipe with pg": (...place) => recipe("pg", ...place),
  "the recipe with postgres": (...place) => recipe("postgres", ...place),
};

testWhere(
  noPgBouncer,
  "locks and stalls take ten connections at most, or PgBouncer's three; nothing stays stuck, and a locked row is one visitor's trouble",
  async () => {
    await using server = await startPostgres();
    await using bouncer = await startPgBouncer(server, 3, "pooled");
    const watcher = { max: 1, connection: { application_name: "watcher" } };
    const admin = postgres(server.url, watcher);
    await admin`CREATE ROLE pooled LOGIN SUPERUSER`;

    /** Opens one over a database of its own. */
    async function openPool(name: string, size: number) {
      const isPooled = size === 3;
      const database = `${name} ${isPooled}`.replace(/\W+/g, "_");
      const at = (url: string) => url.replace(/postgres$/, database);
      await admin.unsafe(`CREATE DATABASE ${database}`);
      const locks = postgres(at(server.url), watcher);
      if (isPooled && name !== "the app's pool") {
        await locks.unsafe(postgresSchema());
        await admin.unsafe(`ALTER ROLE pooled IN DATABASE ${database}
          SET statement_timeout = 900`);
      }
      const url = at((isPooled ? bouncer : server).url);
      const visitors = await visitorsOf(await POOLS[name]!(url, isPooled));
      return { database, locks, size, ...visitors };
    }
    const pools = await Promise.all(
      [10, 3].flatMap((size) =>
        Object.keys(POOLS).map((name) => openPool(name, size))
      ),
    );
    type Pool = (typeof pools)[number];
    /** All meet the same trouble at once: it is mostly waiting. */
    const each = (meet: (pool: Pool) => Promise<unknown>) =>
      Promise.all(pools.map(meet));

    const most: Record<string, number> = {};
    /** Until the server answers no question there. */
    async function untilIdle({ database }: Pool): Promise<void> {
      const [{ open, active } = { open: 0, active: 0 }] = await admin<
        { open: number; active: number }[]
      >`SELECT count(*)::int AS open,
          count(*) FILTER (WHERE state = 'active')::int AS active
        FROM pg_stat_activity
        WHERE datname = ${database} AND application_name <> 'watcher'`;
      most[database] = Math.max(most[database] ?? 0, open);
      if (active > 0) await untilIdle({ database } as Pool);
    }

    await each((pool) =>
      pool.locks.begin(async (sql) => {
        await sql`SELECT 1 FROM sessions ORDER BY ends LIMIT 1 FOR UPDATE`;
        await eventually(async () => {
          const answers = await Promise.all([pool.stuck(), pool.others()]);
          assert.deepEqual(answers, ["503", "200"], pool.database);
        });
        await untilIdle(pool); // the lock is still held
      })
    );
    const fail = async ({ others, database }: Pool) => {
      for (let i = 0; i < 2; i++) assert.equal(await others(), "503", database);
    };
    await each((pool) =>
      pool.locks.begin(async (sql) => {
        await sql`LOCK TABLE sessions`;
        await fail(pool);
        await untilIdle(pool);
      })
    );
    server.signal("SIGSTOP");
    await each(fail);
    server.signal("SIGCONT");
    await each((pool) =>
      eventually(async () => {
        assert.equal(await pool.others(), "200", pool.database);
      })
    );
    await each(untilIdle);
    for (const { database, size } of pools) {
      const open = most[database] ?? 0;
      assert(open > 0 && open <= size, `${database}: ${open} connections`);
    }
  },
  KEPT,
);
