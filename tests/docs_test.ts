// The documents are true: links lead somewhere, commands and names are there, code compiles.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
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
const GENERATED = /^(?:\..*|coverage|dist|node_modules)$/;

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(mayDoAll ? null : "needs --allow-all", name, fn);

async function files(ending: RegExp, folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    if (GENERATED.test(name)) continue;
    if (isDirectory) found.push(...await files(ending, `${folder}${name}/`));
    else if (ending.test(name)) found.push(folder + name);
  }
  return found.sort();
}

/** Each document's path and text. */
async function documents(): Promise<[path: string, markdown: string][]> {
  const paths = await files(/\.md$/);
  return await Promise.all(
    paths.map(async (path) => [path, await read(path)] as [string, string]),
  );
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(root + path);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The fragments that lead to a document's headings. */
function fragments(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, text = ""]) =>
      text.toLowerCase().replaceAll(/[^\p{L}\p{N} -]/gu, "").replaceAll(
        " ",
        "-",
      )
    ),
  );
}

test("every link of the documents leads somewhere", async () => {
  for (const [path, markdown] of await documents()) {
    for (const [, target = ""] of markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
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
      assert.ok(known.has(fragment), `${path}: ${target}`);
    }
  }
});

test("every command and file that the documents name is there", async () => {
  for (const [path, markdown] of await documents()) {
    for (const [, task = ""] of markdown.matchAll(/deno task ([\w:]+)/g)) {
      assert.ok(task in settings.tasks, `${path}: deno task ${task}`);
    }
    const named = /`((?:[\w.]+\/)*[\w.]+\.(?:tsx?|css|json|jsonc|md))`/g;
    for (const [, file = ""] of markdown.matchAll(named)) {
      const near = new URL(file, `file://${root}${path}`).pathname;
      const places = [near, ...FOLDERS.map((folder) => root + folder + file)];
      const found = await Promise.all(places.map(exists));
      assert.ok(found.includes(true), `${path}: ${file}`);
    }
  }
});

test("the documents name the versions that are tested, and tests that are there", async () => {
  const pins: Record<string, string> = settings.imports;
  for (const [path, markdown] of await documents()) {
    for (
      const [, name = "", pin] of markdown.matchAll(/"([^"]+)": "(npm:[^"]+)"/g)
    ) {
      assert.equal(pin, pins[name], path);
    }
    // Such as: `owned_test.ts` "one name", "another"
    const tests = /`(\w+\.ts)`((?:,?\s+"[^"]+")+)/g;
    for (const [, file, names = ""] of markdown.matchAll(tests)) {
      const code = await read(`tests/${file}`)
        .catch(() => read(`tests/support/${file}`));
      for (const [, name = ""] of names.matchAll(/"([^"]+)"/g)) {
        assert.ok(code.includes(name), `${path}: ${file} "${name}"`);
      }
    }
  }
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
  for (const path of [...await files(/\.tsx?$/), "deno.json"]) {
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

test("every task can be found in CONTRIBUTING.md, README.md or beside what it runs", async () => {
  const all = await documents();
  for (const task of Object.keys(settings.tasks)) {
    if (task.startsWith("test:")) continue; // parts of one that is named
    const mentioned = new RegExp(`deno task ${task}(?![\\w:])`);
    assert.ok(all.some(([, markdown]) => mentioned.test(markdown)), task);
  }
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

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}

test("every code block of the documents compiles", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/my_store.ts`,
    'export { memoryStore as myStore } from "@baton/session";',
  );
  for (const [i, [, markdown]] of (await documents()).entries()) {
    const blocks = markdown.matchAll(/^```tsx?\n(.*?)^```/gms);
    for (const [j, [, code = ""]] of [...blocks].entries()) {
      await Deno.writeTextFile(`${folder}/${i}_${j}.ts`, code);
    }
  }
  const entries = Object.entries(settings.exports).map(([name, path]) => [
    `@baton/session${name.slice(1)}`,
    new URL(path, `file://${root}`).href,
  ]);
  const imports = {
    ...settings.imports,
    ...Object.fromEntries(entries),
    postgres: "npm:postgres@3.4.9",
  };
  const { compilerOptions } = settings;
  const config = `${folder}/deno.json`;
  await Deno.writeTextFile(
    config,
    JSON.stringify({ imports, compilerOptions, unstable: ["kv"] }),
  );
  await deno("check", "-q", "--no-lock", "--config", config, folder);
});

/** Types of packages, which the linter calls private; and a part of DeepReadonly. */
const FOREIGN =
  /'(?:Context|DeepReadonlyArray|DurableObject|HTTPException|Hono|MiddlewareHandler|ZodObject|output)'$/;

test("every export is documented, and mentions no type that is not exported", async () => {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...Object.values(settings.exports)],
    cwd: root,
    stdout: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const faults = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.startsWith("error["));
  assert.ok(faults.length > 0, "nothing was linted");
  assert.deepEqual(faults.filter((fault) => !FOREIGN.test(fault)), []);
});

test("the package has at most 55 names, and the two READMEs are short", async () => {
  const json = await deno("doc", "--json", ...Object.values(settings.exports));
  const { nodes }: { nodes: Record<string, { symbols: { name: string }[] }> } =
    JSON.parse(json);
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

test("the examples in the code's own documentation compile, and the package could be published", async () => {
  await deno("check", "-q", "--doc-only", "middleware/session");
  await deno("publish", "-q", "--dry-run", "--allow-dirty");
});
