// The programs that a learner takes home: they run as they are, and one visitor finds the same in each.
import assert from "node:assert/strict";
import { browser } from "../middleware/session/testing/mod.ts";
import { PROGRAMS } from "../routes/programs.ts";
import { writeConfig } from "./support/deno_config.ts";
import { eventually } from "./support/eventually.ts";
import { mayDoAll, missing, testWhere } from "./support/missing.ts";
import { freePort } from "./support/redis_server.ts";

const KEY = "a secret of 32 bytes or more, for tests";
const JAY = { name: "Jay <b>", email: "kpatel@codingdojo.com" };
const PACKAGES = {
  "@baton/session": import.meta.resolve("../middleware/session/mod.ts"),
  ejs: "npm:ejs@3.1.10",
  express: "npm:express@5.1.0",
  "express-session": "npm:express-session@1.18.2",
};

/** As the programs say it themselves, but that Deno stands in for Node. */
const STARTS: Record<string, { file: string; command: string }> = {
  Flask: {
    file: "app.py",
    command: "exec /usr/bin/python3 -m flask --app app run --port $PORT",
  },
  Express: {
    file: "app.mjs",
    command: `exec ${Deno.execPath()} run -A --no-lock app.mjs`,
  },
  Hono: {
    file: "app.ts",
    command:
      `exec ${Deno.execPath()} serve -A --no-lock --no-check --host 127.0.0.1 --port $PORT app.ts`,
  },
};

const hasFlask = mayDoAll && new Deno.Command("sh", {
  args: ["-c", "/usr/bin/python3 -c 'import flask'"],
  stderr: "null",
}).outputSync().success;

for (const { framework, source } of PROGRAMS) {
  testWhere(
    mayDoAll && (framework !== "Flask" || hasFlask)
      ? null
      : missing("python3-flask"),
    `${framework}: a name is remembered, and shown as text`,
    async () => {
      const { file, command } = STARTS[framework] ?? assert.fail();
      const cwd = await Deno.makeTempDir();
      await writeConfig(cwd, PACKAGES);
      await Deno.writeTextFile(`${cwd}/${file}`, source);
      const PORT = String(freePort());
      await using _program = new Deno.Command("sh", {
        ...{ args: ["-c", `${command} 2>errors`], cwd, stdout: "null" },
        env: { SECRET: KEY, SECRET_KEY: KEY, PORT },
      }).spawn();
      const origin = `http://127.0.0.1:${PORT}`;
      const ask = async (path: string, init?: RequestInit) => {
        const asked = { ...init, redirect: "manual" } as const;
        const response = await fetch(new URL(path, origin), asked);
        return new Response(await response.text(), response);
      };
      await eventually(() => ask("/")).catch(() =>
        assert.fail(Deno.readTextFileSync(`${cwd}/errors`))
      );

      const visitor = browser({ request: ask }, { origin });
      assert.equal((await visitor.get("/show")).status, 303);
      assert.match(await (await visitor.get("/")).text(), /action="\/users"/);
      const posted = await visitor.post("/users", JAY);
      assert.equal(posted.status, 303);
      assert.match(posted.headers.get("Location") ?? "", /\/show$/);
      const html = await (await visitor.get("/show")).text();
      assert.match(html, /<title>Form Test Show<\/title><h1>User:<\/h1>/);
      assert.match(
        html,
        /<h3>Jay &lt;b&gt;<\/h3>\s*<h3>kpatel@codingdojo\.com</,
      );
      assert.equal((await ask("/show")).status, 303);
    },
  );
}
