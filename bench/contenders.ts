// The same tiny app, once for each way to keep a session. Run as a program it serves one
// of them: contenders.ts NAME PORT [OPTIONS as JSON]
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { HTTPException } from "hono/http-exception";
import { getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { z } from "zod";
import {
  session,
  type SessionOptions,
  type SessionStore,
} from "../middleware/session/mod.ts";
import { controlledStore } from "../tests/support/controlled_store.ts";

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
  /** Default "session". */
  readonly cookieName?: string;
  /** How long a session lives. Default 28,800. */
  readonly seconds?: number;
  /** Middleware between the session and the page. */
  readonly inside?: MiddlewareHandler;
  /** Whether it keeps sessions in the memory of the server, if it can, to count in them. */
  readonly isStored?: boolean;
}

/** Nothing. */
const nothing: MiddlewareHandler = (_, next) => next();

/** `GET /refuse`: the session's middleware, and a guard that changes the name and throws, as one. */
function refusing(
  app: Hono,
  session: MiddlewareHandler,
  rename: (c: Context) => unknown,
): void {
  const guard: MiddlewareHandler = async (c) => {
    await rename(c);
    throw new HTTPException(404);
  };
  app.use("/refuse", every(session, guard));
}

interface User {
  readonly name: string;
  readonly email: string;
  readonly count?: number;
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
  count: z.number().optional(),
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
  { secrets, cookieName = "session", seconds = 28_800, inside = nothing }:
    Options = {},
): Hono {
  const sessions = session({
    ...batonOptions(seal, store, secrets),
    cookieName,
    lifetime: { idle: Math.min(1800, seconds), absolute: seconds },
  });
  const app = new Hono();
  refusing(app, sessions, async (c) => {
    (await c.var["session"]()).update({ name: "Eve" });
  });
  return app.use(sessions).use("/show", inside)
    .get("/plain", (c) => c.html(page(ANYBODY)))
    .get("/show", async (c) => {
      const { data } = await c.var.session();
      return c.html(page(data as User));
    })
    .post("/users", async (c) => {
      const session = await c.var.session();
      session.update(await form(c));
      return c.redirect("/show", 303);
    })
    .post("/add", async (c) => {
      const session = await c.var.session();
      await thought();
      session.update(({ count = 0 }) => ({ count: count + 1 }));
      return c.text("");
    })
    .post("/once", async (c) => {
      const session = await c.var.session();
      const email = session.take("email");
      await session.commit();
      return c.text(email ?? "");
    })
    .get("/count", async (c) =>
      c.text(
        String((await c.var.session()).data.count),
      )) as unknown as Hono;
}

