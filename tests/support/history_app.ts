// One of the servers of a history: history_app.ts SPEC, where SPEC is memory:, sqlite:PATH, denokv:PATH, or the URL of a database.
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import {
  memoryStore,
  session,
  type SessionEnvOf,
  type SessionStore,
} from "../../middleware/session/mod.ts";
import { denoKvStore } from "../../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../../server/postgres_pool.ts";
import { SECRET } from "./test_app.ts";

/** Opens what a `SESSION_STORE` names. */
async function openStore(spec: string): Promise<SessionStore> {
  const [, kind = spec, path = ""] = /^(\w+):(.*)$/.exec(spec) ?? [];
  switch (kind) {
    case "memory":
      return memoryStore();
    case "careless": { // compares no version, and so loses updates
      const store = memoryStore();
      return {
        ...store,
        async get(key) {
          const found = await store.get(key);
          await new Promise((resolve) => setTimeout(resolve, 2));
          return found;
        },
        async swap(key, value, _expected, ...rest) {
          await store.remove(key);
          return await store.swap(key, value, null, ...rest);
        },
      };
    }
    case "sqlite":
      return sqliteStore(path);
    case "denokv":
      return denoKvStore(await Deno.openKv(path));
    case "postgres":
      return openPostgres(spec);
    default:
      return redisStore({ url: spec });
  }
}

const sessions = session({
  schema: z.object({
    owner: z.string().optional(),
    list: z.array(z.number()).default([]),
    claim: z.string().optional(),
  }),
  secrets: [SECRET],
  store: await openStore(Deno.args[0] ?? ""),
  owner: ({ owner }) => owner,
});

const app = new Hono<SessionEnvOf<typeof sessions>>();
app.post("/ping", async (c) => c.json(await sessions.ping() ?? null));
app.post("/list/:owner", async (c) => {
  const list = await sessions.of(c.req.param("owner")).list();
  return c.json(list.map(({ id, data }) => ({ id, list: data.list })));
});
app.post(
  "/end/:owner",
  async (c) => c.json(await sessions.of(c.req.param("owner")).destroyAll()),
);
app.use(sessions);
app.post("/sign-in/:owner", async (c) => {
  const session = await c.var.session();
  session.restart({ keep: [] });
  session.update({ owner: c.req.param("owner") });
  return c.json({ id: session.info.id });
});
app.post("/:what/:number?", async (c) => {
  const { what, number } = c.req.param();
  const session = await c.var.session();
  const { isNew, id } = session.info;
  if (what === "read") {
    return c.json(isNew ? null : { id, list: session.data.list });
  }
  if (isNew) return c.json("who is it?", 401);
  const append = () =>
    session.update(({ list }) => ({ list: [...list, Number(number)] }));
  switch (what) {
    case "append":
      append();
      break;
    case "commit":
      append();
      await session.commit();
      throw new HTTPException(418, { message: "committed" });
    case "claim": {
      const mine = `${number} by ${crypto.randomUUID()}`;
      session.update(({ claim }) =>
        claim?.startsWith(`${number} `) ? {} : { claim: mine }
      );
      await session.commit();
      return c.json({ won: session.data.claim === mine });
    }
    case "regenerate":
      session.regenerate();
      break;
    case "restart":
      session.restart();
      break;
    case "destroy":
      session.destroy();
      return c.json({ id });
    case "destroy-all":
      await sessions.of(session.data.owner ?? "").destroyAll();
  }
  return c.json({ id: session.info.id });
});

Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
}, app.fetch);
