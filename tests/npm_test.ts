// The package as a stranger uses it: made, packed, and installed into a project of plain Node.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { behindProxy, boundContract } from "./support/bound_contract.ts";
import { cookieContract } from "./support/cookie_contract.ts";
import { cookieApp } from "./support/cookie_app.ts";
import { mayDoAll, missing } from "./support/missing.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { startProgram } from "./support/server.ts";

const SECRET = "the secret of a project of plain Node";
const NODE_SERVER = "npm:@hono/node-server@2.1.9";
const TYPESCRIPT = "npm:typescript@6.0.3";
const root = new URL("../", import.meta.url).pathname;
const noNode: string | null = mayDoAll && hasNode() ? null : missing("npm");

function hasNode(): boolean {
  try {
    const { stdout } = new Deno.Command("node", { args: ["--version"] })
      .outputSync();
    const { success } = new Deno.Command("npm", { args: ["--version"] })
      .outputSync();
    const [major = ""] = new TextDecoder().decode(stdout).slice(1).split(".");
    return success && Number(major) >= 20;
  } catch {
    return false;
  }
}

/** Whether this Node loads a module by require() (20.19, 22.12 and newer). */
function canRequireModules(): boolean {
  if (noNode !== null) return false;
  const script = "process.exit(process.features.require_module ? 0 : 1)";
  return new Deno.Command("node", { args: ["-e", script] }).outputSync()
    .success;
}

interface Result {
  readonly success: boolean;
  readonly text: string;
}

async function run(
  program: string,
  args: string[],
  cwd: string,
): Promise<Result> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function mustRun(
  program: string,
  args: string[],
  cwd: string,
): Promise<string> {
  const { success, text } = await run(program, args, cwd);
  if (!success) throw new Error(`${program} ${args.join(" ")}\n${text}`);
  return text;
}

/** The tarball's path, and what is in it. */
async function pack(folder: string) {
  const made = `${folder}/npm`;
  const build = ["run", "-A", "tools/build_npm.ts", made];
  await mustRun(Deno.execPath(), build, root);
  const printed = await mustRun(
    "npm",
    ["pack", "--json", "--loglevel=error", made],
    folder,
  );
  const [{ filename, size, files }] = JSON.parse(printed) as [{
    filename: string;
    size: number;
    files: { path: string }[];
  }];
  return { made, tarball: `${folder}/${filename}`, size, files };
}

/** The packages beside it: the oldest of each that works, and the newest. */
const PEERS = {
  oldest: { hono: "4.9.0", redis: "5.0.0", zod: "4.0.0" },
  newest: {
    hono: version(settings.imports.hono),
    redis: version(settings.imports.redis),
    zod: version(settings.imports.zod),
  },
} as const;

function version(specifier: string): string {
  return specifier.replace(/^.*@/, "");
}

/** A project with the package in it, and whatever else its files import. */
async function project(
  cwd: string,
  tarball: string,
  peers: Readonly<Record<string, string>>,
): Promise<string> {
  await Deno.mkdir(cwd);
  const json = {
    type: "module",
    dependencies: {
      "@baton/session": `file:${tarball}`,
      "@hono/node-server": version(NODE_SERVER),
      "typescript": version(TYPESCRIPT),
      "@types/node": "22.20.5",
      ...peers,
    },
  };
  await Deno.writeTextFile(`${cwd}/package.json`, JSON.stringify(json));
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"];
  await mustRun("npm", ["install", ...quietly], cwd);
  const { default: ts } = await import("npm:typescript@6.0.3"); // it asks for permissions at once
  for (const name of ["bound_app", "cookie_app", "node_entry"]) {
    const code = await Deno.readTextFile(`${root}tests/support/${name}.ts`);
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
      },
    });
    const js = outputText.replaceAll('_app.ts"', '_app.js"')
      .replace(NODE_SERVER, "@hono/node-server");
    await Deno.writeTextFile(`${cwd}/${name}.js`, js);
  }
  return cwd;
}

/** The files that importing one of them brings in. */
async function imported(
  path: string,
  seen = new Set<string>(),
): Promise<Set<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const code = await Deno.readTextFile(path);
  for (const [, name = ""] of code.matchAll(/from ["'](\.[^"']+)["']/g)) {
    await imported(new URL(name, `file://${path}`).pathname, seen);
  }
  return seen;
}

const TYPES = `
import { session } from "@baton/session";
import { browser } from "@baton/session/testing";
import { redisStore } from "@baton/session/redis";
import { createClient, createCluster, createSentinel } from "redis";
import { denoKvStore } from "@baton/session/deno-kv";
import { deviceBinding } from "@baton/session/bound";
import { Hono } from "hono";
import { z } from "zod";

const schema = z.object({ name: z.string().optional() });
const store = redisStore({ url: "redis://127.0.0.1" });
const sentinel = { name: "master", sentinelRootNodes: [] };
export const stores = [
  redisStore({ client: createClient(), prefix: "app:" }),
  redisStore({ client: createCluster({ rootNodes: [] }) }),
  redisStore({ client: createSentinel(sentinel) }),
];
export const app = new Hono().use(session({ schema, secrets: [], store, binding: deviceBinding() }))
  .post("/", async (c) => {
    const session = await c.var.session();
    session.update({ KEY: "Jay" });
    return c.text(session.data.name ?? "nobody");
  });
export const all = [browser(app), denoKvStore];
`;

