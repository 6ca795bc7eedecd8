// Breaks lines of the session's code, one at a time, in a copy of the project, and
// runs the tests: a mutant that survives is a hole in the tests.
//
//     deno task mutants [text]                    the chosen ones, whose file or line has the text
//     deno task mutants --random [count] [seed]   random ones
import { CHOSEN } from "./support/chosen_mutants.ts";
import { EQUIVALENT } from "./support/equivalent_mutants.ts";
import { type Mutant, mutantsOf, sample } from "./support/random_mutants.ts";

const TESTS = [
  "options",
  "rules_response",
  "rules_session",
  "rules_cookie",
  "rules_data",
  "rules_outage",
  "owned",
  "races",
  "seal",
  "remembering",
  "lifetime",
  "rotation",
  "bound",
  "types",
  "testing",
  "server_store",
  "memory_store",
  "app",
  "properties",
].map((name) => `tests/${name}_test.ts`);

/** What these tests run; the other stores have tests that need a server or a disk. */
const FILES = [
  ...["bound", "bound_cookies", "bound_endpoints", "bound_proof"],
  ...["base64url", "cookie", "errors", "events", "info", "json_safe"],
  ...["lifetime", "load", "middleware", "mount", "options", "owned"],
  ...["remembering", "response", "save", "schema", "seal", "session"],
  ...["stores/cookie", "stores/record", "stores/server_store"],
].map((name) => `middleware/session/${name}.ts`);

const root = new URL("../", import.meta.url).pathname;

async function copyProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  const listed = new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  });
  const { stdout } = await listed.output();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (path === "") continue;
    const folder = `${copy}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(root + path, `${copy}/${path}`).catch(() => {}); // removed, and not committed yet
  }
  return copy;
}

/** The name of the first test that fails; null: none does. */
async function firstFailure(folder: string): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--fail-fast", ...TESTS],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000), // a mutant may loop for ever
  }).output();
  if (success) return null;
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  return /^(.+?) \.\.\. .*FAILED/m.exec(text)?.[1] ?? "does not run";
}

/** Those that the command line asks for. */
async function wanted(): Promise<Mutant[]> {
  const [first = "", count = "200", seed = String(Date.now() % 1e9)] =
    Deno.args;
  if (first === "--random") {
    const all = await Promise.all(
      FILES.map(async (file) =>
        mutantsOf(file, await Deno.readTextFile(root + file))
      ),
    );
    console.log(`Seed ${seed}`);
    return sample(all.flat(), Number(count), Number(seed));
  }
  const chosen = CHOSEN.filter(({ file, line }) =>
    file.includes(first) || line.includes(first)
  );
  return await Promise.all(chosen.map(async ({ file, line, broken }) => {
    const source = await Deno.readTextFile(root + file);
    if (source.split(line).length !== 2) {
      throw new Error(`Not once in ${file}: ${line}`);
    }
    return { file, line, broken, at: source.indexOf(line) };
  }));
}

/** Why no test can notice it; undefined: one should. */
function equivalence(
  { file, line, broken }: Mutant,
  source: string,
  at: number,
): string | undefined {
  const start = source.lastIndexOf("\n", at + line.search(/\S/)) + 1;
  const whole = source.slice(start, source.indexOf("\n", start)).trim();
  return EQUIVALENT.find((known) =>
    file.endsWith(`/${known.file}`) && known.line === whole &&
    known.broken === broken.trim()
  )?.because;
}

/** Takes mutants from the list until there are none left. */
async function work(
  queue: Mutant[],
  report: (mutant: Mutant, failure: string | null, source: string) => void,
): Promise<void> {
  const folder = await copyProject();
  try {
    const failure = await firstFailure(folder);
    if (failure !== null) throw new Error(`Fails unbroken: ${failure}`);
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const { file, at, line, broken } = mutant;
      const path = `${folder}/${file}`;
      const source = await Deno.readTextFile(path);
      await Deno.writeTextFile(
        path,
        source.slice(0, at) + broken + source.slice(at + line.length),
      );
      report(mutant, await firstFailure(folder), source);
      await Deno.writeTextFile(path, source);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const queue = await wanted();
const total = queue.length;
let done = 0;
let noticed = 0;
let equivalent = 0;
const workers = Math.min(2, navigator.hardwareConcurrency);
await Promise.all(
  Array.from(
    { length: workers },
    () =>
      work(queue, (mutant, failure, source) => {
        const { file, at, line, broken } = mutant;
        const because = failure === null
          ? equivalence(mutant, source, at)
          : undefined;
        if (failure !== null) noticed++;
        else if (because !== undefined) equivalent++;
        const row = source.slice(0, at).split("\n").length;
        const [before, after] = [line, broken].map((code) =>
          code.replace(/\s+/g, " ").trim()
        );
        const verdict = failure !== null
          ? `noticed by "${failure}"`
          : because !== undefined
          ? `equivalent: ${because}`
          : "SURVIVED";
        console.log(
          `${++done}. ${
            file.replace("middleware/session/", "")
          }:${row}: ${before} → ${after || "(nothing)"}: ${verdict}`,
        );
      }),
  ),
);
console.log(
  `${noticed} of ${total} noticed, ${equivalent} equivalent, ${
    total - noticed - equivalent
  } survived`,
);
if (noticed + equivalent < total) Deno.exit(1);
