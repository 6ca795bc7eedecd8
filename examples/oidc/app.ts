// Sign in with somebody else: the whole of an app that lets an OpenID provider
// say who its visitors are.
import {
  type DeepReadonly,
  session,
  SessionConflictError,
  type SessionEnv,
  type SessionStore,
} from "@baton/session";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import style from "../style.css" with { type: "text" };
import { type Client, isRefusal } from "./client.ts";
import { type Data, type Pending, schema, type User } from "./data.ts";
import script from "./page.js" with { type: "text" };
import { accountPage, homePage, problemPage } from "./pages.ts";
import { freshToken } from "./tokens.ts";

type Env = SessionEnv<Data> & { Variables: { user: User; token: string } };

/** Tabs that may be on their way at once; the oldest sign-in goes. */
const PENDING_LIMIT = 5;
const OVER =
  "This sign-in is over, or it was not begun in this browser. Please begin again.";

const CSS = { "Content-Type": "text/css" };
const JAVASCRIPT = { "Content-Type": "text/javascript" };

interface Given {
  /** With "cookie" no session can be ended from elsewhere. */
  readonly store: "cookie" | SessionStore;
  readonly secrets: readonly string[];
  readonly now?: () => number;
}

export function createApp(client: Client, redirectUri: string, given: Given) {
  const { origin, pathname: callback } = new URL(redirectUri);
  const canList = given.store !== "cookie";
  const owner = ({ user }: DeepReadonly<Data>) => user?.sub;
  const sessions = session({
    ...{ schema, ...given, ...(canList && { owner }) },
    seal: "encrypt", // with the cookie store the tokens are in the cookie
    trustProxy: origin.startsWith("https:"), // this server itself speaks http
  });

  const app = new Hono<Env>();
  app.onError((error, c) => {
    const status = error instanceof HTTPException ? error.status : 500;
    if (status >= 500) console.error(String(error.cause ?? error)); // no more: it may hold claims
    const message = status === 500 ? "The log says what." : error.message;
    return c.req.path.startsWith("/api/")
      ? c.json({ error: message }, status)
      : c.html(problemPage(message), status);
  });
  // The form that signs out at the provider leads there.
  const formAction = ["'self'", client.endSessionUrl?.origin ?? ""];
  const policy = { defaultSrc: ["'self'"], imgSrc: ["data:"], formAction };
  app.use(secureHeaders({ contentSecurityPolicy: policy }));
  app.use(bodyLimit({ maxSize: 16 * 1024 }));
  app.get("/style.css", (c) => c.body(style, 200, CSS));
  app.get("/page.js", (c) => c.body(script, 200, JAVASCRIPT));

  // Two posts come from the provider, which is another site: before csrf().

  app.post(callback, async (c) => {
    // That post brought no cookie, because it is Lax. Our own redirect brings it.
    const form = await c.req.parseBody() as Record<string, string>;
    return c.redirect(`${callback}?${new URLSearchParams(form)}`, 303);
  });

  app.post("/backchannel-logout", async (c) => {
    c.header("Cache-Control", "no-store");
    const { logout_token } = await c.req.parseBody();
    const whose = await client.whoseLogout(logout_token).catch(() => null);
    if (whose === null) return c.json({ error: "invalid_request" }, 400);
    const all = sessions.of(whose.sub);
    for (const { id, data: { sid } } of await all.list()) {
      if (sid === (whose.sid ?? sid)) await all.destroy(id);
    }
    return c.body(null);
  });

  app.use(csrf({ origin }), sessions);

  app.get("/", async (c) => {
    const { data } = await c.var.session();
    return c.html(homePage(data, c.req.query("why"), c.req.query("to")));
  });

  app.post("/cart", async (c) => {
    const session = await c.var.session();
    session.update(({ cart }) => ({ cart: [...cart, "Assam"].slice(-20) }));
    return c.redirect("/", 303);
  });

  // There and back

  app.get("/sign-in", async (c) => {
    const session = await c.var.session();
    const { to = "", post } = c.req.query();
    const isLocal = /^\/(?![/\\]).{0,200}$/.test(to);
    const { url, checks } = await client.begin(post !== undefined);
    const record = { ...checks, to: isLocal ? to : "/" };
    // After a double click the browser may have missed the answer that began a
    // session. If so, this replaces it, with its cart.
    if (session.info.rejected === "unknown") {
      session.restart({ keep: ["cart"] });
    }
    session.update(({ pending }) => ({
      pending: [...pending, record].slice(-PENDING_LIMIT),
    }));
    return c.redirect(url.href, 303);
  });

  app.get(callback, async (c) => {
    const session = await c.var.session({ touch: false });
    const { search, searchParams } = new URL(c.req.url);
    const state = searchParams.get("state");
    let record = {} as Pending;
    // Taken before it is used, so that the same return, twice at once, is used
    // once. A forged state ends here, and nothing is written.
    session.update(({ pending }) => {
      const found = pending.find((one) => one.state === state);
      if (found === undefined) throw new HTTPException(400, { message: OVER });
      record = found;
      return { pending: pending.filter((one) => one !== found) };
    });
    await session.commit();
    const signedIn = await client.exchange(search, record);
    session.restart({ keep: ["cart", "pending"] }); // other tabs are on their way too
    session.update(signedIn);
    return c.redirect(record.to, 303);
  });

  app.post("/sign-out", async (c) => {
    const session = await c.var.session();
    const { user } = session.data;
    const { where } = await c.req.parseBody();
    if (where === "everywhere" && user && canList) {
      await sessions.of(user.sub).destroyAll();
    }
    session.destroy();
    const there = where === "provider" ? client.endSessionUrl : undefined;
    return c.redirect(String(there ?? "/"), 303);
  });

  // For whoever is signed in: a page and an API

  const signedIn = createMiddleware<Env>(async (c, next) => {
    const session = await c.var.session();
    const { data: { user }, info: { rejected } } = session;
    if (user === undefined) {
      const why = rejected === "expired" ? rejected : rejected && "unknown";
      return refuse(c, why ?? "none");
    }
    try {
      c.set("user", user);
      c.set("token", await freshToken(session, client));
    } catch (error) {
      if (isRefusal(error as Error)) return refuse(c, "refused");
      if (error instanceof SessionConflictError) return refuse(c, "unknown");
      throw error;
    }
    await next();
  });

  app.get("/account", signedIn, async (c) => {
    const { sub, name } = c.var.user;
    const all = canList ? await sessions.of(sub).list() : [];
    return c.html(accountPage(name, canList ? all.length : "?"));
  });

  app.get("/api/me", signedIn, async (c) => {
    const { token, user } = c.var;
    return c.json(await client.userInfo(token, user.sub));
  });

  return app;
}

/** A page leads on. fetch() would follow, so an API answers 401. */
function refuse(c: Context<Env>, why: string) {
  if (c.req.path.startsWith("/api/")) return c.json({ reason: why }, 401);
  return c.redirect(`/?${new URLSearchParams({ why, to: c.req.path })}`, 303);
}
