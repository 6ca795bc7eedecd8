// Makes small mistakes in the session's code, one at a time, in a copy of the project, and runs
// the tests of the core: a mistake that they do not notice is a hole in them.
//
//     deno task mutants [count] [seed] [path]    such as: deno task mutants 20 1 stores/redis
import { cpSync, existsSync, readdirSync } from "node:fs";
import { EQUIVALENT } from "./support/equivalent_mutants.ts";
import { type Mutant, mutantsOf } from "./support/mutations.ts";

const NOTICED_AT_LEAST = 0.95;
const SOURCE = "middleware/session/";

/** A mutant may loop for ever, or wait. The whole of the tests takes some 15 seconds of a processor. */
const CPU_SECONDS = 60;
const MILLISECONDS = 300_000;

const [count = "200", seed = String(Date.now() % 1e6), part = ""] = Deno.args;
const root = new URL("../", import.meta.url).pathname;

/** They need no permission, so that none waits for a disk or another program; the quickest come first. */
const CORE = [
  ...["rules_response", "rules_session", "rules_cookie", "rules_data"],
  ...["rules_outage", "rules_commit", "retries", "owned", "options", "types"],
  ...["testing", "seal", "clocks", "bound", "interleavings"],
].map((name) => `tests/${name}_test.ts`);

/** What stores have in common, and the store whose tests look at it. */
const USED_BY: Readonly<Record<string, string>> = {
  ...{ sweep: "sqlite", locked: "sqlite" },
  ...{ turns: "postgres", postgres_table: "postgres" },
};

/** The arguments of `deno test`: stores, and all that they have in common, have tests of their own, too. */
function testsOf(file: string): string[] {
  const [, store] = /stores\/(\w+)/.exec(file) ?? [];
  if (store === undefined) return ["core_test.ts"];
  const own = `tests/${USED_BY[store] ?? store}_store_test.ts`;
  const tests = existsSync(root + own) ? own : "tests/server_store_test.ts";
  return ["--allow-all", tests, "core_test.ts"];
}

/** A copy in which files can be broken; one file loads all tests of the core, as each start takes long. */
async function copyProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  const isLeftOut = /\/(?:\.[^/]*|coverage|dist|node_modules)$/;
  const filter = (path: string) => !isLeftOut.test(path);
  cpSync(root, copy, { recursive: true, filter });
  const imports = CORE.map((path) => `import "./${path}";\n`).join("");
  await Deno.writeTextFile(`${copy}/core_test.ts`, imports);
  return copy;
}

/** The name of the first test that fails; null: none does. */
async function firstFailure(
  folder: string,
  tests: readonly string[],
): Promise<string | null> {
  const limited = `ulimit -t ${CPU_SECONDS}; exec "$0" "$@"`;
  const deno = ["test", "--no-check", "--fail-fast", ...tests];
  const child = new Deno.Command("sh", {
    args: ["-c", limited, Deno.execPath(), ...deno],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
    detached: true, // a group of its own, with the servers that its tests start
  }).spawn();
  const stop = () => Deno.kill(-child.pid, "SIGKILL");
  const timer = setTimeout(stop, MILLISECONDS);
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  if (success) return null;
  const text = await new Blob([stdout, stderr]).text();
  return /^(\S.*?) \.\.\. .*FAILED/m.exec(text)?.[1] ??
    "none: it hangs or does not run";
}

/** Some of them, each once; the same for the same seed. */
function sample(all: readonly Mutant[]): Mutant[] {
  let state = 1 + Number(seed) * 1009;
  const next = () => state = state * 48_271 % 2_147_483_647; // Park and Miller's generator
  const shuffled = all.map((mutant) => ({ mutant, at: next() }))
    .sort((a, b) => a.at - b.at);
  return shuffled.slice(0, Number(count)).map(({ mutant }) => mutant);
}

const files = readdirSync(root + SOURCE, { recursive: true })
  .map((path) => `${SOURCE}${path}`).sort()
  .filter((path) =>
    path.includes(part) && /(?<!\.d)\.ts$/.test(path) &&
    !/\/(?:testing|durable_object)\//.test(path) // run by tests alone; by workerd alone
  );
const all = files.flatMap((file) =>
  mutantsOf(file, Deno.readTextFileSync(root + file))
);
const queue = sample(all);
const total = queue.length;
let done = 0;
let unnoticed = 0;

function report({ file, from, to }: Mutant, failure: string | null): void {
  const because = EQUIVALENT[to];
  if (failure === null && because === undefined) unnoticed++;
  const verdict = failure !== null
    ? `noticed by "${failure}"`
    : because !== undefined
    ? `equivalent: ${because}`
    : "NOT NOTICED";
  console.log(`${++done}. ${file.slice(SOURCE.length)}: ${verdict}`);
  console.log(`     ${from}\n  -> ${to}`);
}

/** Takes mutants from the queue until there are none left. */
async function work(folder: string): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const { file, at, length, broken } = mutant;
    const path = `${folder}/${file}`;
    const source = await Deno.readTextFile(path);
    const mistaken = source.slice(0, at) + broken + source.slice(at + length);
    await Deno.writeTextFile(path, mistaken);
    report(mutant, await firstFailure(folder, testsOf(file)));
    await Deno.writeTextFile(path, source);
  }
  await Deno.remove(folder, { recursive: true });
}

console.log(`${total} of ${all.length} mutants, seed ${seed}`);
const folders = [await copyProject(), await copyProject()] as const;
for (const tests of new Set(queue.map(({ file }) => testsOf(file).join(" ")))) {
  const failure = await firstFailure(folders[0], tests.split(" "));
  if (failure !== null) throw new Error(`Fails unbroken: ${failure}`);
}
await Promise.all(folders.map(work));
for (const listed of part === "" ? Object.keys(EQUIVALENT) : []) {
  if (all.some(({ to }) => to === listed)) continue;
  console.log(
    `No longer there, remove it from equivalent_mutants.ts: ${listed}`,
  );
}
console.log(`${unnoticed} of ${total} not noticed, nor known to be equivalent`);
// Of few mutants one may be missed: a new one must not stop somebody else's change.
if (unnoticed > Math.ceil(total * (1 - NOTICED_AT_LEAST))) Deno.exit(1);
