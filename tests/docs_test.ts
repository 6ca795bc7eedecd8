// What the documents say is true: links lead somewhere, commands are there, code compiles and runs.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import {
  type App,
  type Browser,
  browser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { session } from "../middleware/session/mod.ts";
import { Hono } from "hono";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { startServer } from "./support/server.ts";

const root = new URL("../", import.meta.url).pathname;
const GENERATED = /^(?:\..*|coverage|dist|node_modules)$/;

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(mayDoAll ? null : "needs --allow-all", name, fn);

async function documents(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    if (GENERATED.test(name)) continue;
    if (isDirectory) found.push(...await documents(`${folder}${name}/`));
    else if (name.endsWith(".md")) found.push(folder + name);
  }
  return found.sort();
}

async function sources(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
    if (GENERATED.test(name)) continue;
    if (isDirectory) found.push(...await sources(`${folder}${name}/`));
    else if (/\.tsx?$/.test(name)) found.push(folder + name);
  }
  return found.sort();
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
  for (const path of await documents()) {
    const markdown = await Deno.readTextFile(root + path);
    for (const [, target = ""] of markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target.startsWith("../../security/")) continue; // the repository's form
      if (/^https:/.test(target)) {
        assert.ok(URL.canParse(target), `${path}: ${target}`);
        continue;
      }
      if (target.startsWith("../../security/")) continue; // GitHub's own page
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
  for (const path of await documents()) {
    const markdown = await Deno.readTextFile(root + path);
    for (const [, task = ""] of markdown.matchAll(/deno task ([\w:]+)/g)) {
      assert.ok(task in settings.tasks, `${path}: deno task ${task}`);
    }
    const named = /`((?:[\w.]+\/)*[\w.]+\.(?:tsx?|css|json|jsonc|md))`/g;
    for (const [, file = ""] of markdown.matchAll(named)) {
      const near = new URL(file, `file://${root}${path}`).pathname;
      const found = await Promise.all(
        [
          near,
          ...["", "tests/", "tests/support/", "middleware/session/"].map((
            folder,
          ) => root + folder + file),
        ].map(exists),
      );
      assert.ok(found.includes(true), `${path}: ${file}`);
    }
  }
});

test("the documents name the versions that are tested, and tests that are there", async () => {
  const pins: Record<string, string> = settings.imports;
  for (const path of await documents()) {
    const markdown = await Deno.readTextFile(root + path);
    for (
      const [, name = "", pin] of markdown.matchAll(/"([^"]+)": "(npm:[^"]+)"/g)
    ) {
      assert.equal(pin, pins[name], path);
    }
    for (
      const [, file, name = ""] of markdown.matchAll(/`(\w+\.ts)`\s+"([^"]+)"/g)
    ) {
      const code = await Deno.readTextFile(`${root}tests/${file}`)
        .catch(() => Deno.readTextFile(`${root}tests/support/${file}`));
      assert.ok(code.includes(name), `${path}: ${file} "${name}"`);
    }
  }
});

test("every npm package is named with one exact version, the same wherever it is named", async () => {
  const versions = new Map<string, string>();
  for (const path of [...await sources(), "deno.json"]) {
    const code = await Deno.readTextFile(root + path);
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
  const all = await Promise.all(
    (await documents()).map((path) => Deno.readTextFile(root + path)),
  );
  for (const task of Object.keys(settings.tasks)) {
    const mentioned = new RegExp(`deno task ${task}(?![\\w:])`);
    assert.ok(all.some((markdown) => mentioned.test(markdown)), task);
  }
});

test("README's curl commands show the greeting", async () => {
  const readme = await Deno.readTextFile(`${root}README.md`);
  const blocks = [...readme.matchAll(/```sh\n(curl .*?)```/gs)];
  assert.equal(blocks.length, 1);
  await using server = await startServer();
  const commands = blocks[0]?.[1]
    ?.replaceAll("http://localhost:5000", server.url) ?? "";
  const { stdout } = await new Deno.Command("sh", {
    args: ["-ec", commands],
    cwd: await Deno.makeTempDir(),
    stderr: "null",
  }).output();
  assert.match(new TextDecoder().decode(stdout), /jay@example\.com/);
});

test("the figures that README shows are the benchmark's", async () => {
  const rows = async (path: string): Promise<string[]> =>
    (await Deno.readTextFile(root + path)).split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.replaceAll(/\s+/g, " "));
  const measured = await rows("bench/README.md");
  const shown = (await rows("README.md")).filter((row) =>
    / (?:yes|no|\d+) \| (?:yes|no) /.test(row)
  );
  assert.ok(shown.length >= 5, `${shown.length} rows`);
  for (const row of shown) assert.ok(measured.includes(row), row);
});

