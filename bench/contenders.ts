// The same tiny app, once for each way to keep a session. Run as a program it serves one
// of them: contenders.ts NAME [OPTIONS as JSON]
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { HTTPException } from "hono/http-exception";
import { getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { z } from "zod";
import type { StoreConfig } from "../config.ts";
import { type Session, session } from "../middleware/session/mod.ts";
import { openStore } from "../server/open_store.ts";
import { controlledStore } from "../tests/support/controlled_store.ts";

/** They, and their types, stay out of the app's imports and lock; each is set up as its documentation does. */
const peer = (specifier: string) => import(specifier);

export interface Options {
  /** Where Baton keeps its sessions. Default: in the cookie. */
  readonly place?: StoreConfig;
  /** Default "session". */
  readonly cookieName?: string;
  /** Middleware between the session and the page. */
  readonly inside?: MiddlewareHandler;
  /** Sessions in the memory of the server, if it can. */
  readonly isStored?: boolean;
}

interface User {
  readonly name: string;
  readonly email: string;
  readonly count?: number;
}

const ANYBODY: User = { name: "User 0", email: "user0@example.com" };
const NO_USER: User = { name: "", email: "" };
const SECRET = "a secret of the benchmark, with 32 bytes or more";

const SECONDS = 28_800;

type Change = (latest: User) => Partial<User>;

// deno-lint-ignore no-explicit-any
type PeerEnv = { Variables: { session: any } };
type Peer = Context<PeerEnv>;
export type PeerApp = Hono<PeerEnv>;

/** One way to keep a session. */
interface Way {
  readonly use?: MiddlewareHandler[];
  read(c: Peer): Promise<User> | User;
  write(c: Peer, change: Change): unknown;
  /** Reads `email`, and removes it. Default: by `read` and `write`. */
  take?(c: Peer): Promise<string>;
}

function page({ name, email }: User): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Form Test Show</title></head>` +
    `<body><h1>User:</h1><h3>${name}</h3><h3>${email}</h3></body></html>`;
}

/** The time of a question to a store, in which another request may come. */
function thought(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function appOf(
  { use = [], read, write, take }: Way,
  { inside }: Options,
): PeerApp {
  const app: PeerApp = new Hono();
  const guard: MiddlewareHandler<PeerEnv> = async (c) => {
    await write(c, () => ({ name: "Eve" }));
    throw new HTTPException(404);
  };
  app.use("/refuse", every(...use, guard));
  for (const middleware of use) app.use(middleware);
  if (inside) app.use("/show", inside);
  app.get("/plain", (c) => c.html(page(ANYBODY)));
  app.get("/show", async (c) => c.html(page(await read(c))));
  app.post("/users", async (c) => {
    const { name = "", email = "" } = await c.req.parseBody();
    const user = { name: String(name), email: String(email) };
    await write(c, () => user);
    return c.redirect("/show", 303);
  });
  app.post("/add", async (c) => {
    await read(c);
    await thought();
    await write(c, ({ count = 0 }) => ({ count: Number(count) + 1 }));
    return c.text("");
  });
  app.post("/once", async (c) => {
    if (take) return c.text(await take(c));
    const { email } = await read(c);
    await thought();
    await write(c, () => ({ email: "" }));
    return c.text(email);
  });
  app.get("/count", async (c) => c.text(String((await read(c)).count)));
  return app;
}

const schema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  count: z.number().optional(),
});

/** The session's options for a benchmark of Baton. */
export function batonOptions(seal: "sign" | "encrypt") {
  return { schema, seal, secrets: [SECRET] };
}

type Make = (options: Options) => PeerApp | Promise<PeerApp>;

function baton(seal: "sign" | "encrypt"): Make {
  const opened = ({ var: { session } }: Peer): Promise<Session<User>> =>
    session();
  return async (options) => {
    const { cookieName = "session", isStored, place } = options;
    const store = isStored
      ? controlledStore({ turn: thought })
      : await openStore(place ?? { kind: "cookie" });
    return appOf({
      use: [session({ ...batonOptions(seal), store, cookieName })],
      read: async (c) => (await opened(c)).data,
      write: async (c, change) => (await opened(c)).update(change),
      async take(c) {
        const session = await opened(c);
        const email = session.take("email");
        await session.commit();
        return email ?? "";
      },
    }, options);
  };
}

export const CONTENDERS: Readonly<Record<string, Make>> = {
  "no session": (options) =>
    appOf({ read: () => ANYBODY, write() {} }, options),

  "Baton, signed": baton("sign"),
  "Baton, encrypted": baton("encrypt"),
  "Baton, SQLite": baton("sign"),
  "Baton, Redis": baton("sign"),
  "Baton, Deno KV": baton("sign"),

  "hono/cookie, signed": (options) => {
    const { cookieName = "session" } = options;
    const attributes = {
      ...{ path: "/", httpOnly: true, maxAge: SECONDS },
      sameSite: "Lax",
    } as const;
    return appOf({
      async read(c) {
        const value = await getSignedCookie(c, SECRET, cookieName);
        return value ? JSON.parse(value) : NO_USER;
      },
      write(c, change) {
        const value = JSON.stringify(change(NO_USER));
        return setSignedCookie(c, cookieName, value, SECRET, attributes);
      },
    }, options);
  },

  "@hono/session": async (options) => {
    const { cookieName, isStored } = options;
    const { useSession, useSessionStorage } = await peer(
      "npm:@hono/session@0.2.1",
    );
    const sessions = useSession({
      secret: SECRET,
      duration: { absolute: SECONDS },
      ...cookieName && {
        setCookie: (c: Peer, _: string, value: string, given: CookieOptions) =>
          setCookie(c, cookieName, value, given),
      },
    });
    const { kept, get } = farMap();
    const storage = {
      get,
      // At once: it does not wait for a promise.
      set: (id: string, user: User) => kept.set(id, JSON.stringify(user)),
      delete: (id: string) => kept.delete(id),
    };
    return appOf({
      use: isStored ? [useSessionStorage(storage), sessions] : [sessions],
      read: async (c) => await c.var.session.get() ?? NO_USER,
      write: (c, change) =>
        c.var.session.update((user: User = NO_USER) => (
          { ...user, ...change(user) }
        )),
    }, options);
  },

  "iron-session": async (options) => {
    const { cookieName = "session" } = options;
    const { getIronSession } = await peer("npm:iron-session@9.0.1");
    const given = { password: SECRET, cookieName, ttl: SECONDS };
    const open = (c: Peer) => getIronSession(c.req.raw, c.res, given);
    return appOf({
      read: open,
      async write(c, change) {
        const session = await open(c);
        await Object.assign(session, change(session)).save();
      },
    }, options);
  },

  "hono-sessions": async (options) => {
    const { cookieName = "session", isStored } = options;
    const { CookieStore, sessionMiddleware } = await peer(
      "npm:hono-sessions@0.8.1",
    );
    const { kept, get, set } = farMap();
    const store = {
      getSessionById: get,
      createSession: set,
      persistSessionData: set,
      deleteSession: (id: string) => kept.delete(id),
    };
    const sessions = sessionMiddleware({
      store: isStored ? store : new CookieStore(),
      encryptionKey: SECRET,
      expireAfterSeconds: SECONDS,
      sessionCookieName: cookieName,
      cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
    });
    const read = ({ var: { session } }: Peer): User => ({
      name: session.get("name"),
      email: session.get("email"),
      count: session.get("count") ?? 0,
    });
    return appOf({
      use: [sessions],
      read,
      write(c, change) {
        for (const [key, value] of Object.entries(change(read(c)))) {
          c.var.session.set(key, value);
        }
      },
    }, options);
  },
};

/** A Map some way off. */
function farMap() {
  const kept = new Map<string, string>();
  return {
    kept,
    async get(id: string) {
      const data = kept.get(id) ?? "null";
      await thought(); // the answer's way back
      return JSON.parse(data);
    },
    async set(id: string, data: unknown) {
      await thought();
      kept.set(id, JSON.stringify(data));
    },
  };
}

if (import.meta.main) {
  const [name = "", options = "{}"] = Deno.args;
  const make = CONTENDERS[name];
  if (make === undefined) throw new Error(`No contender is called ${name}`);
  const app = await make(JSON.parse(options));
  Deno.serve({ hostname: "127.0.0.1", port: 0 }, app.fetch);
}
