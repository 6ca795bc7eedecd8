// The programs that a learner takes home: they run as they are, and one visitor finds the same in each.
import assert from "node:assert/strict";
import { browser } from "../middleware/session/testing/mod.ts";
import { PROGRAMS } from "../routes/programs.ts";
import settings from "../deno.json" with { type: "json" };
import { missing, testWhere } from "./support/missing.ts";

const KEY = "a secret of 32 bytes or more, for tests";
const SECRETS = { SECRET: KEY, SECRET_KEY: KEY };

/** How each program is started, in a folder where it is the file `app`. */
const STARTS: Record<
  string,
  (port: number, file: string) => Promise<string[]>
> = {
  flask: (port) =>
    Promise.resolve([
      ...["/usr/bin/python3", "-m", "flask"],
      ...["--app", "app", "run", "--port", `${port}`],
    ]),
  express: async (_port, file) => [
    ...[Deno.execPath(), "run", "-A", "--no-lock"],
    ...["--import-map", await importMap(EXPRESS_PACKAGES), file],
  ],
  hono: async (port, file) => [
    ...[Deno.execPath(), "serve", "-A", "--no-lock", "--no-check"],
    ...["--import-map", await importMap(HONO_PACKAGES)],
    ...["--host", "127.0.0.1", "--port", `${port}`, file],
  ],
};

const ENDINGS: Record<string, string> = {
  flask: "app.py",
  express: "app.mjs",
  hono: "app.ts",
};

const EXPRESS_PACKAGES = {
  ejs: "npm:ejs@3.1.10",
  express: "npm:express@5.1.0",
  "express-session": "npm:express-session@1.18.2",
};

const HONO_PACKAGES: Record<string, string> = {
  "@baton/session": new URL("../middleware/session/mod.ts", import.meta.url)
    .href,
};
for (const [name, npm] of Object.entries(settings.imports)) {
  HONO_PACKAGES[name] = npm;
  HONO_PACKAGES[`${name}/`] = npm.replace("npm:", "npm:/") + "/";
}

async function importMap(imports: Record<string, string>): Promise<string> {
  const path = `${await Deno.makeTempDir()}/imports.json`;
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  return path;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function noFlask(): Promise<string | null> {
  try {
    const { success } = await new Deno.Command("/usr/bin/python3", {
      args: ["-c", "import flask"],
      ...{ stdout: "null", stderr: "null" },
    }).output();
    return success ? null : missing("python3-flask");
  } catch {
    return missing("python3-flask");
  }
}

const JAY = { name: "Jay <b>", email: "kpatel@codingdojo.com" };

for (const { key, framework, source } of PROGRAMS) {
  const reason = key === "flask" ? await noFlask() : cannotRun();
  testWhere(
    reason,
    `${framework}: a name is remembered, and shown as text`,
    async () => {
      const cwd = await Deno.makeTempDir();
      const file = `${cwd}/${ENDINGS[key]}`;
      await Deno.writeTextFile(file, source);
      const port = freePort();
      const [command = "", ...args] = await STARTS[key]!(port, file);
      await using program = new Deno.Command(command, {
        ...{ args, cwd, stdout: "null", stderr: "piped" },
        env: { ...SECRETS, PORT: `${port}` },
      }).spawn();
      const errors = new Response(program.stderr).text();
      const origin = `http://127.0.0.1:${port}`;
      await answers(origin, errors);

      const visitor = browser({
        request: (url: string, init?: RequestInit) =>
          fetch(url, { ...init, redirect: "manual" }),
      }, { origin });
      const turnedAway = await visitor.get("/show");
      assert.equal(turnedAway.status, 303);
      await turnedAway.body?.cancel();
      assert.match(await (await visitor.get("/")).text(), /action="\/users"/);
      const posted = await visitor.post("/users", JAY);
      assert.equal(posted.status, 303);
      assert.match(posted.headers.get("Location") ?? "", /\/show$/);
      await posted.body?.cancel();
      const html = await (await visitor.get("/show")).text();
      assert.match(html, /<title>Form Test Show<\/title><h1>User:<\/h1>/);
      assert.match(
        html,
        /<h3>Jay &lt;b&gt;<\/h3>\s*<h3>kpatel@codingdojo\.com</,
      );

      const stranger = await fetch(`${origin}/show`, { redirect: "manual" });
      assert.equal(stranger.status, 303);
      await stranger.body?.cancel();
      program.kill();
      await errors;
    },
  );
}

function cannotRun(): string | null {
  return Deno.permissions.querySync({ name: "run" }).state === "granted"
    ? null
    : missing("the permission to run programs");
}

/** Waits until the program answers; what it printed, when it ends before that. */
async function answers(origin: string, errors: Promise<string>): Promise<void> {
  const ended = errors.then((text) => {
    throw new Error(`The program ended:\n${text}`);
  });
  ended.catch(() => {});
  const answered = (async () => {
    while (true) {
      try {
        const response = await fetch(origin);
        await response.body?.cancel();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  })();
  await Promise.race([answered, ended]);
}
