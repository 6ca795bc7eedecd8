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
import { isKnown, shell, signIn } from "./support/operations.ts";
import { PACKAGE_CASES } from "./support/package_contract.ts";
import type { Server } from "./support/server.ts";
import { storeContract } from "./support/store_contract.ts";
import { SECRET } from "./support/test_app.ts";
import type { Question, SessionObject } from "./support/worker_entry.ts";
import { bundleWorker, noWorkerd, startWorker } from "./support/workerd.ts";

const CONFIG = new URL("../wrangler.jsonc", import.meta.url);
let [script, cwd] = ["", ""];
let app: Server;
let rig: Server;

Deno.test.beforeAll(async () => {
  if (noWorkerd !== null) return;
  cwd = await Deno.makeTempDir();
  script = await bundleWorker("worker.ts");
  app = await startApp();
  const entry = await bundleWorker("tests/support/worker_entry.ts");
  rig = await startWorker({ script: entry, variables: {} });
});

Deno.test.afterAll(async () => {
  if (noWorkerd !== null) return;
  await app.stop();
  await rig.stop();
});

async function startApp(): Promise<Server> {
  const app = await startWorker({
    ...{ script, cwd },
    variables: {
      ...{ SESSION_STORE: "durable_object", SESSION_COOKIE: "session" },
      SESSION_SECRET: CONTRACT_SECRET,
      TRUST_PROXY: 1, // a number, as in a Worker's vars: without it, https is not seen
    },
  });
  await untilReady(app);
  return app;
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

async function ask(question: Question) {
  const body = encode(question);
  const response = await fetch(`${rig.url}/ask`, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return decode(text);
}

const asking = (method: string) => (...args: unknown[]) =>
  ask({ method, args });

/** The SessionStore inside the Worker. */
const store: SessionStore & Required<Pick<SessionStore, "owned">> = {
  kind: "durable_object",
  ...{ get: asking("get"), remove: asking("remove"), owned: asking("owned") },
  swap: (...args) => asking("swap")(...args.filter((arg) => arg !== undefined)),
  ping: () => Promise.resolve(),
};

/** An object inside the Worker; a test calls its methods. */
const objectOf =
  (name: string) => (method: keyof SessionObject, ...args: unknown[]) =>
    ask({ name, method, args });

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
    const since = await object("alarmAt") - 600_000;
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
  await eventually(async () => assert.deepEqual(await object("names"), []));
}

test("a Durable Object's alarm is set once, and moved only to come earlier", async () => {
  const { object, wakesAtItsEnd, write } = await newSession();
  assert(await wakesAtItsEnd());
  const first = await object("alarmAt");
  await write(3600);
  assert.equal(await object("alarmAt"), first);
  await write(60);
  assert(await object("alarmAt") < first);
});

test("a Durable Object that is woken while its session lives is woken again at its end", async () => {
  const { key, object, wakesAtItsEnd } = await newSession();
  await object("loseAlarm"); // while one rings, none is set
  await object("ring");
  assert(await wakesAtItsEnd());
  assert.notEqual(await store.get(key), null);
});

test("a Durable Object whose alarm was given up is emptied after the next read", async () => {
  const { key, object, wakesAtItsEnd } = await newSession();
  await object("loseAlarm");
  await store.get(key);
  assert(await wakesAtItsEnd());
  await object("loseAlarm");
  await object("age", 601);
  assert.notEqual((await object("names")).length, 0);
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
  await object("age", 61);
  assert.deepEqual(await store.owned(owner), [kept.key]);
  assert.equal((await object("names")).length, 1);
  await object("age", 1000);
  await object("loseAlarm");
  await object("ring");
  await untilEmpty(object);
});

test("an owner's Durable Object is not written with every save", async () => {
  const owner = randomId() + randomId().slice(1);
  const { key } = await newSession(owner);
  await objectOf(`owner:${owner}`)("age", 100);
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
  const questions: [method: string, args: unknown[], answer: unknown][] = [
    ["get", [], null],
    ["remove", [], null],
    ["swap", write(null), true],
  ];
  const tries = async (
    method: string,
    args: unknown[],
    times: number,
    error: object,
  ) =>
    await ask({ method, args: [randomId(), ...args], lost: { times, error } });
  for (const [method, args, answer] of questions) {
    assert.deepEqual(await tries(method, args, 1, again), [answer, 2]);
    assert.deepEqual(await tries(method, args, 1, overloaded), ["failed", 1]);
    assert.deepEqual(await tries(method, args, 1, {}), ["failed", 1]);
    assert.deepEqual(await tries(method, args, 9, again), ["failed", 2]);
  }
  assert.deepEqual(await tries("swap", write("x"), 1, again), ["failed", 1]);
});

test("sessions survive a stop and a start of workerd with a new version of the code", async () => {
  const cookie = await signIn(app.url);
  await app.stop();
  const code = await Deno.readTextFile(script);
  await Deno.writeTextFile(script, `${code}\n// a newer version`);
  app = await startApp();
  assert(await isKnown(app.url, cookie));
});

test("a Worker that cannot serve refuses to start, and says why", async () => {
  const variables = {
    SESSION_STORE: "durable_object",
    SESSION_LIFETIME: { hours: 8 },
  };
  const worker = await startWorker({ script, variables, isBound: false });
  await worker.prints(/SESSION_SECRET: .* make one with: openssl rand/);
  await worker.prints(/SESSION_LIFETIME: give text, a number or a boolean/);
  await worker.prints(/the Durable Object binding SESSIONS, as in wrangler/);
  await worker.stop();
});

test("a deployment to Cloudflare is well-formed, and at most 140 kB gzipped", async () => {
  const [bundle, deploy = ""] = settings.tasks["worker:deploy"].command
    .split(" && ");
  assert.equal(bundle, "deno task worker:bundle"); // as beforeAll did
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/dist`);
  await Deno.copyFile(script, `${folder}/dist/worker.js`);
  await Deno.copyFile(CONFIG, `${folder}/wrangler.jsonc`);
  const text = await shell(`${deploy} --dry-run 2>&1`, {
    cwd: folder,
    env: { NO_COLOR: "1", CI: "1", WRANGLER_LOG_SANITIZE: "true" },
  });
  assert(gzipSync(await Deno.readFile(script)).length <= 140_000);
  assert.match(text, /env\.SESSIONS \(SessionObject\)/);
  assert.doesNotMatch(text, /\[WARNING\]|ERROR/);
  const code = await Deno.readTextFile(script);
  assert(!/from ?"node:|createClient|DatabaseSync/.test(code));
});
