// The database goes away under the running app, and comes back.
import assert from "node:assert/strict";
import { untilReady } from "./support/contract.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { ask, isKnown, signIn } from "./support/operations.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { SCALE } from "./support/scale.ts";
import { type Server, startServer } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";

const NAMES = Array.from({ length: 20 }, (_, i) => `Visitor ${i}`);
const PASSWORD = "a-secret-of-the-database";

const DATABASES = {
  Redis: {
    ignore: noRedis,
    start: () =>
      startRedis({ args: ["--appendonly", "yes", "--appendfsync", "always"] }),
  },
  Postgres: {
    ignore: noPostgres,
    start: () => startPostgres({ password: PASSWORD }),
  },
};

for (const [name, { ignore, start }] of Object.entries(DATABASES)) {
  for (const kind of ["killed", "silent"]) {
    const begin = (database: Server) =>
      kind === "killed" ? database.stop("SIGKILL") : database.signal("SIGSTOP");
    const end = (database: Server) =>
      kind === "killed" ? database.restart() : database.signal("SIGCONT");
    testWhere(
      ignore,
      `${name} ${kind}: servers start without it, and share it once it is there; later pages that need it are 503 and others are served; back without a restart, with every session`,
      async () => {
        await using database = await start();
        await begin(database);
        const environment = {
          ...{ SESSION_SECRET: SECRET, SESSION_STORE: database.url },
        };
        await using server = await startServer({ environment });
        await using other = await startServer({ environment });
        const answers = async (
          ...[status, path, cookie = ""]: [number, string, string?]
        ) => {
          const answer = await ask(server.url + path, { headers: { cookie } });
          assert.equal(answer.status, status, path);
          return answer.headers;
        };
        await answers(503, "/healthz");
        await end(database);
        await Promise.all([server, other].map(untilReady));
        const sessions = await Promise.all(NAMES.map(async (name) => {
          const cookie = await signIn(server.url, name);
          return { name, cookie };
        }));

        await begin(database);
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
        await end(database);
        for (const { name, cookie } of sessions) {
          await eventually(async () =>
            assert(await isKnown(other.url, cookie, name), "logged out")
          );
        }
        assert.doesNotMatch(server.output(), RegExp(PASSWORD));
      },
    );
  }
}
