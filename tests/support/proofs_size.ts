// How cost grows with the number of stored sessions, and with one owner's.
import { serverRecords } from "../../middleware/session/stores/server_store.ts";
import { ownerHash } from "../../middleware/session/options.ts";
import { DatabaseSync } from "node:sqlite";
import postgres from "npm:postgres@3.4.9";
import { encode } from "../../middleware/session/cookie/base64url.ts";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { createSealer } from "../../middleware/session/cookie/seal.ts";
import { postgresSchema } from "../../middleware/session/stores/postgres.ts";
import { encodeRecord } from "../../middleware/session/stores/record.ts";
import { SECRET, testApp } from "./test_app.ts";

const now = Math.floor(Date.now() / 1000);

/** The i-th of many stored sessions: its key, and its record's bytes. */
export function stored(i: number): [key: string, value: Uint8Array] {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, Math.imul(i, 2654435761));
  new DataView(bytes.buffer).setUint32(4, i);
  const key = encode(bytes);
  return [
    key,
    encodeRecord({
      ...{ key, id: key, createdAt: now, usedAt: now },
      data: { count: i, list: [], name: `Visitor ${i}` },
    }),
  ];
}

/** Microseconds that a request takes that reads one of 2,000 of `total` sessions. */
export async function readCost(
  store: SessionStore,
  total: number,
): Promise<() => Promise<number>> {
  const app = testApp(
    { store, now: () => now },
    (app) =>
      app.get(
        "/",
        async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
      ),
  );
  const sealer = createSealer({
    ...{ secrets: [SECRET], seal: "sign", purpose: "session" },
    cookieName: "session",
  });
  const cookies = Array.from({ length: 2000 }, (_, n) => {
    const [key] = stored(Math.floor(n * total / 2000));
    return `session=${sealer.seal(`${key}.${key}`)}`;
  });
  const round = async () => {
    const start = performance.now();
    for (const cookie of cookies) {
      const response = await app.request("/", { headers: { cookie } });
      if (!(await response.text()).startsWith("Visitor")) throw new Error();
    }
    return (performance.now() - start) * 1000 / cookies.length;
  };
  await round();
  return round;
}

export async function compare(
  small: () => Promise<number>,
  large: () => Promise<number>,
): Promise<{ small: number; large: number; ratio: number }> {
  const pairs: [number, number][] = [];
  for (let i = 0; i < 15; i++) pairs.push([await small(), await large()]);
  return {
    small: median(pairs.map(([a]) => a)),
    large: median(pairs.map(([, b]) => b)),
    ratio: median(pairs.map(([a, b]) => b / a)),
  };
}

/** How the cost of a read grows. */
export async function growth(
  ...costs: Parameters<typeof compare>
): Promise<string> {
  const { small, large, ratio } = await compare(...costs);
  return `${small.toFixed(1)} µs with few, ${large.toFixed(1)} µs with many: ${
    ratio.toFixed(2)
  } times`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Ten sessions each. */
export function ownerOf(i: number): string {
  return `owner ${Math.floor(i / 10)}`;
}

/** Into a file that has the table. */
export function fillSqlite(path: string, total: number, ends: number): void {
  const database = new DatabaseSync(path);
  const insert = database.prepare(`
    INSERT INTO sessions (key, version, ends, value, owner)
    VALUES (?, hex(randomblob(16)), ?, ?, ?)
  `);
  database.exec("BEGIN");
  for (let i = 0; i < total; i++) {
    const [key, value] = stored(i);
    insert.run(key, ends, value, ownerHash("session", ownerOf(i)));
  }
  database.exec("COMMIT");
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

/** Makes the table as well. */
export async function fillPostgres(url: string, total: number): Promise<void> {
  const sql = postgres(url, { onnotice: () => {} });
  await sql.unsafe(postgresSchema());
  const ends = new Date((now + 36_000) * 1000);
  for (let from = 0; from < total; from += 10_000) {
    const rows = Array.from(
      { length: Math.min(10_000, total - from) },
      (_, n) => {
        const [key, value] = stored(from + n);
        const owner = ownerHash("session", ownerOf(from + n));
        const version = crypto.randomUUID();
        return { key, version, ends, owner, value };
      },
    );
    await sql`INSERT INTO sessions ${sql(rows)}`;
  }
  await sql`VACUUM ANALYZE sessions`;
  await sql.end();
}

/** Through the store itself. */
export async function fillRedis(
  store: SessionStore,
  total: number,
): Promise<void> {
  for (let from = 0; from < total; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, n) => {
      const [key, value] = stored(from + n);
      const owner = ownerHash("session", ownerOf(from + n));
      return store.swap(key, value, null, 36_000, owner);
    }));
  }
}

/** The median of the milliseconds that it takes to list ten sessions of one owner among `total`. */
export async function listCost(
  store: SessionStore,
  total: number,
  lists = 200,
): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < lists; i++) {
    const owner = ownerOf(Math.floor(i * total / lists));
    const start = performance.now();
    const listed = await store.owned?.(ownerHash("session", owner)) ?? [];
    times.push(performance.now() - start);
    if (listed.length !== 10) throw new Error(`${listed.length} of 10`);
  }
  return median(times);
}

/** Stores sessions of one owner, and returns the owner's hash. */
export async function fillOwned(
  store: SessionStore,
  name: string,
  sessions: number,
): Promise<string> {
  const records = serverRecords(store);
  const owner = ownerHash("session", name);
  for (let from = 0; from < sessions; from += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const [key] = stored(-1 - from - n);
        const record = {
          ...{ key, id: key, createdAt: now, usedAt: now },
          ...{ data: { count: n, list: [] }, terms: { owner } },
        };
        return records.save(record, null, 36_000);
      }),
    );
  }
  return owner;
}

/** Lists `sessions` of one owner, and how long others waited meanwhile at most, in milliseconds. */
export async function longList(
  store: SessionStore,
  sessions: number,
): Promise<{ listed: number; ms: number; longestWaitMs: number }> {
  const records = serverRecords(store);
  const owner = await fillOwned(store, "with very many browsers", sessions);
  let longestWaitMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longestWaitMs = Math.max(longestWaitMs, performance.now() - last);
    last = performance.now();
  }, 1);
  const start = performance.now();
  let listed = 0;
  for await (const some of records.owned?.(owner) ?? []) listed += some.length;
  clearInterval(timer);
  return { listed, ms: performance.now() - start, longestWaitMs };
}

/** How many times as long a write takes with an owner, one after the other and 32 at once. */
export async function ownerCost(
  backend: SessionStore,
): Promise<{ alone: number; together: number }> {
  let n = 2 ** 31;
  const write = async (isOwned: boolean) => {
    const [key, value] = stored(n++);
    const owner = isOwned ? [ownerHash("session", ownerOf(n))] : [];
    await backend.swap(key, value, null, 36_000, ...owner);
  };
  const round = (isOwned: boolean, atOnce: number) => async () => {
    const start = performance.now();
    for (let i = 0; i < 320; i += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, () => write(isOwned)));
    }
    return performance.now() - start;
  };
  const ratio = async (atOnce: number) =>
    (await compare(round(false, atOnce), round(true, atOnce))).ratio;
  return { alone: await ratio(1), together: await ratio(32) };
}
