// The database goes away under the running app, and comes back.
import assert from "node:assert/strict";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { SCALE } from "./support/scale.ts";
import { startServer } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";

const VISITORS = 20;

const DATABASES = {
  Redis: {
    ignore: noRedis,
    start: () =>
      startRedis({ args: ["--appendonly", "yes", "--appendfsync", "always"] }),
  },
  Postgres: { ignore: noPostgres, start: () => startPostgres() },
};

for (const [name, { ignore, start }] of Object.entries(DATABASES)) {
  for (const kind of ["killed", "silent"] as const) {
    testWhere(
      ignore,
      `${name} ${kind}: pages that need it are 503 and others are served; back without a restart, with every session`,
      async () => {
        await using database = await start();
        await using server = await startServer({
          environment: { SESSION_SECRET: SECRET, SESSION_STORE: database.url },
        });
        const ask = async (path: string, cookie = "") => {
          const response = await fetch(server.url + path, {
            headers: { cookie },
            redirect: "manual",
          });
          return { response, html: await response.text() };
        };
        const cookies = await Promise.all(
          Array.from({ length: VISITORS }, (_, i) => signIn(server.url, i)),
        );
        const [, style = ""] =
          /href="(\/assets\/[^"]+\.css)"/.exec((await ask("/")).html) ?? [];

        if (kind === "killed") await database.kill();
        else database.signal("SIGSTOP");
        for (let round = 0; round < 3 * SCALE; round++) {
          await Promise.all([
            ...cookies.map(async (cookie) => {
              const { response } = await ask("/show", cookie);
              assert.equal(response.status, 503);
              assert.notEqual(response.headers.get("Retry-After"), null);
              assert.deepEqual(response.headers.getSetCookie(), []);
            }),
            ask("/healthz").then(({ response }) =>
              assert.equal(response.status, 503)
            ),
            ask(style).then(({ response }) =>
              assert.equal(response.status, 200)
            ),
          ]);
        }
        if (kind === "killed") await database.restart();
        else database.signal("SIGCONT");

        for (const [i, cookie] of cookies.entries()) {
          await eventually(async () => {
            const { response, html } = await ask("/show", cookie);
            assert.notEqual(response.status, 303, "logged out");
            assert(html.includes(`<h3>Visitor ${i}</h3>`));
          });
        }
      },
    );
  }
}

async function signIn(url: string, i: number): Promise<string> {
  const response = await fetch(`${url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name: `Visitor ${i}`, email: "a@example.com" }),
    redirect: "manual",
  });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
