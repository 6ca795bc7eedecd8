// The database goes away under the running app, and comes back.
import assert from "node:assert/strict";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { ask, isKnown, signIn } from "./support/operations.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { SCALE } from "./support/scale.ts";
import { startServer } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";

const NAMES = Array.from({ length: 20 }, (_, i) => `Visitor ${i}`);

const DATABASES = {
  Redis: {
    ignore: noRedis,
    start: () =>
      startRedis({ args: ["--appendonly", "yes", "--appendfsync", "always"] }),
  },
  Postgres: { ignore: noPostgres, start: () => startPostgres() },
};

for (const [database, { ignore, start }] of Object.entries(DATABASES)) {
  for (const kind of ["killed", "silent"] as const) {
    testWhere(
      ignore,
      `${database} ${kind}: pages that need it are 503 and others are served; back without a restart, with every session`,
      async () => {
        await using database = await start();
        await using server = await startServer({
          environment: { SESSION_SECRET: SECRET, SESSION_STORE: database.url },
        });
        const { url } = server;
        const sessions = await Promise.all(NAMES.map(async (name) => {
          const cookie = await signIn(url, name);
          return { name, cookie };
        }));
        const answers = async (status: number, path: string, cookie = "") => {
          const answer = await ask(url + path, { headers: { cookie } });
          assert.equal(answer.status, status, path);
          return answer.headers;
        };

        if (kind === "killed") await database.stop("SIGKILL");
        else database.signal("SIGSTOP");
        for (let round = 0; round < 3 * SCALE; round++) {
          await Promise.all([
            ...sessions.map(async ({ cookie }) => {
              const headers = await answers(503, "/show", cookie);
              assert.notEqual(headers.get("Retry-After"), null);
              assert.deepEqual(headers.getSetCookie(), []);
            }),
            answers(503, "/healthz"),
            answers(200, "/forget"),
          ]);
        }
        if (kind === "killed") await database.restart();
        else database.signal("SIGCONT");

        for (const { name, cookie } of sessions) {
          await eventually(async () =>
            assert(await isKnown(url, cookie, name), "logged out")
          );
        }
      },
    );
  }
}
