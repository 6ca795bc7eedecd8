// The package as a stranger uses it: made, packed, and installed into a project of plain Node.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import { runCases, serverAt } from "./support/contract.ts";
import { missing } from "./support/missing.ts";
import { isThere, shell } from "./support/operations.ts";
import { PACKAGE_CASES } from "./support/package_contract.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { startProgram } from "./support/server.ts";

const SECRET = "the secret of a project of plain Node";
const NODE_SERVER = "npm:@hono/node-server@2.1.9";
const ENTRIES = ["contract_app", "node_entry"].map((name) =>
  `tests/support/${name}.ts`
);
const deno = Deno.execPath();
const root = new URL("../", import.meta.url).pathname;
const noNode = isThere("npm") && await nodeSays("version >= 'v20'")
  ? null
  : missing("npm");

/** Whether it is true of this Node's `process`. */
function nodeSays(what: string): Promise<boolean> {
  const script = `process.exit(process.${what} ? 0 : 1)`;
  return node(script, "").then(() => true, () => false);
}

/** The output of a script; throws when it fails. */
function node(SCRIPT: string, flags: string, cwd?: string): Promise<string> {
  return shell(`node ${flags} -e "$SCRIPT"`, {
    ...{ env: { SCRIPT }, ...(cwd && { cwd }) },
  });
}

/** The tarball's path, and what is in it. */
async function pack(folder: string) {
  const made = `${folder}/npm`;
  await shell(`${deno} run -A tools/build_npm.ts ${made}`, { cwd: root });
  const packs = `npm pack --json --loglevel=error ${made}`;
  const [{ filename, size, files }] = JSON.parse(
    await shell(packs, { cwd: folder }),
  ) as [{ filename: string; size: number; files: { path: string }[] }];
  return { tarball: `${folder}/${filename}`, size, files };
}

/** The packages beside it: the oldest of each that works, and the newest. */
const PEERS = {
  oldest: { hono: "4.12.0", redis: "5.0.0", zod: "4.0.0" },
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
      "typescript": "6.0.3",
      "@types/node": "22.20.5",
      ...peers,
    },
  };
  await Deno.writeTextFile(`${cwd}/package.json`, JSON.stringify(json));
  await shell("npm install --prefer-offline --no-audit --no-fund", { cwd });
  const transpile = `${deno} transpile -q --no-check --outdir ${cwd}`;
  await shell(`${transpile} ${ENTRIES.join(" ")}`, { cwd: root });
  for (const entry of ENTRIES) {
    const path = `${cwd}/${entry.replace(".ts", ".js")}`;
    const code = (await Deno.readTextFile(path))
      .replaceAll('_app.ts"', '_app.js"')
      .replace(NODE_SERVER, "@hono/node-server");
    await Deno.writeTextFile(path, code);
  }
  return cwd;
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
    return c.text(session.data.name ?? "stranger");
  });
export const all = [browser(app), denoKvStore];
`;

/** Prints the faults in both files and in the package's declarations; all of node-redis's types would take ten seconds. */
const CHECK = `
import ts from "typescript";
const program = ts.createProgram(["name.ts", "nmae.ts"], {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
});
for (const file of program.getSourceFiles()) {
  if (/node_modules.(?!@baton.session.(?!stores.redis.client))/.test(file.fileName)) continue;
  for (const { messageText } of program.getSemanticDiagnostics(file)) {
    console.log(file.fileName + ": " + ts.flattenDiagnosticMessageText(messageText, " "));
  }
}`;

Deno.test({
  name: `the npm package${noNode === null ? "" : ` (${noNode})`}`,
  ignore: noNode !== null,
  timeout: 600_000, // it installs two projects
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const { tarball, size, files } = await pack(folder);

    await t.step("holds code, types, a README, a license, and no more", () => {
      const others = files.map(({ path }) => path)
        .filter((path) => !/^(?:\w+\/)*\w+\.(?:js|d\.ts)$/.test(path));
      assert.deepEqual(others.toSorted(), [
        "LICENSE",
        "README.md",
        "package.json",
      ]);
      assert.ok(size < 90_000, `${size} bytes`);
    });

    const [old, cwd] = await Promise.all([
      project(`${folder}/oldest`, tarball, PEERS.oldest),
      project(`${folder}/newest`, tarball, PEERS.newest),
    ]);

    await t.step({
      name: "a CommonJS program may require() it, from Node 20.19 on",
      ignore: !await nodeSays("features.require_module"),
      async fn() {
        const script = `const { name } = require("@baton/session/package.json");
          console.log(name, typeof require(name).session)`;
        const flags = "--disable-warning=ExperimentalWarning";
        const text = await node(script, flags, cwd);
        assert.equal(text.trim(), `${settings.name} function`);
      },
    });

    await t.step(
      "a misspelt key does not compile there, beside the oldest peers and the newest",
      async () => {
        await Promise.all([old, cwd].map(async (at) => {
          for (const key of ["name", "nmae"]) {
            const code = TYPES.replace("KEY", key);
            await Deno.writeTextFile(`${at}/${key}.ts`, code);
          }
          const faults = await node(CHECK, "--input-type=module", at);
          assert.match(faults, /^nmae\.ts: .*'nmae' does not exist.*\n$/);
        }));
      },
    );

    const contract = async (t: Deno.TestContext, at: string, url = "") => {
      const args = ["tests/support/node_entry.js", SECRET, url];
      await using server = await startProgram("node", { args, cwd: at });
      const app = serverAt(server.url);
      const served = { app, secret: SECRET, isCookie: url === "" };
      await runCases(t, PACKAGE_CASES, served);
    };
    await t.step(
      "keeps its contract in Node, beside the newest peers",
      (t) => contract(t, cwd),
    );
    await t.step({
      name: "keeps its contract in Node with Redis, beside the oldest peers",
      ignore: noRedis !== null,
      async fn(t) {
        await using redis = await startRedis();
        await contract(t, old, redis.url);
      },
    });

    await Deno.remove(folder, { recursive: true });
  },
});
