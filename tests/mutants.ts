// Makes small mistakes in the session's code, one at a time, in a copy of the project, and runs
// the quick tests: a mistake that they do not notice is a hole in them.
//
//     deno task mutants [count] [seed] [path]    such as: deno task mutants 20 1 stores/redis
import { EQUIVALENT } from "./support/equivalent_mutants.ts";
import { type Mutant, mutantsOf } from "./support/mutations.ts";

const NOTICED_AT_LEAST = 0.95;
const SOURCE = "middleware/session/";
/** A mutant may loop for ever. */
const MILLISECONDS = 120_000;

const [count = "200", seed = String(Date.now() % 1e6), part = ""] = Deno.args;
const root = new URL("../", import.meta.url).pathname;

/** The project's files; `folder` ends with a slash. */
async function listed(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    if (/^(?:\..*|coverage|dist|node_modules)$/.test(name)) continue;
    if (isDirectory) found.push(...await listed(`${folder}${name}/`));
    else found.push(folder + name);
  }
  return found.sort();
}

/** What tests of the session alone do not import: the app, and programs that have to start. */
const SLOW =
  /from "(?:\.\.\/(?!middleware\/session\/)|\.\/support\/(?:server|chromium|\w+_server|proofs\w*)\.ts)/;

const paths = await listed();

/** Run without permissions, so that no test waits for a disk or another program. */
const quick = paths.filter((path) => {
  if (!/^tests\/\w+_test\.ts$/.test(path)) return false;
  const code = Deno.readTextFileSync(root + path);
  return code.includes(`"../${SOURCE}`) && !SLOW.test(code);
});

/** The arguments of `deno test`: a store that is a program or a file has tests of its own, too. */
function testsOf(file: string): string[] {
  const [, store = ""] = /stores\/(\w+)/.exec(file) ?? [];
  const own = `tests/${store}_store_test.ts`;
  const all = "all_quick_test.ts";
  return paths.includes(own) ? ["--allow-all", own, all] : [all];
}

/** A copy in which files can be broken; one file loads all quick tests, as each start takes long. */
async function copyProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  for (const path of paths) {
    const folder = `${copy}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(root + path, `${copy}/${path}`);
  }
  const imports = quick.map((path) => `import "./${path}";\n`).join("");
  await Deno.writeTextFile(`${copy}/all_quick_test.ts`, imports);
  return copy;
}

/** The name of the first test that fails; null: none does. */
async function firstFailure(
  folder: string,
  file: string,
): Promise<string | null> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--fail-fast", ...testsOf(file)],
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
  const left = [...all];
  let state = 1 + Number(seed) * 1009;
  const random = (below: number): number => {
    state = state * 48_271 % 2_147_483_647; // Park and Miller's generator
    return state % below;
  };
  const length = Math.min(Number(count), left.length);
  return Array.from({ length }, () => left.splice(random(left.length), 1))
    .flat();
}

const files = paths.filter((path) =>
  path.startsWith(SOURCE) && path.includes(part) &&
  /(?<!\.d)\.ts$/.test(path) &&
  !/\/(?:testing|durable_object)\//.test(path) // run by tests alone; by workerd alone
);
const all = files.flatMap((file) =>
  mutantsOf(file, Deno.readTextFileSync(root + file))
);
const queue = sample(all);
const total = queue.length;
const tried = new Set<string>();
let done = 0;
let unnoticed = 0;

/** The tests have to pass before anything is broken; the first worker that needs them looks. */
async function mustPass(folder: string, file: string): Promise<void> {
  const tests = testsOf(file).join(" ");
  if (tried.has(tests)) return;
  tried.add(tests);
  const failure = await firstFailure(folder, file);
  if (failure !== null) {
    throw new Error(`Fails unbroken: ${failure} (${tests})`);
  }
}

function report({ file, from, to }: Mutant, failure: string | null): void {
  const known = EQUIVALENT.find((one) => one.from === from && one.to === to);
  if (failure === null && known === undefined) unnoticed++;
  const verdict = failure !== null
    ? `noticed by "${failure}"`
    : known !== undefined
    ? `equivalent: ${known.because}`
    : "NOT NOTICED";
  console.log(`${++done}. ${file.slice(SOURCE.length)}: ${verdict}`);
  console.log(`     ${from}\n  -> ${to}`);
}

/** Takes mutants from the queue until there are none left. */
async function work(): Promise<void> {
  const folder = await copyProject();
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const { file, at, length, broken } = mutant;
    await mustPass(folder, file);
    const path = `${folder}/${file}`;
    const source = await Deno.readTextFile(path);
    const mistaken = source.slice(0, at) + broken + source.slice(at + length);
    await Deno.writeTextFile(path, mistaken);
    report(mutant, await firstFailure(folder, file));
    await Deno.writeTextFile(path, source);
  }
  await Deno.remove(folder, { recursive: true });
}

console.log(`${total} of ${all.length} mutants, seed ${seed}`);
await Promise.all([work(), work()]);
for (const { from, to } of part === "" ? EQUIVALENT : []) {
  if (all.some((one) => one.from === from && one.to === to)) continue;
  console.log(`No longer there, remove it from equivalent_mutants.ts: ${from}`);
}
console.log(`${unnoticed} of ${total} not noticed, nor known to be equivalent`);
// Of few mutants one may be missed: a new one must not stop somebody else's change.
if (unnoticed > Math.ceil(total * (1 - NOTICED_AT_LEAST))) Deno.exit(1);
