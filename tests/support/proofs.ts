// A server store survives: many at once, crashes, outages. Each proof
// takes its size: proofs_test.ts takes seconds, `deno task prove` the whole of it.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { sealFor } from "../../middleware/session/testing/mod.ts";
import {
  Clock,
  cookieOf,
  options,
  SECRET,
  setCookie,
  type TestApp,
} from "./test_app.ts";
import { proofApp } from "./proof_app.ts";
import { type Server, startServer } from "./server.ts";

async function visit(app: TestApp, what: string, cookie: string) {
  const response = await app.request(`/${what}`, { headers: { cookie } });
  return {
    status: response.status,
    text: await response.text(),
    line: setCookie(response),
    cookie: () => cookieOf(response),
  };
}

async function count(store: SessionStore, cookie: string): Promise<number> {
  const { text } = await visit(proofApp(store), "read", cookie);
  return Number(text.replace("known ", ""));
}

/** Parallel requests that each add 1 to one session; the sum afterwards. */
export async function noLostUpdates(
  store: SessionStore,
  requests: number,
): Promise<number> {
  const cookie = await sealFor(session(options({ store })), {});
  const app = proofApp(store);
  const answers = await Promise.all(
    Array.from({ length: requests }, () => visit(app, "add", cookie)),
  );
  for (const { status, text } of answers) assert.equal(status, 200, text);
  return await count(store, cookie);
}

/** The same from several processes at once. `spec` is a SESSION_STORE. */
export async function noLostUpdatesAcross(
  store: SessionStore,
  spec: string,
  processes: number,
  requests: number,
): Promise<number> {
  const cookie = await sealFor(session(options({ store })), {});
  const script = new URL("./increment_process.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const ended = await Promise.all(
    Array.from({ length: processes }, () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--allow-all", "--config", config, script],
          ...[spec, cookie, String(requests / processes)],
        ],
      }).output()),
  );
  for (const { code, stderr } of ended) {
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  }
  return await count(store, cookie);
}

/** Slow writes, a rolling renewal and a regenerate, all opened before a destroy; sessions alive afterwards. */
export async function noResurrection(
  store: SessionStore,
  races: number,
): Promise<number> {
  let alive = 0;
  await inBatches(races, 20, async () => {
    const clock = new Clock();
    const cookie = await sealFor(session(options({ store, clock })), {});
    clock.seconds += 200; // a rolling renewal is due
    const app = proofApp(store, { now: clock.now, together: 5 });
    const answers = await Promise.all(
      ["add", "read", "renew", "destroy", "add"].map((what) =>
        visit(app, what, cookie)
      ),
    );
    for (const { status, text } of answers) {
      assert([200, 409].includes(status), text);
    }
    const cookies = [
      cookie,
      ...answers.filter(({ line }) => line?.includes("v1.")).map((answer) =>
        answer.cookie()
      ),
    ];
    for (const cookie of cookies) {
      if ((await visit(app, "read", cookie)).text !== "new") alive++;
    }
  });
  return alive;
}

/** Regenerates and writes at once; the races after which not exactly one id opens. */
export async function oneIdOpens(
  store: SessionStore,
  races: number,
): Promise<number> {
  let wrong = 0;
  await inBatches(races, 20, async () => {
    const cookie = await sealFor(session(options({ store })), {});
    const app = proofApp(store, { together: 5 });
    const answers = await Promise.all(
      ["renew", "add", "renew", "add", "renew"].map((what) =>
        visit(app, what, cookie)
      ),
    );
    const cookies = new Set([cookie]);
    for (const answer of answers) {
      assert([200, 409].includes(answer.status), answer.text);
      assert(!/=; Max-Age=0/.test(answer.line ?? ""), "a cookie was cleared");
      if (answer.line !== undefined) cookies.add(answer.cookie());
    }
    let opening = 0;
    for (const cookie of cookies) {
      if ((await visit(app, "read", cookie)).text !== "new") opening++;
    }
    if (opening !== 1) wrong++;
  });
  return wrong;
}

async function inBatches(
  total: number,
  size: number,
  task: () => Promise<void>,
): Promise<void> {
  for (let done = 0; done < total; done += size) {
    await Promise.all(
      Array.from({ length: Math.min(size, total - done) }, task),
    );
  }
}

// Crashes. `Crash` starts what can be killed, and starts it again with the same files.

/** So many post at once when the crash comes: some are answered, others under way. */
const CONNECTIONS = 32;

export interface Crashing {
  readonly environment: Record<string, string>;
  readonly cwd: string;
  /** Kills the server, or its database, in the middle of its work. */
  crash(server: Server): Promise<void>;
  /** Whether the server itself is gone after that. */
  readonly isServerGone: boolean;
}

export interface CrashFigures {
  readonly answered: number;
  readonly lost: number;
}

