// The documents are true: links lead somewhere, commands and names are there, code compiles.
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import settings from "../deno.json" with { type: "json" };
import { writeConfig } from "./support/deno_config.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";
import { startServer } from "./support/server.ts";

const root = new URL("../", import.meta.url).pathname;
/** A document may name a file in one of them without its folder. */
const FOLDERS = [
  "",
  "components/locales/",
  "tests/",
  "tests/support/",
  "middleware/session/",
];
const GENERATED = /(?:^|\/)(?:\..*|coverage|dist|node_modules)\//;

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(mayDoAll ? null : "needs --allow-all", name, fn);

const files = (pattern: string) =>
  globSync(pattern, { cwd: root }).filter((path) => !GENERATED.test(path));

/** The matches of a pattern in the documents: where, and its groups. */
async function* found(pattern: RegExp): AsyncGenerator<string[]> {
  for (const path of files("**/*.md")) {
    for (const [, ...groups] of (await read(path)).matchAll(pattern)) {
      yield [path, ...groups.map((group) => group ?? "")];
    }
  }
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(root + path);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The fragments that lead to a document's headings. */
function fragments(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, "").replace(/ /g, "-")
  );
}

test("every link of the documents leads somewhere", async () => {
  for await (const [path, target = ""] of found(/\]\(([^)\s]+)\)/g)) {
    if (/^https:/.test(target)) {
      assert.ok(URL.canParse(target), `${path}: ${target}`);
      continue;
    }
    const [file = "", fragment] = target.split("#");
    const there = file === ""
      ? root + path
      : new URL(file, `file://${root}${path}`).pathname;
    assert.ok(await exists(there), `${path}: ${target}`);
    if (fragment === undefined) continue;
    const known = fragments(await Deno.readTextFile(there));
    assert.ok(known.includes(fragment), `${path}: ${target}`);
  }
});

test("every file that the documents name is there; and every task, which one of them names", async () => {
  const tasks = new Set(Object.keys(settings.tasks));
  const named = new Set<string>();
  for await (const [path, task = ""] of found(/deno task ([\w:]+)/g)) {
    assert.ok(tasks.has(task), `${path}: deno task ${task}`);
    named.add(task);
  }
  // A document says the parts of `deno task test` with it.
  const parts = [...tasks].filter((task) => task.startsWith("test:"));
  assert.deepEqual([...tasks.difference(named)], parts);
  const paths = /`((?:[\w.]+\/)*[\w.]+\.(?:tsx?|css|json|jsonc|md))`/g;
  for await (const [path, file = ""] of found(paths)) {
    const near = new URL(file, `file://${root}${path}`).pathname;
    const places = [near, ...FOLDERS.map((folder) => root + folder + file)];
    const are = await Promise.all(places.map(exists));
    assert.ok(are.includes(true), `${path}: ${file}`);
  }
});

test("the documents name the versions that are tested, and tests that are there", async () => {
  const pins: Record<string, string> = settings.imports;
  for await (
    const [path, name = "", pin] of found(/"([^"]+)": "(npm:[^"]+)"/g)
  ) {
    assert.equal(pin, pins[name], path);
  }
  // Such as: `owned_test.ts` "one name", "another"
  const tests = /`(\w+\.ts)`((?:,?\s+"[^"]+")+)/g;
  for await (const [path, file, names = ""] of found(tests)) {
    const code = await read(`tests/${file}`)
      .catch(() => read(`tests/support/${file}`));
    for (const [, name = ""] of names.matchAll(/"([^"]+)"/g)) {
      assert.ok(code.includes(name), `${path}: ${file} "${name}"`);
    }
  }
});

test("the documents name one version of Deno, one time for idle connections, and the settings that deno task start may read", async () => {
  const names = async (pattern: RegExp) => {
    const all = new Set<string | undefined>();
    for await (const [, name] of found(pattern)) all.add(name);
    return [...all];
  };
  const [, deno] = /^deno=(\S+)/m.exec(await read(".ci/run")) ?? [];
  assert.deepEqual(await names(/\bdeno(?:@|:)(\d[\d.]+\d)/g), [deno]);
  assert.equal((await names(/keepalive_timeout +(\w+)/g)).length, 1);
  const allowed = /--allow-env=([\w,]+)/g;
  const [, start] = allowed.exec(settings.tasks.start.command) ?? [];
  allowed.lastIndex = 0;
  assert.deepEqual(await names(allowed), [start]);
});

