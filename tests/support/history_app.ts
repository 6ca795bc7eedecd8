// One server of a history: history_app.ts SPEC, where SPEC is sqlite:PATH, careless:PATH, denokv:PATH, or the URL of a database.
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { session, type SessionStore } from "../../middleware/session/mod.ts";
import { denoKvStore } from "../../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../../server/postgres_pool.ts";
import { SECRET } from "./test_app.ts";

const [spec = ""] = Deno.args;
const path = spec.replace(/^\w+:/, "");
const STORES: Record<string, () => SessionStore | Promise<SessionStore>> = {
  sqlite: () => sqliteStore(path),
  /** Compares no version, and so loses updates: a history must notice. */
  careless() {
    const store = sqliteStore(path);
    return {
      ...store,
      async swap(key, value, _expected, ...rest) {
        const { version = null } = await store.get(key) ?? {};
        return await store.swap(key, value, version, ...rest);
      },
    };
  },
  denokv: async () => denoKvStore(await Deno.openKv(path)),
  postgres: () => openPostgres(spec),
};
const open = STORES[spec.split(":")[0]!] ?? (() => redisStore({ url: spec }));

const sessions = session({
  schema: z.object({
    owner: z.string().optional(),
    list: z.array(z.number()).default([]),
  }),
  secrets: [SECRET],
  store: await open(),
  owner: ({ owner }) => owner,
});

const app = new Hono();
app.post("/list/:owner", async (c) => {
  const list = await sessions.of(c.req.param("owner")).list();
  return c.json(list.map(({ id, data }) => ({ id, list: data.list })));
});
app.post("/destroy-all/:owner", async (c) => {
  await sessions.of(c.req.param("owner")).destroyAll();
  return c.json(null);
});
app.post("/:what/:argument?", sessions, async (c) => {
  const { what, argument } = c.req.param();
  const session = await c.var.session();
  const { isNew, id } = session.info;
  if (what === "read") {
    return c.json(isNew ? null : { id, list: session.data.list });
  }
  const append = () =>
    session.update(({ list }) => ({ list: [...list, Number(argument)] }));
  if (what === "sign-in") {
    session.restart({ keep: [] });
    session.update({ owner: argument });
  } else if (isNew) return c.json(null, 401);
  else if (what === "append") append();
  else if (what === "regenerate") session.regenerate();
  else if (what === "restart") session.restart();
  else if (what === "destroy") session.destroy();
  else if (what === "commit") {
    append();
    await session.commit();
    throw new HTTPException(418); // stays, whatever the answer is
  }
  return c.json(what === "destroy" ? null : { id: session.info.id });
});

const hostname = "127.0.0.1";
const onListen = ({ port }: Deno.NetAddr) =>
  console.log(`http://${hostname}:${port}`);
Deno.serve({ port: 0, hostname, onListen }, app.fetch);
