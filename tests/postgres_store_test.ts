import assert from "node:assert/strict";
import pg from "npm:pg@8.23.1";
import postgres from "postgres";
import { randomId } from "../middleware/session/cookie/base64url.ts";
import {
  type PostgresQuery,
  postgresSchema,
  postgresStore,
} from "../middleware/session/stores/postgres.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { testWhere } from "./support/missing.ts";
import {
  noPostgres,
  type PostgresServer,
  startPostgres,
} from "./support/postgres_server.ts";
import { type Server, startServer } from "./support/server.ts";
import { storeContract } from "./support/store_contract.ts";
import { SECRET } from "./support/test_app.ts";

let server: PostgresServer;
let sql: postgres.Sql;
let pool: pg.Pool;

Deno.test.beforeAll(async () => {
  if (noPostgres !== null) return;
  server = await startPostgres({ settings: ["max_connections=50"] });
  sql = postgres(server.url, { onnotice: () => {} });
  pool = new pg.Pool({ connectionString: server.url });
  await sql.unsafe(postgresSchema());
});

Deno.test.afterAll(async () => {
  if (noPostgres !== null) return;
  await sql.end();
  await pool.end();
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
};

for (const [name, query] of Object.entries(DRIVERS)) {
  storeContract(
    `Postgres by ${name}`,
    () => postgresStore({ query }),
    { ignore: noPostgres, pass: later, ...KEPT },
  );
}

const VALUE = new TextEncoder().encode("value");

test("Postgres: schema and table may have any name", async () => {
  const names = { schema: 'my "own"', table: "Sessions; DROP" };
  await sql`CREATE SCHEMA "my ""own"""`;
  await sql.unsafe(postgresSchema(names));
  await sql.unsafe(postgresSchema(names)); // it is there: nothing happens
  await using backend = postgresStore({ query: byPostgres, ...names });
  const key = randomId();
  assert.equal(await backend.swap(key, VALUE, null, 60, "owner"), true);
  assert.deepEqual(await backend.owned?.("owner"), [key]);
  const [{ rows } = { rows: 0 }] = await sql<{ rows: number }[]>`
    SELECT count(*)::int AS rows FROM "my ""own"""."Sessions; DROP"`;
  assert.equal(rows, 1);
  assert.equal(
    await postgresStore({ query: byPostgres }).get(key),
    null,
  );
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
  const backends = [1, 2].map(() =>
    postgresStore({ query, table, sweepSeconds: 0 })
  );
  const keys = [randomId(), randomId()];
  await Promise.all(
    backends.map((backend, i) => backend.swap(keys[i] ?? "", VALUE, null, 60)),
  );
  for (const backend of backends) await backend[Symbol.asyncDispose]();
  const left = await sql<{ key: string }[]>`SELECT key FROM swept`;
  assert.deepEqual(left.map(({ key }) => key).sort(), keys.toSorted());
  assert.equal(sweeps.reduce((sum, rows) => sum + rows, 0), 5000);
  assert.ok(sweeps.every((rows) => rows <= 1000), sweeps.join());
});

test("Postgres: a read, a write and an owner's list use an index", async () => {
  await sql`ANALYZE sessions`;
  const asked: string[] = [];
  const backend = postgresStore({
    query: (text) => {
      asked.push(text);
      return Promise.resolve({ rows: [] });
    },
  });
  await backend.get("k");
  await backend.owned?.("o");
  await backend.remove("k");
  for (const text of asked) {
    const plan = await sql.begin(async (sql) => {
      await sql`SET LOCAL enable_seqscan = off`;
      const plain = text.replaceAll("$1", "'k'");
      return await sql.unsafe(`EXPLAIN ${plain}`);
    });
    assert.match(JSON.stringify(plan), /Index/, text);
  }
});

// The app's own pool

function start(url: string): Promise<Server> {
  return startServer({
    environment: { SESSION_SECRET: SECRET, SESSION_STORE: url },
  });
}

async function post(url: string): Promise<Response> {
  const response = await fetch(`${url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name: "Jay", email: "a@example.com" }),
    redirect: "manual",
  });
  await response.body?.cancel();
  return response;
}

test("SESSION_STORE=postgres://…: two servers that start at once make one table, and share its sessions", async () => {
  await using fresh = await startPostgres();
  await using first = await start(fresh.url);
  await using second = await start(
    fresh.url.replace("postgres:", "postgresql:"),
  );
  const answers = await Promise.all(
    [first, second].map(({ url }) => post(url)),
  );
  assert.deepEqual(answers.map(({ status }) => status), [303, 303]);
  const cookie = answers[0]?.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const page = await fetch(`${second.url}/show`, { headers: { cookie } });
  assert.match(await page.text(), /<h3>Jay<\/h3>/);
  const health = await fetch(`${second.url}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok", store: "postgres" });
});

test("SESSION_STORE=postgres://…: it may come up after the app; its password is in no answer and no log", async () => {
  await using slow = await startPostgres({ password: "a-secret-of-postgres" });
  await slow.kill();
  await using app = await start(slow.url);
  const down = await post(app.url);
  assert.equal(down.status, 503);
  await slow.restart();
  while ((await post(app.url)).status !== 303);
  assert.doesNotMatch(app.output(), /a-secret-of-postgres/);
});

test("the app's pool: a server that stalls is an error within 1.1 s, and back with the server", async () => {
  await using stalled = await startPostgres();
  await using store = openPostgres(stalled.url);
  await store.ping();
  const key = randomId();
  stalled.signal("SIGSTOP");
  for (let i = 0; i < 2; i++) {
    const start = performance.now();
    await assert.rejects(store.get(key), /no answer/);
    const ms = performance.now() - start;
    assert.ok(ms < 3000, `${ms} ms`); // a busy machine adds to it
  }
  stalled.signal("SIGCONT");
  assert.equal(await store.get(key), null);
});

test("the app's pool: a user who may not make tables uses the one that is there", async () => {
  await sql`CREATE ROLE guest LOGIN`;
  await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO guest`;
  await using store = openPostgres(server.url.replace("baton@", "guest@"));
  await store.ping();
});
