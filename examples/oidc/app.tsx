// Sign in with somebody else: the whole of an app that lets an OpenID provider
// say who its visitors are. What is said to the provider is in client.ts.
import {
  session,
  SessionConflictError,
  type SessionEnv,
  type SessionInfo,
  type SessionStore,
  SessionTooLargeError,
} from "@baton/session";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { type Client, RefusedError } from "./client.ts";
import { type Data, schema } from "./data.ts";
import { AccountPage, FILES, HomePage, page, ProblemPage } from "./pages.tsx";
import { finish, receive, remember } from "./sign_in.ts";
import { freshToken } from "./tokens.ts";

type User = NonNullable<Data["user"]>;
type Env = SessionEnv<Data> & { Variables: { user: User; token: string } };

export interface AppOptions {
  readonly client: Client;
  readonly redirectUri: string;
  /** With "cookie" there is no list of sessions, so the provider cannot end one. */
  readonly store: "cookie" | SessionStore;
  readonly secrets: readonly string[];
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

export function createApp(
  { client, redirectUri, store, secrets, now = () => Date.now() / 1000 }:
    AppOptions,
): Hono<Env> {
  const { origin, pathname: callback } = new URL(redirectUri);
  const canList = store !== "cookie";
  const sessions = session({
    ...{ schema, secrets, store, now },
    seal: "encrypt", // with the cookie store the tokens are in the cookie
    ...(canList &&
      { owner: ({ user }: { user?: User | undefined }) => user?.sub }),
    trustProxy: redirectUri.startsWith("https:"), // this server itself speaks http
  });

  const app = new Hono<Env>();
  app.onError((error, c) => {
    const { status } = error instanceof HTTPException
      ? error
      : { status: 500 as const };
    const { name, message } = (error.cause ?? error) as Error;
    if (status >= 500) console.error(`${name}: ${message}`); // no cause: it may hold claims
    if (status === 503) c.header("Retry-After", "1");
    const text = error instanceof HTTPException
      ? error.message
      : error instanceof SessionTooLargeError
      ? "The provider's tokens do not fit into a cookie. This app needs a server store."
      : "Something went wrong here.";
    return c.req.path.startsWith("/api/")
      ? c.json({ error: text }, status)
      : c.html(page(<ProblemPage message={text} />), status);
  });
  app.use(secureHeaders({
    contentSecurityPolicy: {
      ...{ defaultSrc: ["'none'"], styleSrc: ["'self'"] },
      ...{ scriptSrc: ["'self'"], connectSrc: ["'self'"], imgSrc: ["data:"] },
      // Signing out there is a form that leads to the provider.
      formAction: ["'self'", client.endSessionUrl?.origin ?? ""],
      ...{ baseUri: ["'none'"], frameAncestors: ["'none'"] },
    },
  }));
  app.use(bodyLimit({ maxSize: 16 * 1024 }));
  for (const { path, type, body } of FILES) {
    app.get(path, (c) => c.body(body, 200, { "Content-Type": type }));
  }

  // The provider posts from another site, so these two come before csrf().

  app.post(callback, async (c) => {
    // A post from another site brings no cookie; our own redirect does.
    const form = await c.req.parseBody() as Record<string, string>;
    return c.redirect(`${callback}?${new URLSearchParams(form)}`, 303);
  });

  app.post("/backchannel-logout", async (c) => {
    c.header("Cache-Control", "no-store");
    if (!canList) return c.json({ error: "needs a server store" }, 501);
    const { logout_token: token } = await c.req.parseBody();
    const whose = await client.whoseLogout(String(token)).catch(() => null);
    if (whose === null) return c.json({ error: "invalid_request" }, 400);
    const { sub, sid } = whose;
    const own = sessions.of(sub);
    if (sid === undefined) await own.destroyAll();
    else {
      const of = (await own.list()).filter(({ data }) => data.sid === sid);
      await Promise.all(of.map(({ id }) => own.destroy(id)));
    }
    return c.body(null, 200);
  });

  app.use(csrf({ origin }), sessions);

  app.get("/", async (c) => {
    const { data } = await c.var.session();
    return c.html(page(<HomePage {...{ data, ...c.req.query() }} />));
  });

  app.post("/cart", async (c) => {
    const session = await c.var.session();
    session.update(({ cart }) => ({ cart: [...cart, "Assam"].slice(-20) }));
    return c.redirect("/", 303);
  });

  // Coming and going

  app.get("/sign-in", async (c) => {
    const session = await c.var.session();
    const { to = "/account", mode } = c.req.query();
    const { url, checks } = await client.begin(mode === "form_post");
    remember(session, checks, to);
    return c.redirect(url.href, 303);
  });

  app.get(callback, async (c) => {
    const session = await c.var.session({ touch: false });
    const { search } = new URL(c.req.url);
    await receive(
      session,
      c.req.query(),
      (checks) => client.exchange(search, checks),
    );
    return c.redirect(`${callback}/done${search}`, 303);
  });

  app.get(`${callback}/done`, async (c) => {
    const session = await c.var.session({ touch: false });
    return c.redirect(await finish(session, c.req.query()), 303);
  });

  app.post("/sign-out", async (c) => {
    const session = await c.var.session();
    const { user } = session.data;
    const { where } = await c.req.parseBody();
    if (where === "everywhere" && user && canList) {
      await sessions.of(user.sub).destroyAll();
    }
    session.destroy();
    const there = where === "provider" ? client.endSessionUrl?.href : undefined;
    return c.redirect(there ?? "/", 303);
  });

  // For whoever is signed in: a page and an API

  /** A page leads to the sign-in; fetch() would follow, so an API answers 401. */
  function refuse(c: Context<Env>, reason: string) {
    if (c.req.path.startsWith("/api/")) return c.json({ reason }, 401);
    const to = encodeURIComponent(c.req.path);
    return c.redirect(`/?why=${reason}&to=${to}`, 303);
  }

  const signedIn = createMiddleware<Env>(async (c, next) => {
    const session = await c.var.session();
    const { user } = session.data;
    if (user === undefined) return refuse(c, reasonOf(session.info));
    c.set("user", user);
    try {
      c.set("token", await freshToken(session, client, now));
    } catch (error) {
      if (error instanceof SessionConflictError) return refuse(c, "unknown");
      if (!(error instanceof RefusedError)) throw error;
      session.destroy();
      return refuse(c, "refused");
    }
    await next();
  });

  app.get("/account", signedIn, async (c) => {
    const { sub, name } = c.var.user;
    const all = canList ? await sessions.of(sub).list() : undefined;
    const canEndThere = client.endSessionUrl !== undefined;
    return c.html(page(
      <AccountPage {...{ name, canEndThere, sessions: all?.length }} />,
    ));
  });

  app.get("/api/me", signedIn, async (c) => {
    const { user, token } = c.var;
    return c.json(await client.userInfo(token, user.sub));
  });

  return app;
}

function reasonOf({ rejected }: SessionInfo): "expired" | "unknown" | "none" {
  if (rejected === undefined) return "none";
  return rejected === "expired" ? "expired" : "unknown";
}
