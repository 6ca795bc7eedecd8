// The app in Cloudflare's own runtime.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import type { SessionStore } from "../middleware/session/mod.ts";
import { contract, serverAt } from "./support/contract.ts";
import { eventually } from "./support/eventually.ts";
import { APP_CASES, CONTRACT_SECRET } from "./support/http_contract.ts";
import { PACKAGE_CASES, servedPackage } from "./support/package_contract.ts";
import { storeContract } from "./support/store_contract.ts";
import { testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";
import { freePort } from "./support/redis_server.ts";
import { startProgram } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";
import type { Question } from "./support/worker_entry.ts";
import {
  bundleWorker,
  noWorkerd,
  startWorker,
  type WorkerServer,
} from "./support/workerd.ts";

let app = "";
let printed = "";
let rig: WorkerServer | undefined;

Deno.test.beforeAll(async () => {
  if (noWorkerd !== null) return;
  const entries = ["worker.ts", "tests/support/worker_entry.ts"];
  const [its, tests] = await Promise.all(entries.map(bundleWorker));
  ({ path: app = "", printed = "" } = its ?? {});
  rig = await startWorker({ script: tests?.path ?? "", variables: {} });
});

Deno.test.afterAll(async () => {
  await rig?.[Symbol.asyncDispose]();
});

for (const store of ["cookie", "durable_object"]) {
  contract(
    `the HTTP contract, over workerd, ${store} store`,
    APP_CASES,
    async () => {
      const worker = await startWorker({
        script: app,
        variables: {
          SESSION_SECRET: CONTRACT_SECRET,
          SESSION_STORE: store,
          SESSION_COOKIE: "session",
        },
      });
      return {
        origin: worker.url,
        store,
        app: serverAt(worker.url),
        [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
      };
    },
    noWorkerd,
  );
}

contract("the package's contract, over workerd", PACKAGE_CASES, () => {
  const app = serverAt(rig?.url ?? "");
  return servedPackage({ app, secret: SECRET, isCookie: false });
}, noWorkerd);

storeContract("Durable Object", remoteBackend, {
  ignore: noWorkerd,
  without: ["removeAll"],
});

async function ask<R>(question: Question): Promise<R> {
  const response = await fetch(`${rig?.url}/backend`, {
    method: "POST",
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(await response.text());
  return await response.json();
}

/** The SessionStore inside the Worker, over HTTP. */
function remoteBackend(): SessionStore & Required<Pick<SessionStore, "owned">> {
  return {
    kind: "durable_object",
    async get(key) {
      const found = await ask<{ value: number[]; version: string } | null>({
        ask: "get",
        key,
      });
      return found && { ...found, value: Uint8Array.from(found.value) };
    },
    swap: (key, value, expected, ttlSeconds, owner) =>
      ask({
        ...{ ask: "swap", key, value: [...value], expected, ttlSeconds },
        ...(owner !== undefined && { owner }),
      }),
    owned: (owner) => ask({ ask: "owned", key: owner }),
    remove: (key) => ask({ ask: "remove", key }),
    ping: () => Promise.resolve(),
  };
}

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(noWorkerd, name, fn);

const VALUE = new Uint8Array(1);

function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

async function alarmAt(key: string): Promise<number> {
  return await ask<number | null>({ ask: "alarmAt", key }) ?? assert.fail();
}

/** Whether the alarm rings ten minutes after something that began at `start` and is over. */
async function ringsInTenMinutes(key: string, start: number): Promise<boolean> {
  const since = await alarmAt(key) - 600_000;
  return since > start - 2000 && since < Date.now() + 2000; // whole seconds
}

async function untilEmpty(key: string): Promise<void> {
  await eventually(async () =>
    assert.deepEqual(await ask<string[]>({ ask: "names", key }), [])
  );
}

test("a Durable Object's alarm is set once, and moved only to come earlier", async () => {
  const backend = remoteBackend();
  const key = newKey();
  const start = Date.now();
  await backend.swap(key, VALUE, null, 600);
  assert(await ringsInTenMinutes(key, start));
  const first = await alarmAt(key);
  const { version } = await backend.get(key) ?? assert.fail();
  await backend.swap(key, VALUE, version, 3600);
  assert.equal(await alarmAt(key), first);
  const later = await backend.get(key) ?? assert.fail();
  await backend.swap(key, VALUE, later.version, 60);
  assert(await alarmAt(key) < first);
});

test("a Durable Object that is woken while its session lives is woken again at its end", async () => {
  const backend = remoteBackend();
  const key = newKey();
  const start = Date.now();
  await backend.swap(key, VALUE, null, 600);
  await ask({ ask: "loseAlarm", key }); // while one rings, none is set
  await ask({ ask: "ring", key });
  assert(await ringsInTenMinutes(key, start));
  assert.notEqual(await backend.get(key), null);
});

test("a Durable Object whose alarm was given up is emptied after the next read", async () => {
  const backend = remoteBackend();
  const key = newKey();
  await backend.swap(key, VALUE, null, 600);
  await ask({ ask: "loseAlarm", key });
  await backend.get(key);
  assert(await alarmAt(key) > Date.now()); // it lives: at its end
  await ask({ ask: "loseAlarm", key });
  await ask({ ask: "age", key, seconds: 601 });
  assert.notEqual((await ask<string[]>({ ask: "names", key })).length, 0);
  assert.equal(await backend.get(key), null);
  await untilEmpty(key);
});

test("an owner's Durable Object drops what was removed, a minute later, and empties itself", async () => {
  const backend = remoteBackend();
  const owner = newKey() + newKey().slice(1);
  const object = `owner:${owner}`;
  const [kept, removed] = [newKey(), newKey()];
  for (const key of [kept, removed]) {
    await backend.swap(key, VALUE, null, 600, owner);
  }
  await backend.remove(removed);
  // Until then it could be a session that is noted and not there yet.
  assert.deepEqual((await backend.owned(owner)).length, 2);
  await ask({ ask: "age", key: object, seconds: 61 });
  assert.deepEqual(await backend.owned(owner), [kept]);
  assert.equal((await ask<string[]>({ ask: "names", key: object })).length, 1);
  await ask({ ask: "age", key: object, seconds: 1000 });
  await ask({ ask: "loseAlarm", key: object });
  await ask({ ask: "ring", key: object });
  await untilEmpty(object);
});

test("an owner's Durable Object is not written with every save", async () => {
  const backend = remoteBackend();
  const owner = newKey() + newKey().slice(1);
  const key = newKey();
  await backend.swap(key, VALUE, null, 600, owner);
  await ask({ ask: "age", key: `owner:${owner}`, seconds: 100 });
  const noted = await backend.owned(owner);
  const { version } = await backend.get(key) ?? assert.fail();
  await backend.remove(key);
  // Had it been noted anew, it would have to be kept for another minute.
  assert.equal(await backend.swap(key, VALUE, version, 600, owner), false);
  assert.deepEqual([noted, await backend.owned(owner)], [[key], []]);
});

test("what Cloudflare says to try again is tried once more, if it cannot be applied twice", async () => {
  const tried = async (what: string, times: number, error: object) => {
    const response = await fetch(`${rig?.url}/failing/${what}`, {
      method: "POST",
      body: JSON.stringify({ times, ...error }),
    });
    return await response.json();
  };
  const again = { retryable: true };
  for (
    const [what, answer] of [["get", null], ["remove", null], ["begin", true]]
  ) {
    const name = String(what);
    assert.deepEqual(await tried(name, 1, again), { answer, calls: 2 }, name);
    for (const error of [{}, { retryable: true, overloaded: true }]) {
      assert.deepEqual(await tried(name, 1, error), {
        ...{ answer: "failed", calls: 1 },
      });
    }
    assert.deepEqual(await tried(name, 9, again), {
      ...{ answer: "failed", calls: 2 },
    });
  }
  assert.deepEqual(await tried("update", 1, again), {
    ...{ answer: "failed", calls: 1 },
  });
});

/** The first answer that is no outage: a workerd that has just started may be too slow for one. */
async function served(ask: () => Promise<Response>): Promise<Response> {
  for (let i = 0; i < 20; i++) {
    const response = await ask();
    if (response.status !== 503) return response;
    await response.body?.cancel();
  }
  return assert.fail("nothing but 503");
}

test("sessions survive a stop and a start of workerd with a new version of the code", async () => {
  const state = await Deno.makeTempDir();
  const variables = {
    SESSION_SECRET: CONTRACT_SECRET,
    SESSION_STORE: "durable_object",
  };
  let cookie: string;
  {
    await using worker = await startWorker({ script: app, variables, state });
    const response = await served(() =>
      fetch(`${worker.url}/users`, {
        method: "POST",
        body: new URLSearchParams({ name: "Jay", email: "jay@example.com" }),
        redirect: "manual",
      })
    );
    await response.body?.cancel();
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  }
  const newer = `${await Deno.makeTempDir()}/worker.js`;
  await Deno.writeTextFile(
    newer,
    `${await Deno.readTextFile(app)}\n// a newer version`,
  );
  await using worker = await startWorker({ script: newer, variables, state });
  const response = await served(() =>
    fetch(`${worker.url}/show`, { headers: { cookie } })
  );
  assert.match(await response.text(), /<h3>Jay<\/h3>/);
});

test("a Worker that cannot serve refuses to start, and says why", async () => {
  const secret = { SESSION_SECRET: CONTRACT_SECRET };
  const wrong: [variables: Record<string, unknown>, said: RegExp][] = [
    [
      { SESSION_STORE: "cookie" },
      /SESSION_SECRET: it must be set here; make one with: openssl rand/,
    ],
    [
      { ...secret, SESSION_LIFETIME: { hours: 8 } },
      /SESSION_LIFETIME: give text, a number or a boolean/,
    ],
    [
      { ...secret, SESSION_STORE: "durable_object" },
      /it needs the Durable Object binding SESSIONS, as in wrangler\.jsonc/,
    ],
  ];
  for (const [variables, said] of wrong) {
    const started = startWorker({ script: app, variables, isBound: false });
    await assert.rejects(started, said);
  }
});

test("in the Worker's vars a number counts as its text", async () => {
  await using worker = await startWorker({
    script: app,
    variables: {
      SESSION_SECRET: CONTRACT_SECRET,
      SESSION_STORE: "cookie",
      SESSION_LIFETIME: 3600,
      TRUST_PROXY: 1,
    },
  });
  const response = await fetch(`${worker.url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name: "Jay", email: "jay@example.com" }),
    headers: { "X-Forwarded-Proto": "https" },
    redirect: "manual",
  });
  await response.body?.cancel();
  assert.match(
    response.headers.getSetCookie()[0] ?? "",
    /^__Host-baton=.*Max-Age=3600;/,
  );
});

/** A folder as wrangler expects it, with what was bundled. */
async function wranglerFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "wrangler-" });
  await Deno.mkdir(`${folder}/dist`);
  await Deno.copyFile(app, `${folder}/dist/worker.js`);
  const settings = new URL("../wrangler.jsonc", import.meta.url);
  await Deno.copyFile(settings, `${folder}/wrangler.jsonc`);
  return folder;
}

test("a deployment to Cloudflare is well-formed, and at most 140 kB gzipped", async () => {
  const [bundle, deploy = ""] = settings.tasks["worker:check"].command
    .split(" && ");
  assert.equal(bundle, "deno task worker:bundle"); // as beforeAll did
  const text = await shell(`${deploy} 2>&1`, {
    cwd: await wranglerFolder(),
    env: { NO_COLOR: "1", CI: "1", WRANGLER_LOG_SANITIZE: "true" },
  });
  const [, size] = /worker\.js: .* ([\d.]+) kB gzipped/.exec(printed) ?? [];
  assert(Number(size) <= 140, printed);
  assert.match(text, /env\.SESSIONS \(SessionObject\)/);
  assert.doesNotMatch(text, /\[WARNING\]|ERROR/);
  const script = await Deno.readTextFile(app);
  assert(!/from ?"node:|createClient|DatabaseSync/.test(script));
});

test("in wrangler dev, ten refused forms in a row are answered rightly, and do not break the next", async () => {
  const cwd = await wranglerFolder();
  const port = freePort();
  const secret = `SESSION_SECRET="${CONTRACT_SECRET}"\n`;
  await Deno.writeTextFile(`${cwd}/.dev.vars`, secret);
  const environment = {
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    CI: "1",
  };
  const wrangler = ["run", "-A", "--no-lock", "npm:wrangler@4.85.0"];
  const dev = ["dev", "--ip", "127.0.0.1", "--port", String(port)];
  await using server = await startProgram("env", {
    args: [
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...[Deno.execPath(), ...wrangler, ...dev],
    ],
    cwd,
  });
  await server.prints(/Ready on/);
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const refused: [status: number, path: string, init: RequestInit][] = [
    [415, "/users", { headers: { "Content-Type": "text/plain" }, body: "a=b" }],
    [403, "/users", {
      headers: { ...form, Origin: "http://other.example" },
      body: "a=b",
    }],
    [413, "/users", { headers: form, body: "a".repeat(200_000) }],
    [405, "/show", { headers: form, body: "a=b" }],
    [404, "/nowhere", { headers: form, body: "a=b" }],
  ];
  for (const [expected, path, init] of refused) {
    for (let i = 0; i < 10; i++) {
      const { status, body } = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        ...init,
      });
      await body?.cancel();
      assert.equal(status, expected);
    }
  }
  await server.stop("SIGTERM"); // it stops workerd
});