/** POST /users under load, a crash in the middle, a restart: every 303 must show its name. */
export async function nothingLostInACrash(
  { environment, cwd, crash, isServerGone }: Crashing,
  crashes: number,
): Promise<CrashFigures> {
  let answered = 0;
  let lost = 0;
  const settings = {
    cwd,
    environment: { SESSION_SECRET: SECRET, ...environment },
  };
  let server = await startServer(settings);
  try {
    for (let i = 0; i < crashes; i++) {
      const promised = new Map<string, string>(); // name by cookie
      let isOver = false;
      const lanes = Array.from({ length: CONNECTIONS }, async (_, lane) => {
        for (let n = 0; !isOver; n++) {
          const name = `Visitor ${i} ${lane} ${n}`;
          const cookie = await postUser(server.url, name).catch(() => null);
          if (cookie !== null) promised.set(cookie, name);
        }
      });
      const enough = 50 + Math.random() * 200;
      while (promised.size < enough) await tick();
      await crash(server);
      isOver = true;
      await Promise.all(lanes);
      if (isServerGone) {
        await server[Symbol.asyncDispose]();
        server = await startServer(settings);
      }
      for (const [cookie, name] of promised) {
        answered++;
        if (!(await shows(server.url, cookie, name))) lost++;
      }
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
  return { answered, lost };
}

async function postUser(url: string, name: string): Promise<string | null> {
  const response = await fetch(`${url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name, email: "a@example.com" }),
    redirect: "manual",
  });
  await response.body?.cancel();
  if (response.status !== 303) return null;
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? null;
}

/** Asks until there is no outage any more. */
async function shows(
  url: string,
  cookie: string,
  name: string,
): Promise<boolean> {
  while (true) {
    const response = await fetch(`${url}/show`, {
      headers: { cookie },
      redirect: "manual",
    });
    const html = await response.text();
    if (response.status !== 503) return html.includes(`<h3>${name}</h3>`);
    await tick();
  }
}

function tick(ms = 5): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A process is killed while it renews ids; the crashes after which the session has not exactly one live id. */
export async function oneIdAfterACrash(
  { environment, cwd }: Pick<Crashing, "environment" | "cwd">,
  crashes: number,
): Promise<number> {
  let wrong = 0;
  const settings = {
    cwd,
    environment: { SESSION_SECRET: SECRET, ...environment },
  };
  let server = await startServer(settings);
  try {
    for (let i = 0; i < crashes; i++) {
      const first = await postUser(server.url, "Jay") ?? assert.fail();
      const cookies = [first];
      let isOver = false;
      const renewing = (async () => {
        while (!isOver) {
          const response = await fetch(`${server.url}/session/renew`, {
            method: "POST",
            headers: { cookie: cookies.at(-1) ?? "" },
            redirect: "manual",
          }).catch(() => null);
          await response?.body?.cancel();
          const [line] = response?.headers.getSetCookie() ?? [];
          if (line !== undefined) cookies.push(line.split(";")[0] ?? "");
        }
      })();
      const enough = 3 + Math.random() * 30;
      while (cookies.length < enough) await tick(1);
      await tick(Math.random() * 3);
      await server.stop("SIGKILL");
      isOver = true;
      await renewing;
      await server[Symbol.asyncDispose]();
      server = await startServer(settings);
      const opening = [];
      for (const cookie of cookies) {
        if (await shows(server.url, cookie, "Jay")) opening.push(cookie);
      }
      // The last renewal may have been saved without its answer getting through.
      const isLast = opening.length === 1 && opening[0] === cookies.at(-1);
      if (!isLast && opening.length > 0) wrong++;
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
  return wrong;
}

// Outages

export interface OutageFigures {
  /** Answers during the outage on pages that need the session, by status. */
  readonly statuses: Record<number, number>;
  readonly slowestMs: number;
  readonly slowestStaticMs: number;
  readonly slowestHealthMs: number;
  /** From the moment the database is back to the first good answer. */
  readonly recoveredMs: number;
  readonly loggedOut: number;
}

/** A database that a test can take away. */
export interface DatabaseServer {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

export async function outage(
  database: DatabaseServer,
  kind: "kill" | "stop",
  seconds: number,
): Promise<OutageFigures> {
  await using server = await startServer({
    environment: { SESSION_SECRET: SECRET, SESSION_STORE: database.url },
  });
  const cookies = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, i) => await postUser(server.url, `V${i}`) ?? assert.fail(),
    ),
  );
  const home = await (await fetch(server.url)).text();
  const style = /href="(\/assets\/[^"]+\.css)"/.exec(home)?.[1] ?? "";

  if (kind === "kill") await database.kill();
  else database.signal("SIGSTOP");

  const statuses: Record<number, number> = {};
  let [slowestMs, slowestStaticMs, slowestHealthMs] = [0, 0, 0];
  const until = performance.now() + seconds * 1000;
  const timed = async (path: string, cookie?: string) => {
    const start = performance.now();
    const response = await fetch(server.url + path, {
      redirect: "manual",
      headers: cookie === undefined ? {} : { cookie },
    });
    await response.body?.cancel();
    return { response, ms: performance.now() - start };
  };
  await Promise.all([
    ...cookies.map(async (cookie) => {
      while (performance.now() < until) {
        const { response, ms } = await timed("/show", cookie);
        statuses[response.status] = (statuses[response.status] ?? 0) + 1;
        slowestMs = Math.max(slowestMs, ms);
        if (response.status === 503) {
          assert(response.headers.get("Retry-After") !== null);
        }
        assert.deepEqual(response.headers.getSetCookie(), []);
        await tick(20);
      }
    }),
    (async () => {
      while (performance.now() < until) {
        slowestStaticMs = Math.max(slowestStaticMs, (await timed(style)).ms);
        const health = await timed("/healthz");
        assert.equal(health.response.status, 503);
        slowestHealthMs = Math.max(slowestHealthMs, health.ms);
        await tick(20);
      }
    })(),
  ]);

  if (kind === "kill") await database.restart();
  else database.signal("SIGCONT");
  const back = performance.now();
  let recoveredMs = Infinity;
  while (recoveredMs === Infinity) {
    const { response } = await timed("/show", cookies[0]);
    if (response.status === 200) recoveredMs = performance.now() - back;
    else await tick();
  }
  let loggedOut = 0;
  for (const [i, cookie] of cookies.entries()) {
    if (!(await shows(server.url, cookie, `V${i}`))) loggedOut++;
  }
  return {
    ...{ statuses, slowestMs, slowestStaticMs, slowestHealthMs },
    ...{ recoveredMs, loggedOut },
  };
}
