// The same tiny app, once for each way to keep a session. Run as a program it serves one
// of them: contenders.ts NAME PORT [OPTIONS as JSON]
import { type Context, Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { z } from "zod";
import {
  session,
  type SessionOptions,
  type SessionStore,
} from "../middleware/session/mod.ts";

/** The peers, each as its own documentation sets it up. They stay out of the app's imports and lock. */
export const PEERS = {
  "@hono/session": "npm:@hono/session@0.2.1",
  "iron-session": "npm:iron-session@9.0.1",
  "hono-sessions": "npm:hono-sessions@0.8.1",
} as const;

export interface Options {
  /** How many secrets, the last of which sealed the cookies. Baton only. */
  readonly secrets?: number;
  /** Where SQLite or Deno KV keep their file. */
  readonly path?: string;
  /** Where Redis is. */
  readonly url?: string;
}

interface User {
  readonly name: string;
  readonly email: string;
}

const SECRET = "a secret of the benchmark, with 32 bytes or more";

function page({ name, email }: User): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Form Test Show</title></head>` +
    `<body><h1>User:</h1><h3>${name}</h3><h3>${email}</h3></body></html>`;
}

async function form(c: Context): Promise<User> {
  const { name = "", email = "" } = await c.req.parseBody();
  return { name: String(name), email: String(email) };
}

const schema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
});

/** The session's options for a benchmark of Baton. */
export function batonOptions(
  seal: "sign" | "encrypt",
  store?: SessionStore,
  secrets = 1,
): SessionOptions<typeof schema> {
  return {
    schema,
    seal,
    secrets: Array.from({ length: secrets }, (_, i) => `${SECRET}${i}`)
      .reverse(),
    ...(store && { store }),
  };
}

function baton(
  seal: "sign" | "encrypt",
  store?: SessionStore,
  secrets?: number,
): Hono {
  const sessions = session(batonOptions(seal, store, secrets));
  return new Hono().use(sessions)
    .get("/plain", (c) => c.html(page(ANYBODY)))
    .get("/show", async (c) => {
      const { data } = await c.var.session();
      return c.html(page(data as User));
    })
    .post("/users", async (c) => {
      const session = await c.var.session();
      session.update(await form(c));
      return c.redirect("/show", 303);
    }) as unknown as Hono;
}

const ANYBODY: User = { name: "User 0", email: "user0@example.com" };

export const CONTENDERS: Record<
  string,
  (options: Options) => Hono | Promise<Hono>
> = {
  "no session": () =>
    new Hono()
      .get("/plain", (c) => c.html(page(ANYBODY)))
      .get("/show", (c) => c.html(page(ANYBODY)))
      .post("/users", async (c) => {
        await form(c);
        return c.redirect("/show", 303);
      }),

  "Baton, signed": ({ secrets }) => baton("sign", undefined, secrets),
  "Baton, encrypted": ({ secrets }) => baton("encrypt", undefined, secrets),

  "Baton, SQLite": async ({ path = "" }) => {
    const { sqliteStore } = await import(
      "../middleware/session/stores/sqlite.ts"
    );
    return baton("sign", sqliteStore(path));
  },

  "Baton, Redis": async ({ url = "" }) => {
    const { redisStore } = await import(
      "../middleware/session/stores/redis.ts"
    );
    return baton("sign", redisStore({ url }));
  },

  "Baton, Deno KV": async ({ path = "" }) => {
    const { denoKvStore } = await import(
      "../middleware/session/stores/deno_kv.ts"
    );
    return baton("sign", denoKvStore(await Deno.openKv(path)));
  },

  "hono/cookie, signed": () =>
    new Hono()
      .get("/show", async (c) => {
        const value = await getSignedCookie(c, SECRET, "session");
        return c.html(
          page(value ? JSON.parse(value) : { name: "", email: "" }),
        );
      })
      .post("/users", async (c) => {
        const value = JSON.stringify(await form(c));
        await setSignedCookie(c, "session", value, SECRET, {
          httpOnly: true,
          sameSite: "Lax",
          path: "/",
          maxAge: 28_800,
        });
        return c.redirect("/show", 303);
      }),

  "@hono/session": async () => {
    const { useSession } = await import(PEERS["@hono/session"]);
    const app = new Hono<{ Variables: { session: PeerSession } }>();
    app.use(useSession({ secret: SECRET, duration: { absolute: 28_800 } }));
    app.get(
      "/show",
      async (c) =>
        c.html(page(await c.var.session.get() ?? { name: "", email: "" })),
    );
    app.post("/users", async (c) => {
      await c.var.session.update(await form(c));
      return c.redirect("/show", 303);
    });
    return app as unknown as Hono;
  },

  "iron-session": async () => {
    const { getIronSession } = await import(PEERS["iron-session"]);
    const options = { password: SECRET, cookieName: "session", ttl: 28_800 };
    const open = (c: Context, response: Response) =>
      getIronSession(c.req.raw, response, options);
    return new Hono()
      .get("/show", async (c) => {
        const response = new Response();
        return c.html(page(await open(c, response)));
      })
      .post("/users", async (c) => {
        const user = await form(c);
        const response = new Response(null, {
          status: 303,
          headers: { Location: "/show" },
        });
        const session = await open(c, response);
        Object.assign(session, user);
        await session.save();
        return response;
      });
  },

  "hono-sessions": async () => {
    const { sessionMiddleware, CookieStore } = await import(
      PEERS["hono-sessions"]
    );
    const app = new Hono<{ Variables: { session: PeerStore } }>();
    app.use(
      sessionMiddleware({
        store: new CookieStore(),
        encryptionKey: SECRET,
        expireAfterSeconds: 28_800,
        cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
      }),
    );
    app.get("/show", (c) => {
      const { session } = c.var;
      return c.html(
        page({ name: session.get("name"), email: session.get("email") }),
      );
    });
    app.post("/users", async (c) => {
      const { name, email } = await form(c);
      c.var.session.set("name", name);
      c.var.session.set("email", email);
      return c.redirect("/show", 303);
    });
    return app as unknown as Hono;
  },
};

interface PeerSession {
  get(): Promise<User | null>;
  update(user: User): Promise<void>;
}

interface PeerStore {
  get(key: string): string;
  set(key: string, value: string): void;
}

if (import.meta.main) {
  const [name = "", port = "", options = "{}"] = Deno.args;
  const make = CONTENDERS[name];
  if (make === undefined) throw new Error(`No contender is called ${name}`);
  const app = await make(JSON.parse(options));
  Deno.serve({ hostname: "127.0.0.1", port: Number(port) }, app.fetch);
}