test("every promise of SECURITY.md names the test that proves it", async () => {
  const markdown = await read("SECURITY.md");
  const [, promises = ""] = markdown.split(/^## .*\n/m).slice(1);
  const rows = promises.split("\n").filter((line) => line.startsWith("| "));
  assert.ok(rows.length > 25);
  for (const row of rows.slice(2)) assert.match(row, /`\w+\.ts`\s+"/, row);
});

test("every npm package is named with one exact version, the same wherever it is named", async () => {
  const versions = new Map<string, string>();
  for (const path of [...files("**/*.{ts,tsx}"), "deno.json"]) {
    const code = await read(path);
    for (const [, specifier = ""] of code.matchAll(/"npm:(@?[a-z][^"\s]*)"/g)) {
      const [, name = "", version] = /^(@?[^@]+)@(\d+\.\d+\.\d+(?:-\w+)?)$/
        .exec(specifier) ?? [];
      assert.ok(version, `${path}: ${specifier} has no exact version`);
      assert.equal(versions.get(name) ?? version, version, `${path}: ${name}`);
      versions.set(name, version);
    }
  }
  assert.ok(versions.size > 10);
});

test("README's curl commands show the greeting", async () => {
  const readme = await read("README.md");
  const blocks = [...readme.matchAll(/```sh\n(curl .*?)```/gs)];
  assert.equal(blocks.length, 1);
  await using server = await startServer();
  const commands = blocks[0]?.[1]
    ?.replaceAll("http://localhost:5000", server.url) ?? "";
  const cwd = await Deno.makeTempDir();
  assert.match(await shell(commands, { cwd }), /jay@example\.com/);
});

/** Runs Deno on this repository; what it prints. */
const deno = (command: string) =>
  shell(`${Deno.execPath()} ${command}`, { cwd: root, env: { NO_COLOR: "1" } });

const EXPORTS = Object.values(settings.exports).join(" ");

test("every code block of the documents compiles, and every example in the code's own", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/my_store.ts`,
    'export { memoryStore as myStore } from "@baton/session";',
  );
  let i = 0;
  for await (const [, code = ""] of found(/^```tsx?\n(.*?)^```/gms)) {
    await Deno.writeTextFile(`${folder}/${i++}.ts`, code);
  }
  const entries = Object.entries(settings.exports).map(([name, path]) => [
    `@baton/session${name.slice(1)}`,
    new URL(path, `file://${root}`).href,
  ]);
  const config = await writeConfig(folder, {
    ...Object.fromEntries(entries),
    postgres: "npm:postgres@3.4.9",
  });
  const options = `-q --doc --no-lock --config ${config}`;
  await deno(`check ${options} ${folder} middleware/session`);
});

test("the package could be published", async () => {
  // Types and examples are checked already, which takes seconds.
  await deno("publish -q --dry-run --allow-dirty --no-check");
});

/** Types of packages, which the linter calls private; and a part of DeepReadonly. */
const FOREIGN =
  /'(?:Context|DeepReadonlyArray|DurableObject|HTTPException|Hono|MiddlewareHandler|ZodObject|output)'$/;

test("every export is documented, and mentions no type that is not exported", async () => {
  const { stderr } = await new Deno.Command("sh", {
    args: ["-c", `${Deno.execPath()} doc --lint ${EXPORTS} >/dev/null`],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const faults = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.startsWith("error["));
  assert.ok(faults.length > 0, "nothing was linted");
  assert.deepEqual(faults.filter((fault) => !FOREIGN.test(fault)), []);
});

test("the package has at most 55 names, and the two READMEs are short", async () => {
  const { nodes }: { nodes: Record<string, { symbols: { name: string }[] }> } =
    JSON.parse(await deno(`doc --json ${EXPORTS}`));
  const names = Object.values(nodes)
    .flatMap(({ symbols }) => [...new Set(symbols.map(({ name }) => name))]);
  assert.ok(names.includes("session"));
  assert.ok(names.length <= 55, `${names.length}: ${names.join(" ")}`);
  const limits = { "README.md": 1400, "middleware/session/README.md": 2500 };
  for (const [path, limit] of Object.entries(limits)) {
    const { length } = (await read(path)).split(/\s+/);
    assert.ok(length <= limit, `${path} has ${length} words`);
  }
});