const PACKAGE = "middleware/session/README.md";

/** What the recipes call yours. */
const USERS = `
interface User { readonly id: string; readonly epoch: number }
const users = new Map<string, User>([["jay", { id: "jay", epoch: 0 }]]);
export const findUser = (id: string): Promise<User | null> =>
  Promise.resolve(users.get(id) ?? null);
export const checkPassword = (name: string, password: string) =>
  password === "right" ? findUser(name) : Promise.resolve(null);
/** The other site's answer to a code. */
export const redeem = (code: string): Promise<User> =>
  Promise.resolve({ id: code, epoch: 0 });
export async function raiseEpoch(id: string): Promise<void> {
  const user = await findUser(id);
  if (user !== null) users.set(id, { id, epoch: user.epoch + 1 });
}
`;

/** Writes a document's code blocks into a folder, under the names that they begin with. */
async function extract(path: string, folder: string): Promise<string[]> {
  const markdown = await Deno.readTextFile(root + path);
  const blocks = [...markdown.matchAll(/^```tsx?\n(.*?)^```/gms)];
  return await Promise.all(blocks.map(async ([, code = ""], i) => {
    const name = /^\/\/ (\w+\.tsx?)$/m.exec(code)?.[1] ?? `block_${i}.ts`;
    const local = code.replaceAll(
      /"@baton\/session(\/[\w-]+)?"/g,
      (_, entry = "") => {
        const exports: Record<string, string> = settings.exports;
        return `"file://${root}${exports[`.${entry}`] ?? assert.fail(entry)}"`;
      },
    ).replace('"@hono/node-server"', '"npm:@hono/node-server@2.1.9"')
      .replace('from "postgres"', 'from "npm:postgres@3.4.9"')
      .replaceAll(/"(\.\/\w+)\.js"/g, '"$1.ts"');
    await Deno.writeTextFile(`${folder}/${name}`, local);
    return `${folder}/${name}`;
  }));
}

async function deno(...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { SESSION_SECRET: SECRET },
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
}

const SECRET = "the secret of the recipes: 32 bytes or more";

