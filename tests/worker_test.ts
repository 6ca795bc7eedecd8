// The app in Cloudflare's own runtime.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import settings from "../deno.json" with { type: "json" };
import { randomId } from "../middleware/session/cookie/base64url.ts";
import type { SessionStore } from "../middleware/session/mod.ts";
import { decode, encode } from "./support/bytes_json.ts";
import { contract, serverAt, untilReady } from "./support/contract.ts";
import { eventually } from "./support/eventually.ts";
import { APP_CASES, CONTRACT_SECRET } from "./support/http_contract.ts";
import { testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";
import { PACKAGE_CASES } from "./support/package_contract.ts";
import { freePort } from "./support/redis_server.ts";
import { startProgram } from "./support/server.ts";
import { storeContract } from "./support/store_contract.ts";
import { SECRET } from "./support/test_app.ts";
import type { SessionObject } from "./support/worker_entry.ts";
import {
  bundleWorker,
  noWorkerd,
  startWorker,
  type WorkerServer,
} from "./support/workerd.ts";

let [script, state] = ["", ""];
let app: WorkerServer;
let rig: WorkerServer;

Deno.test.beforeAll(async () => {
  if (noWorkerd !== null) return;
  state = await Deno.makeTempDir();
  await Promise.all([
    bundleWorker("worker.ts").then(async (path) => {
      script = path;
      app = await startApp(script);
    }),
    bundleWorker("tests/support/worker_entry.ts").then(async (script) => {
      rig = await startWorker({ script, variables: {} });
    }),
  ]);
});

Deno.test.afterAll(async () => {
  if (noWorkerd !== null) return;
  await app[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

async function startApp(script: string): Promise<WorkerServer> {
  const worker = await startWorker({
    script,
    state,
    variables: {
      SESSION_SECRET: CONTRACT_SECRET,
      SESSION_STORE: "durable_object",
      SESSION_COOKIE: "session",
      TRUST_PROXY: 1, // a number, as in a Worker's vars: without it, https is not seen
    },
  });
  await untilReady(worker);
  return worker;
}

contract("the HTTP contract, over workerd", APP_CASES, () => ({
  origin: app.url.replace("http:", "https:"),
  store: "durable_object",
  app: serverAt(app.url),
}), noWorkerd);

contract("the package's contract, over workerd", PACKAGE_CASES, () => {
  const app = serverAt(rig.url);
  return { app, secret: SECRET, isCookie: false };
}, noWorkerd);

async function ask(path: string, question: unknown) {
  const body = encode(question);
  const response = await fetch(rig.url + path, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return decode(text);
}

/** The SessionStore inside the Worker. */
const store: SessionStore & Required<Pick<SessionStore, "owned">> = {
  kind: "durable_object",
  get: (key) => ask("/store/get", [key]),
  swap: (...args) =>
    ask("/store/swap", args.filter((arg) => arg !== undefined)),
  remove: (key) => ask("/store/remove", [key]),
  owned: (owner) => ask("/store/owned", [owner]),
  ping: () => Promise.resolve(),
};

/** An object inside the Worker, and what a test may do with it. */
function objectOf(name: string) {
  const call = (method: keyof SessionObject) => (...args: unknown[]) =>
    ask(`/object/${name}/${method}`, args);
  return {
    ...{ alarmAt: call("alarmAt"), loseAlarm: call("loseAlarm") },
    ...{ ring: call("ring"), names: call("names"), age: call("age") },
  };
}

storeContract("Durable Object", () => ({ ...store }), {
  ignore: noWorkerd,
  without: ["removeAll"],
});

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(noWorkerd, name, fn, {
    ...{ sanitizeOps: false, sanitizeResources: false }, // one restarts the app
  });

const VALUE = new Uint8Array(1);

/** A session of ten minutes, written just now, and its object. */
async function newSession(owner?: string) {
  const key = randomId();
  const start = Date.now();
  await store.swap(key, VALUE, null, 600, owner);
  const object = objectOf(key);
  /** Whether it is woken ten minutes after it was written. */
  const wakesAtItsEnd = async () => {
    const since = await object.alarmAt() - 600_000;
    return since > start - 2000 && since < Date.now() + 2000; // whole seconds
  };
  /** Writes it again, with as many seconds to live. */
  const write = async (seconds: number) => {
    const { version } = await store.get(key) ?? assert.fail();
    await store.swap(key, VALUE, version, seconds, owner);
  };
  return { key, object, wakesAtItsEnd, write };
}

async function untilEmpty(object: ReturnType<typeof objectOf>): Promise<void> {
  await eventually(async () => assert.deepEqual(await object.names(), []));
}

test("a Durable Object's alarm is set once, and moved only to come earlier", async () => {
  const { object, wakesAtItsEnd, write } = await newSession();
  assert(await wakesAtItsEnd());
  const first = await object.alarmAt();
  await write(3600);
  assert.equal(await object.alarmAt(), first);
  await write(60);
  assert(await object.alarmAt() < first);
});

test("a Durable Object that is woken while its session lives is woken again at its end", async () => {
  const { key, object, wakesAtItsEnd } = await newSession();
  await object.loseAlarm(); // while one rings, none is set
  await object.ring();
  assert(await wakesAtItsEnd());
  assert.notEqual(await store.get(key), null);
});

test("a Durable Object whose alarm was given up is emptied after the next read", async () => {
  const { key, object, wakesAtItsEnd } = await newSession();
  await object.loseAlarm();
  await store.get(key);
  assert(await wakesAtItsEnd());
  await object.loseAlarm();
  await object.age(601);
  assert.notEqual((await object.names()).length, 0);
  assert.equal(await store.get(key), null);
  await untilEmpty(object);
});

test("an owner's Durable Object drops what was removed, a minute later, and empties itself", async () => {
  const owner = randomId() + randomId().slice(1);
  const object = objectOf(`owner:${owner}`);
  const [kept, removed] = [await newSession(owner), await newSession(owner)];
  await store.remove(removed.key);
  // Until then it could be a session that is noted and not there yet.
  assert.equal((await store.owned(owner)).length, 2);
  await object.age(61);
  assert.deepEqual(await store.owned(owner), [kept.key]);
  assert.equal((await object.names()).length, 1);
  await object.age(1000);
  await object.loseAlarm();
  await object.ring();
  await untilEmpty(object);
});

test("an owner's Durable Object is not written with every save", async () => {
  const owner = randomId() + randomId().slice(1);
  const { key } = await newSession(owner);
  await objectOf(`owner:${owner}`).age(100);
  const noted = await store.owned(owner);
  const { version } = await store.get(key) ?? assert.fail();
  await store.remove(key);
  // Had it been noted anew, it would have to be kept for another minute.
  assert.equal(await store.swap(key, VALUE, version, 600, owner), false);
  assert.deepEqual([noted, await store.owned(owner)], [[key], []]);
});

test("what Cloudflare says to try again is tried once more, if it cannot be applied twice", async () => {
  const again = { retryable: true };
  const overloaded = { retryable: true, overloaded: true };
  const write = (expected: string | null) => [VALUE, expected, 60];
  const tried: [string, unknown[], number, object, [unknown, number]][] = [
    ...[["get", [], null], ["remove", [], null], ["swap", write(null), true]]
      .flatMap(([method, args, answer]): typeof tried => [
        [String(method), args as [], 1, again, [answer, 2]],
        [String(method), args as [], 1, overloaded, ["failed", 1]],
        [String(method), args as [], 1, {}, ["failed", 1]],
        [String(method), args as [], 9, again, ["failed", 2]],
      ]),
    ["swap", write("x"), 1, again, ["failed", 1]],
  ];
  for (const [method, args, times, error, expected] of tried) {
    const question = { times, error, args: [randomId(), ...args] };
    assert.deepEqual(await ask(`/losing/${method}`, question), expected);
  }
});

test("sessions survive a stop and a start of workerd with a new version of the code", async () => {
  const form = new URLSearchParams({ name: "Jay", email: "jay@example.com" });
  const posted = await fetch(`${app.url}/users`, {
    ...{ method: "POST", body: form, redirect: "manual" },
  });
  await posted.body?.cancel();
  const cookie = posted.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await app[Symbol.asyncDispose]();
  const newer = `${await Deno.makeTempDir()}/worker.js`;
  const code = await Deno.readTextFile(script);
  await Deno.writeTextFile(newer, `${code}\n// a newer version`);
  app = await startApp(newer);
  const shown = await fetch(`${app.url}/show`, { headers: { cookie } });
  assert.match(await shown.text(), /<h3>Jay<\/h3>/);
});

test("a Worker that cannot serve refuses to start, and says why", async () => {
  const variables = {
    SESSION_STORE: "durable_object",
    SESSION_LIFETIME: { hours: 8 },
  };
  const started = startWorker({ script, variables, isBound: false });
  await assert.rejects(started, ({ message }) => {
    assert.match(message, /SESSION_SECRET: .* make one with: openssl rand/);
    assert.match(message, /SESSION_LIFETIME: give text, a number or a boolean/);
    assert.match(
      message,
      /the Durable Object binding SESSIONS, as in wrangler/,
    );
    return true;
  });
});

/** A folder as wrangler expects it, with what was bundled. */
async function wranglerFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "wrangler-" });
  await Deno.mkdir(`${folder}/dist`);
  await Deno.copyFile(script, `${folder}/dist/worker.js`);
  const settings = new URL("../wrangler.jsonc", import.meta.url);
  await Deno.copyFile(settings, `${folder}/wrangler.jsonc`);
  return folder;
}

test("a deployment to Cloudflare is well-formed, and at most 140 kB gzipped", async () => {
  const [bundle, deploy = ""] = settings.tasks["worker:deploy"].command
    .split(" && ");
  assert.equal(bundle, "deno task worker:bundle"); // as beforeAll did
  const text = await shell(`${deploy} --dry-run 2>&1`, {
    cwd: await wranglerFolder(),
    env: { NO_COLOR: "1", CI: "1", WRANGLER_LOG_SANITIZE: "true" },
  });
  assert(gzipSync(await Deno.readFile(script)).length <= 140_000);
  assert.match(text, /env\.SESSIONS \(SessionObject\)/);
  assert.doesNotMatch(text, /\[WARNING\]|ERROR/);
  const code = await Deno.readTextFile(script);
  assert(!/from ?"node:|createClient|DatabaseSync/.test(code));
});

test("in wrangler dev, refused forms are answered rightly, and do not break the next", async () => {
  const cwd = await wranglerFolder();
  const port = freePort();
  const variables = `SESSION_SECRET="${CONTRACT_SECRET}"\nSESSION_STORE=cookie`;
  await Deno.writeTextFile(`${cwd}/.dev.vars`, variables);
  const wrangler = ["run", "-A", "--no-lock", "npm:wrangler@4.85.0"];
  await using server = await startProgram(Deno.execPath(), {
    args: [
      ...[...wrangler, "dev", "--ip", "127.0.0.1", "--port", String(port)],
      ...["--inspector-port", String(freePort())], // else one for all of them
    ],
    cwd,
    env: {
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      CI: "1",
    },
  });
  await server.prints(/Ready on/);
  const post = async (body: BodyInit, headers: HeadersInit = {}) => {
    const init = { method: "POST", body, headers, redirect: "manual" } as const;
    const response = await fetch(`http://127.0.0.1:${port}/users`, init);
    await response.body?.cancel();
    return response.status;
  };
  const form = () => new URLSearchParams({ name: "Jay", email: "jay@a.b" });
  for (let i = 0; i < 10; i++) {
    assert.equal(await post("a=b"), 415);
    assert.equal(await post(form(), { Origin: "http://other.example" }), 403);
    assert.equal(await post(new URLSearchParams("a".repeat(200_000))), 413);
    assert.equal(await post(form()), 303);
  }
  await server.stop("SIGTERM"); // it stops workerd
});