Deno.test({
  name: `the npm package${noNode === null ? "" : ` (${noNode})`}`,
  ignore: noNode !== null,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const { made, tarball, size, files } = await pack(folder);

    await t.step("holds code, types, a README, a license, and no more", () => {
      const others = files.map(({ path }) => path)
        .filter((path) => !/^(?:\w+\/)*\w+\.(?:js|d\.ts)$/.test(path));
      assert.deepEqual(others.toSorted(), [
        "LICENSE",
        "README.md",
        "package.json",
      ]);
      assert.ok(size < 75_000, `${size} bytes`);
    });

    await t.step("its core brings no store but the cookie's", async () => {
      const all = [...await imported(`${made}/mod.js`)];
      const stores = all.filter((path) => path.includes("/stores/"));
      assert.deepEqual(
        stores.map((path) => path.split("/").at(-1)).toSorted(),
        [
          ...["cookie.js", "memory.js", "record.js", "server_store.js"],
          ...["time_limit.js", "writability.js"],
        ],
      );
    });

    const cwd = await project(`${folder}/newest`, tarball, PEERS.newest);
    const old = await project(`${folder}/oldest`, tarball, PEERS.oldest);

    await t.step("its package.json can be read by its name", async () => {
      const script = "console.log(require('@baton/session/package.json').name)";
      const text = await mustRun("node", ["-e", script], cwd);
      assert.equal(text.trim(), settings.name);
    });

    await t.step({
      name: "a CommonJS program may require() it, from Node 20.19 on",
      ignore: !canRequireModules(),
      async fn() {
        const script = "console.log(typeof require('@baton/session').session)";
        const flags = ["--disable-warning=ExperimentalWarning"];
        const text = await mustRun("node", [...flags, "-e", script], cwd);
        assert.equal(text.trim(), "function");
      },
    });

    await t.step(
      "its SQLite store says which Node it needs, where there is no node:sqlite",
      async () => {
        const flag = "--no-experimental-sqlite"; // older ones have neither
        const given =
          "process.exit(process.getBuiltinModule?.('node:sqlite') ? 0 : 1)";
        const { success: hasSqlite } = await run("node", ["-e", given], cwd);
        const script =
          "import('@baton/session/sqlite').catch((error) => console.log(error.message))";
        const flags = hasSqlite ? [flag] : [];
        const text = await mustRun("node", [...flags, "-e", script], cwd);
        assert.match(
          text,
          /needs node:sqlite, which Deno and Node 22\.13 or newer have/,
        );
      },
    );

    for (const [age, at] of [["oldest", old], ["newest", cwd]] as const) {
      await t.step(
        `a misspelt key does not compile there, beside the ${age} peers`,
        async () => {
          for (const key of ["name", "nmae"]) {
            const code = TYPES.replace("KEY", key);
            await Deno.writeTextFile(`${at}/${key}.ts`, code);
          }
          const flags = "--noEmit --strict --exactOptionalPropertyTypes " +
            "--target es2022 --module nodenext --lib es2022,dom,dom.iterable";
          const tsc = "node_modules/typescript/bin/tsc";
          const args = [tsc, ...flags.split(" "), "name.ts", "nmae.ts"];
          const { success, text } = await run("node", args, at);
          assert.equal(success, false);
          assert.match(text, /^nmae\.ts\(\d+,\d+\): error .*nmae/);
          const faults = text.split("\n").filter((line) =>
            /error TS/.test(line)
          );
          assert.deepEqual(
            faults.filter((line) => !/^nmae\.ts/.test(line)),
            [],
          );
        },
      );
    }

    const options = { secrets: [SECRET], trustProxy: true };
    const serveIn = (cwd: string, ...args: string[]) =>
      startProgram("node", { args: ["node_entry.js", SECRET, ...args], cwd });
    const serve = (...args: string[]) => serveIn(cwd, ...args);
    const request = (url: string, init?: RequestInit) =>
      fetch(url, { redirect: "manual", ...init });

    await t.step("the cookie contract, in Node", async (t) => {
      await using server = await serve();
      const origin = server.url;
      await cookieContract(t, { app: { request }, origin, options });
    });

    await t.step(
      "the cookie contract, in Node beside the oldest peers",
      async (t) => {
        await using server = await serveIn(old);
        const origin = server.url;
        await cookieContract(t, { app: { request }, origin, options });
      },
    );

    await t.step({
      name: "the cookie contract, in Node with the oldest redis",
      ignore: noRedis !== null,
      async fn(t) {
        await using redis = await startRedis();
        await using server = await serveIn(old, redis.url);
        await using store = redisStore({ url: redis.url });
        await cookieContract(t, {
          app: { request },
          origin: server.url,
          options: { ...options, store },
        });
      },
    });

    await t.step({
      name: "the cookie contract, in Node with Redis",
      ignore: noRedis !== null,
      async fn(t) {
        await using redis = await startRedis();
        await using server = await serve(redis.url);
        await using store = redisStore({ url: redis.url });
        await cookieContract(t, {
          app: { request },
          origin: server.url,
          options: { ...options, store },
        });
      },
    });

    await t.step("bound sessions, in Node", async (t) => {
      await using server = await serve("bound");
      await boundContract(t, {
        app: behindProxy(server.url),
        ...{ refreshSeconds: 300, isCookie: true },
      });
    });

    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("the cookie contract, over app.request", async (t) => {
  const options = { secrets: [SECRET], trustProxy: true };
  const app = cookieApp(options);
  await cookieContract(t, { app, origin: "http://localhost", options });
});