test("every code block compiles", async () => {
  for (const path of ["README.md", PACKAGE]) {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/users.ts`, USERS);
    const files = await extract(path, folder);
    assert.ok(files.length > 0);
    await deno("check", "-q", "--config", "deno.json", ...files);
  }
});

test("every example in the code's own documentation compiles", async () => {
  await deno("check", "-q", "--doc-only", "middleware/session");
});

/** Types of packages: to the linter whatever is not exported here is private. */
const FOREIGN =
  /'(?:Context|DurableObject|HTTPException|Hono|MiddlewareHandler|ZodObject|output)'$/;

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

test("the package could be published", async () => {
  await deno("publish", "-q", "--dry-run", "--allow-dirty");
});

/** The package's recipes, as modules that run. */
async function recipes() {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/users.ts`, USERS);
  await extract(PACKAGE, folder);
  return {
    folder,
    // deno-lint-ignore no-explicit-any -- each block exports something else
    async load(name: string, extension = "ts"): Promise<any> {
      Deno.env.set("SESSION_SECRET", SECRET);
      try {
        return await import(`file://${folder}/${name}.${extension}`);
      } finally {
        Deno.env.delete("SESSION_SECRET");
      }
    },
  };
}

test("recipes: sign in, out, and out everywhere", async () => {
  const { load } = await recipes();
  const signIn: Hono = (await load("sign_in")).app;
  const everywhere: Hono = (await load("everywhere")).app;
  const app: App = {
    request: (url: string, init?: RequestInit) =>
      /\/sign-(?:in|out)$/.test(url) ? signIn.request(url, init) : everywhere
        .request(url, init),
  };
  const right = { name: "jay", password: "right" };
  const [phone, laptop, stranger] = [browser(app), browser(app), browser(app)];

  const wrong = await phone.post("/sign-in", { name: "jay", password: "no" });
  assert.equal(wrong.status, 401);
  assert.equal(phone.cookies.size, 0);

  await phone.post("/sign-in", right);
  await laptop.post("/sign-in", right);
  assert.equal(await (await phone.get("/me")).text(), "jay");
  assert.equal((await stranger.get("/me")).headers.get("Location"), "/sign-in");

  const crossSite = await phone.post("/sign-out", {}, {
    headers: { Origin: "https://evil.example" },
  });
  assert.equal(crossSite.status, 403);

  await laptop.post("/sign-out-everywhere");
  assert.equal((await phone.get("/me")).headers.get("Location"), "/sign-in");
  assert.equal(phone.cookies.size, 0);
  await phone.post("/sign-in", right);
  assert.equal(await (await phone.get("/me")).text(), "jay");
  await phone.post("/sign-out");
  assert.equal((await phone.get("/me")).status, 303);
});

test("recipes: where somebody is signed in", async () => {
  const file = `${await Deno.makeTempDir()}/sessions.db`;
  Deno.env.set("SESSIONS_FILE", file);
  const { load } = await recipes();
  const { app, options } = await load("where");
  Deno.env.delete("SESSIONS_FILE");
  const [phone, laptop, eve] = [browser(app), browser(app), browser(app)];
  for (const visitor of [phone, laptop]) await visitor.post("/sign-in/jay");
  await eve.post("/sign-in/eve");
  const list = async (visitor: Browser) =>
    await (await visitor.get("/where")).json() as {
      id: string;
      isThisOne: boolean;
    }[];

  assert.equal((await browser(app).get("/where")).status, 401);
  assert.equal((await list(eve)).length, 1);
  assert.equal((await list(phone)).filter((one) => one.isThisOne).length, 1);
  const other = (await list(phone)).find((one) => !one.isThisOne);
  await eve.post(`/end/${other?.id}`);
  assert.equal((await list(phone)).length, 2);
  await phone.post(`/end/${other?.id}`);
  assert.equal((await laptop.get("/where")).status, 401);
  await laptop.post("/sign-in/jay");
  await laptop.post("/end-others");
  assert.equal((await phone.get("/where")).status, 401);
  assert.equal((await list(laptop)).length, 1);
  await options.store[Symbol.asyncDispose]();
});

test("recipes: the flash message is shown once", async () => {
  const { load } = await recipes();
  const visitor = browser((await load("flash")).app);
  const texts: string[] = [];
  await visitor.post("/save");
  for (let i = 0; i < 2; i++) texts.push(await (await visitor.get("/")).text());
  assert.deepEqual(texts, ["Saved.", "Nothing new."]);
});

test("recipes: a new key in a rolling deploy", async () => {
  const { load } = await recipes();
  const { release1, release2 } = await load("schemas");
  const seen = async (schema: typeof release1, cookie: string) => {
    const app = new Hono().use(session({ schema, secrets: [SECRET] }))
      .get("/", async (c) => c.json((await c.var.session()).data));
    return await (await app.request("/", { headers: { cookie } })).json();
  };
  const options = { schema: release1, secrets: [SECRET] };
  const old = await sealFor(session(options), { name: "Jay" });
  assert.deepEqual(await seen(release2, old), { name: "Jay", theme: "light" });
  const fresh = await sealFor(session({ ...options, schema: release2 }), {
    name: "Jay",
    theme: "dark",
  });
  assert.deepEqual(await seen(release1, fresh), { name: "Jay" });
});

test("recipes: no visitor is lost while a secret is changed", async () => {
  const { load } = await recipes();
  const { options } = await load("app");
  const { stages } = await load("secrets");
  const apps = [[SECRET], ...stages(SECRET, `${SECRET}, but new`)].map(
    (secrets: string[]) =>
      new Hono().use(session({ ...options, secrets }))
        .get("/", async (c) => {
          const session = await c.var.session();
          session.update({ name: "Jay" });
          return c.text(session.info.isNew ? "new" : "known");
        }),
  );
  let current = 0;
  const visitor = browser({
    request: (url: string, init?: RequestInit) =>
      apps[current]!.request(url, init),
  });
  const answers: string[] = [];
  for (; current < apps.length; current++) {
    answers.push(await (await visitor.get("/")).text());
  }
  assert.deepEqual(answers, ["new", "known", "known", "known"]);
});

test("recipes: behind a proxy cookies are those of https", async () => {
  const { load } = await recipes();
  const { headers } = await (await load("proxy")).app.request("/", {
    headers: { "X-Forwarded-Proto": "https" },
  });
  assert.match(headers.getSetCookie()[0] ?? "", /^__Host-session=.*; Secure/);
});

test("recipes: the tests of the routes pass", async () => {
  const { folder } = await recipes();
  await deno("test", "-qA", "--config", "deno.json", `${folder}/app_test.ts`);
});

test("recipes: remember me, and a cart that survives the sign-in", async () => {
  const { load } = await recipes();
  const app: Hono = (await load("remember_me")).app;
  const right = { name: "jay", password: "right" };
  const [kept, closed] = [browser(app), browser(app)];
  const long = await kept.post("/sign-in", { ...right, remember: "on" });
  assert.match(long.headers.getSetCookie()[0] ?? "", /Max-Age=2592000;/);
  const short = await closed.post("/sign-in", right);
  assert.doesNotMatch(short.headers.getSetCookie()[0] ?? "", /Max-Age/);
  for (const visitor of [kept, closed]) {
    assert.equal((await (await visitor.get("/me")).json()).userId, "jay");
  }
});

test("recipes: a sign-in that comes back by a post from another site keeps its state", async () => {
  const { load } = await recipes();
  const app: Hono = (await load("callback")).app;
  const visitor = browser(app);
  const away = await visitor.get("/sign-in");
  const location = new URL(away.headers.get("Location") ?? "");
  const state = location.searchParams.get("state") ?? "";
  // A Lax cookie does not come with a post from elsewhere.
  const back = await visitor.post("/callback", { code: "jay", state }, {
    headers: { Cookie: "", Origin: "https://id.example" },
  });
  assert.equal(back.status, 303);
  assert.deepEqual(back.headers.getSetCookie(), []);
  const path = back.headers.get("Location") ?? "";
  assert.equal((await visitor.get(path)).headers.get("Location"), "/");
  assert.equal((await visitor.get(path)).status, 403); // the state is used up
  assert.equal((await browser(app).get(path)).status, 403);
});

test("recipes: in an iframe, from another subdomain, and two sessions", async () => {
  const { load } = await recipes();
  const embedded: Hono = (await load("embedded")).app;
  const shown = await embedded.request("https://widget.example/widget");
  assert.match(
    shown.headers.getSetCookie()[0] ?? "",
    /Secure; SameSite=None; Partitioned$/,
  );

  const api: Hono = (await load("api")).app;
  const page = browser(api, { origin: "https://api.example.com" });
  const headers = { Origin: "https://app.example.com" };
  const added = await page.post("/cart/apple", {}, { headers });
  assert.deepEqual((await added.json()).cart, ["apple"]);
  const allow = "Access-Control-Allow-";
  assert.equal(added.headers.get(`${allow}Origin`), headers.Origin);
  assert.equal(added.headers.get(`${allow}Credentials`), "true");
  const foreign = await page.post("/cart/pear", {}, {
    headers: { Origin: "https://evil.example" },
  });
  assert.equal(foreign.status, 403);

  const two = browser((await load("two")).app as Hono);
  await two.post("/items/apple");
  await two.post("/sign-out");
  const items = await (await two.post("/items/pear")).json();
  assert.deepEqual(items, ["apple", "pear"]);
});

test("recipes: in JSX, in a stream, an audit log, a mobile client", async () => {
  const { load } = await recipes();
  const renderer: Hono = (await load("renderer", "tsx")).app;
  assert.match(
    await (await renderer.request("/")).text(),
    /<p>Hello, stranger<\/p>/,
  );

  const events = browser((await load("events")).app as Hono);
  assert.match(await (await events.get("/events")).text(), /Hello, stranger/);
  assert.equal(events.cookies.size, 1);

  const { app: audited, lines } = await load("audit");
  const visitor = browser(audited as Hono);
  await visitor.get("/");
  await visitor.get("/end");
  const log = lines.map((line: string) => JSON.parse(line));
  assert.deepEqual(
    log.map(({ type, path }: { type: string; path: string }) => [type, path]),
    [
      ["began", "/"],
      ["ended", "/end"],
    ],
  );

  const mobile: Hono = (await load("mobile")).app;
  const origin = "https://api.example";
  const begun = await mobile.request(`${origin}/name/jay`, { method: "POST" });
  const token = begun.headers.get("X-Session") ?? "";
  const me = await mobile.request(`${origin}/me`, {
    headers: { "X-Session": token },
  });
  assert.equal(await me.text(), "jay");
});