/** The time of a question to a store, in which another request may come. */
function thought(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

const ANYBODY: User = { name: "User 0", email: "user0@example.com" };
const NO_USER: User = { name: "", email: "" };

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

  // The cost of HTTP itself: a Cookie read, two headers set, and no session.
  "headers alone": () => {
    const app = new Hono<{ Variables: { read: () => Promise<User> } }>();
    app.use(async (c, next) => {
      let isRead = false;
      c.set("read", () => {
        isRead = c.req.raw.headers.has("Cookie");
        return Promise.resolve(ANYBODY);
      });
      await next();
      if (!isRead) return;
      c.res.headers.set("Cache-Control", "private, no-store");
      c.res.headers.append("Vary", "Cookie");
    });
    app.get("/plain", (c) => c.html(page(ANYBODY)));
    app.get("/show", async (c) => c.html(page(await c.var.read())));
    app.post("/users", (c) => c.redirect("/show", 303));
    return app as unknown as Hono;
  },

  "Baton, signed": (options) =>
    baton(
      "sign",
      options.isStored ? controlledStore({ turn: thought }) : undefined,
      options,
    ),
  "Baton, encrypted": (options) => baton("encrypt", undefined, options),

  "Baton, SQLite": async ({ path = "" }) => {
    const { sqliteStore } = await import(
      "../middleware/session/stores/sqlite/mod.ts"
    );
    return baton("sign", sqliteStore(path));
  },

  "Baton, Redis": async ({ url = "" }) => {
    const { redisStore } = await import(
      "../middleware/session/stores/redis/mod.ts"
    );
    return baton("sign", redisStore({ url }));
  },

  "Baton, Deno KV": async ({ path = "" }) => {
    const { denoKvStore } = await import(
      "../middleware/session/stores/deno_kv.ts"
    );
    return baton("sign", denoKvStore(await Deno.openKv(path)));
  },

  "hono/cookie, signed": (
    { cookieName = "session", seconds = 28_800, inside = nothing },
  ) =>
    new Hono()
      .use("/show", inside)
      .get("/show", async (c) => {
        const value = await getSignedCookie(c, SECRET, cookieName);
        return c.html(
          page(value ? JSON.parse(value) : { name: "", email: "" }),
        );
      })
      .post("/users", async (c) => {
        const value = JSON.stringify(await form(c));
        await setSignedCookie(c, cookieName, value, SECRET, {
          httpOnly: true,
          sameSite: "Lax",
          path: "/",
          maxAge: seconds,
        });
        return c.redirect("/show", 303);
      }),

  "@hono/session": async (
    { cookieName, seconds = 28_800, isStored, inside = nothing },
  ) => {
    const { useSession, useSessionStorage } = await import(
      PEERS["@hono/session"]
    );
    const app = new Hono<{ Variables: { session: PeerSession } }>();
    if (isStored) {
      const kept = new Map<string, string>();
      app.use(useSessionStorage({
        async get(id: string) {
          const user = kept.get(id) ?? "null";
          await thought(); // the answer's way back
          return JSON.parse(user);
        },
        set(id: string, user: User) {
          kept.set(id, JSON.stringify(user));
        },
        delete(id: string) {
          kept.delete(id);
        },
      }));
    }
    const sessions = useSession({
      secret: SECRET,
      duration: { absolute: seconds },
      ...(cookieName && {
        setCookie: (
          c: Context,
          _: string,
          value: string,
          options: CookieOptions,
        ) => setCookie(c, cookieName, value, options),
      }),
    });
    refusing(
      app as unknown as Hono,
      sessions,
      (c) => c.var["session"].update({ ...NO_USER, name: "Eve" }),
    );
    app.use(sessions).use("/show", inside);
    app.get(
      "/show",
      async (c) => c.html(page(await c.var.session.get() ?? NO_USER)),
    );
    app.post("/users", async (c) => {
      await c.var.session.update(await form(c));
      return c.redirect("/show", 303);
    });
    if (isStored) {
      app.post("/add", async (c) => {
        await c.var.session.get();
        await thought();
        await c.var.session.update((user) => ({
          ...user ?? NO_USER,
          count: (user?.count ?? 0) + 1,
        }));
        return c.text("");
      });
      app.post("/once", async (c) => {
        const { email = "" } = await c.var.session.get() ?? {};
        await thought();
        await c.var.session.update((user) => ({
          ...user ?? NO_USER,
          email: "",
        }));
        return c.text(email);
      });
      app.get(
        "/count",
        async (c) => c.text(String((await c.var.session.get())?.count)),
      );
    }
    return app as unknown as Hono;
  },

  "iron-session": async (
    { cookieName = "session", seconds = 28_800, inside = nothing },
  ) => {
    const { getIronSession } = await import(PEERS["iron-session"]);
    const options = { password: SECRET, cookieName, ttl: seconds };
    const open = (c: Context, response: Response) =>
      getIronSession(c.req.raw, response, options);
    return new Hono()
      .use("/show", inside)
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

  "hono-sessions": async (
    { cookieName, seconds = 28_800, isStored, inside = nothing },
  ) => {
    const { sessionMiddleware, CookieStore } = await import(
      PEERS["hono-sessions"]
    );
    const app = new Hono<{ Variables: { session: PeerStore } }>();
    const sessions = sessionMiddleware({
      store: isStored ? farStore() : new CookieStore(),
      encryptionKey: SECRET,
      expireAfterSeconds: seconds,
      ...(cookieName && { sessionCookieName: cookieName }),
      cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
    });
    refusing(
      app as unknown as Hono,
      sessions,
      (c) => c.var["session"].set("name", "Eve"),
    );
    app.use(sessions).use("/show", inside);
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
    if (isStored) {
      app.post("/add", async (c) => {
        const count = Number(c.var.session.get("count") ?? 0);
        await thought();
        c.var.session.set("count", String(count + 1));
        return c.text("");
      });
      app.post("/once", async (c) => {
        const email = c.var.session.get("email");
        await thought();
        c.var.session.set("email", "");
        return c.text(email);
      });
      app.get("/count", (c) => c.text(c.var.session.get("count")));
    }
    return app as unknown as Hono;
  },
};

/** A store of hono-sessions in a Map, some way off. */
function farStore() {
  const kept = new Map<string, string>();
  const save = async (id: string, data: unknown) => {
    await thought();
    kept.set(id, JSON.stringify(data));
  };
  return {
    createSession: save,
    persistSessionData: save,
    async getSessionById(id: string) {
      const data = kept.get(id) ?? "null";
      await thought();
      return JSON.parse(data);
    },
    async deleteSession(id: string) {
      await thought();
      kept.delete(id);
    },
  };
}

interface PeerSession {
  get(): Promise<User | null>;
  update(user: User | ((latest: User | null) => User)): Promise<void>;
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
  const listen = { hostname: "127.0.0.1", port: Number(port), reusePort: true };
  Deno.serve(listen, app.fetch);
}
