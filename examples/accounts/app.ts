// A tea shop with accounts: the whole of an app that keeps its sessions with
// @baton/session, from top to bottom. Pages are in pages.tsx, users in users.ts.
import {
  type Lifetime,
  type Session,
  session,
  type SessionEnv,
  type SessionStore,
} from "@baton/session";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import type { Child } from "hono/jsx";
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { deviceOf } from "./device.ts";
import { limits } from "./limits.ts";
import {
  AccountPage,
  type Faults,
  Frame,
  ProblemPage,
  ShopPage,
  SignInPage,
  SignUpPage,
} from "./pages.tsx";
import style from "./style.css" with { type: "text" };
import { CART_LIMIT, TEA_IDS } from "./teas.ts";
import type { User, Users } from "./users.ts";

/** The data of a session. Only `cart` survives a sign-in. */
const schema = z.object({
  // Empty when a tea is no longer sold: without `catch` the whole session would end.
  cart: z.array(z.enum(TEA_IDS)).max(CART_LIMIT).catch([]),
  userId: z.string().optional(),
  epoch: z.number().default(0),
  device: z.string().default(""),
  seenAt: z.number().default(0),
  notice: z.string().optional(),
});
type Data = z.output<typeof schema>;
type Env = SessionEnv<Data> & { Variables: { user: User } };

const DAY = 24 * 60 * 60;
/** For visitors who stay signed in. Others have the default: half an hour idle, 8 hours in all. */
const LONG: Lifetime = { idle: 14 * DAY, absolute: 90 * DAY };

/** A visit is noted at most once in this many seconds. */
const SEEN_EVERY = 60;

/** Sessions of one person. When another begins, the one used last longest ago ends. */
const SESSIONS_LIMIT = 50;

// Hashing a password takes time, so what cannot be right costs none.
const password = z.string().min(8, "Use 8 characters or more.")
  .max(128, "Use 128 characters at most.");
const name = z.string().trim().toLowerCase()
  .regex(/^[a-z0-9._-]{3,30}$/, "Use 3 to 30 letters, digits, dots or dashes.");
const signUpForm = z.object({ name, password });
const signInForm = z.object({
  name: z.string().trim().toLowerCase().max(30),
  password: z.string().max(128),
  stay: z.literal("on").optional(),
});
const passwordForm = z.object({ current: z.string().max(128), password });

const CSS = { "Content-Type": "text/css" };
const PROBLEMS: Readonly<Record<number, string>> = {
  403: "This form came from another site.",
  404: "There is no such page.",
  409: "Something else happened just now, perhaps in another tab. Try again.",
  429: "Too many attempts. Please wait a while, an hour at most.",
  500: "Something went wrong here.",
  503: "The shop is busy. Please try again in a moment.",
};
const WRONG = "This name and this password do not belong together.";
const PASSWORD_CHANGED =
  "Your password is changed. All other browsers are signed out.";
const HALF_DONE =
  `${PASSWORD_CHANGED} But your session could not be stored, or the others not removed. Please send the form again, or sign in with the new password.`;

export interface AppOptions {
  readonly users: Users;
  readonly store: SessionStore;
  /** Newest first, each of 32 bytes or more. */
  readonly secrets: readonly string[];
  /** The address that a request comes from, to count its attempts. */
  readonly address: (c: Context) => string;
  /** Takes a line of the audit log. */
  readonly log: (line: string) => void;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

export function createApp(
  { users, store, secrets, address, log, now = () => Date.now() / 1000 }:
    AppOptions,
): Hono<Env> {
  /** Never a name that was typed (it may be a password), a cookie or a whole session id. */
  function audit(c: Context, event: string, facts: object = {}): void {
    const user = c.get("user")?.name;
    const time = new Date(now() * 1000).toISOString();
    log(JSON.stringify({ time, event, user, from: address(c), ...facts }));
  }

  const sessions = session({
    ...{ schema, store, secrets, now },
    owner: ({ userId }) => userId,
    onEvent(event, c) {
      if (event.type === "saved") return;
      const id = "id" in event ? event.id.slice(0, 6) : undefined;
      const reason = "reason" in event ? event.reason : undefined;
      audit(c, `session ${event.type}`, { id, reason });
    },
  });

  /** The user of the session; null: not signed in, or signed in before a change of password. */
  function userOf({ data: { userId, epoch } }: Session<Data>): User | null {
    const user = userId === undefined ? null : users.find(userId);
    return user?.epoch === epoch ? user : null;
  }

  const signedIn = createMiddleware<Env>(async (c, next) => {
    const session = await c.var.session();
    const user = userOf(session);
    if (user === null) {
      const hadOne = session.data.userId ?? session.info.rejected;
      if (session.data.userId !== undefined) session.destroy();
      const why = hadOne === undefined ? "" : "?why=ended";
      return c.redirect(`/sign-in${why}`, 303);
    }
    c.set("user", user);
    if (now() - session.data.seenAt >= SEEN_EVERY) {
      session.update({ seenAt: Math.floor(now()) }, { onConflict: "skip" });
    }
    await next();
  });

  /** Stores a new session of this user, with the cart of the old one. */
  async function signIn(
    c: Context<Env>,
    user: User,
    stay: boolean,
    notice = `Welcome, ${user.name}.`,
  ) {
    c.set("user", user);
    const session = await c.var.session();
    session.restart({
      ...{ keep: ["cart"], persistent: stay },
      ...(stay && { lifetime: LONG }),
    });
    session.update({
      ...{ userId: user.id, epoch: user.epoch },
      device: deviceOf(c.req.header("User-Agent")),
      ...{ seenAt: Math.floor(now()), notice },
    });
    await session.commit(); // of two at once each counts the other
    const own = sessions.of(user.id);
    for (const { id } of (await own.list()).slice(SESSIONS_LIMIT)) {
      await own.destroy(id);
    }
    return c.redirect("/account", 303);
  }

  /** Answers with a page; a message that waits in the session is shown once. */
  async function page(
    c: Context<Env>,
    title: string,
    content: Child,
    status: 200 | 422 = 200,
  ) {
    const session = await c.var.session();
    const { name } = userOf(session) ?? {};
    const notice = session.take("notice");
    return c.html(<Frame {...{ title, name, notice, content }} />, status);
  }

  /** For forms that sign in: a second click restarts the same session, so that one is left. */
  const begun = createMiddleware<Env>(async (c, next) => {
    const session = await c.var.session();
    if (session.info.isNew) session.update({ seenAt: Math.floor(now()) });
    await next();
  });

  const { signUpLimit, signInLimits, passwordLimit } = limits({
    address,
    onLimit: (c) => audit(c, "too many attempts"),
  });

  function problem(
    c: Context,
    status: ContentfulStatusCode,
    message = "Your browser sent something odd.",
  ) {
    if (status === 503) c.header("Retry-After", "1");
    const content = <ProblemPage message={message} />;
    return c.html(<Frame title="Sorry" content={content} />, status);
  }

  const app = new Hono<Env>();
  app.onError((error, c) => {
    const isExpected = error instanceof HTTPException;
    if (!isExpected) console.error(error);
    const status = isExpected ? error.status : 500;
    return problem(c, status, PROBLEMS[status]);
  });
  app.notFound(() => {
    throw new HTTPException(404);
  });
  app.use(secureHeaders({
    contentSecurityPolicy: {
      ...{ defaultSrc: ["'none'"], styleSrc: ["'self'"] },
      imgSrc: ["data:"], // the empty icon
      ...{ formAction: ["'self'"], baseUri: ["'none'"] },
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "same-origin",
  }));
  app.get("/style.css", (c) => c.body(style, 200, CSS));
  app.use(bodyLimit({ maxSize: 16 * 1024 }), csrf(), sessions);

  // The shop: open to everybody.

  app.get("/", async (c) => {
    const { data } = await c.var.session();
    return page(c, "Teas", <ShopPage cart={data.cart} />);
  });

  app.post("/cart", async (c) => {
    const session = await c.var.session();
    const tea = z.enum(TEA_IDS).safeParse((await c.req.parseBody())["tea"]);
    if (!tea.success) session.update({ cart: [] });
    else {
      // Another tab may add one at the same moment: both stay.
      session.update(({ cart }) => ({
        cart: [...cart, tea.data].slice(0, CART_LIMIT),
      }));
    }
    return c.redirect("/", 303);
  });

  // Coming and going

  app.get("/sign-up", begun, (c) => page(c, "Sign up", <SignUpPage />));

  app.post("/sign-up", signUpLimit, ...signInLimits, async (c) => {
    const body = await c.req.parseBody();
    const form = signUpForm.safeParse(body);
    const again = (faults: Faults) =>
      page(c, "Sign up", <SignUpPage {...typed(body)} faults={faults} />, 422);
    if (!form.success) return again(faultsOf(form.error));
    const { name, password } = form.data;
    const user = await users.create(name, password) ??
      await users.check(name, password); // a double click: this form took it
    if (user === null) return again({ name: "This name is taken." });
    return signIn(c, user, false);
  });

  app.get("/sign-in", begun, (c) => {
    const isEnded = c.req.query("why") === "ended";
    return page(c, "Sign in", <SignInPage isEnded={isEnded} />);
  });

  app.post("/sign-in", ...signInLimits, async (c) => {
    const body = await c.req.parseBody();
    const form = signInForm.safeParse(body);
    const user = form.success
      ? await users.check(form.data.name, form.data.password)
      : null;
    if (user !== null) return signIn(c, user, form.data?.stay === "on");
    audit(c, "sign-in failed");
    const faults = { password: WRONG };
    const again = <SignInPage {...typed(body)} faults={faults} />;
    return page(c, "Sign in", again, 422);
  });

  app.post("/sign-out", async (c) => {
    const session = await c.var.session();
    const user = userOf(session);
    if (user !== null) c.set("user", user); // for the audit log
    session.destroy();
    return c.redirect("/", 303);
  });

  // The account: for whoever is signed in.

  app.use("/account/*", signedIn);

  async function account(c: Context<Env>, faults?: Faults) {
    const { id, epoch, name } = c.var.user;
    const { info } = await c.var.session();
    const all = await sessions.of(id).list();
    const isHere = (one: { id: string }) => Number(one.id === info.id);
    const places = all.filter(({ data }) => data.epoch === epoch)
      .sort((a, b) => isHere(b) - isHere(a));
    const number = Math.max(1, parseInt(c.req.query("page") ?? "") || 1);
    const facts = { name, places, number, faults, now: now(), here: info.id };
    const status = faults === undefined ? 200 : 422;
    return page(c, "Your account", <AccountPage {...facts} />, status);
  }

  app.get("/account", (c) => account(c));

  app.post("/account/end", async (c) => {
    const session = await c.var.session();
    const id = String((await c.req.parseBody())["id"]);
    if (await sessions.of(c.var.user.id).destroy(id)) {
      audit(c, "ended another session", { id: id.slice(0, 6) });
    }
    session.update({ notice: "That browser is signed out." });
    return c.redirect("/account", 303);
  });

  app.post("/account/end-others", async (c) => {
    const session = await c.var.session();
    const ended = await sessions.of(c.var.user.id)
      .destroyAll({ except: session.info.id });
    audit(c, "ended all other sessions", { ended });
    session.update({ notice: "All other browsers are signed out." });
    return c.redirect("/account", 303);
  });

  app.post("/account/password", passwordLimit, async (c) => {
    const { user } = c.var;
    const form = passwordForm.safeParse(await c.req.parseBody());
    if (!form.success) return account(c, faultsOf(form.error));
    const { current, password } = form.data;
    const isRight = await users.check(user.name, current) !== null;
    const changed = isRight && await users.changePassword(user, password) ||
      await users.check(user.name, password); // this form was sent twice, and changed it
    if (!changed) {
      audit(c, "change of password failed");
      return account(c, { current: "That is not your password." });
    }
    audit(c, "password changed");
    // The epoch has ended all others, and what still begins with the old password.
    try {
      const session = await c.var.session();
      const { persistent } = session.info;
      const answer = await signIn(c, changed, persistent, PASSWORD_CHANGED);
      await sessions.of(user.id).destroyAll({ except: session.info.id });
      return answer;
    } catch (error) {
      if (!(error instanceof HTTPException)) throw error;
      return problem(c, error.status, HALF_DONE);
    }
  });

  return app;
}

/** The values of a form that is shown again: never a password. */
function typed({ name }: Record<string, unknown>): { name?: string } {
  return typeof name === "string" ? { name } : {};
}

function faultsOf(error: z.ZodError): Faults {
  return Object.fromEntries(
    error.issues.map(({ path, message }) => [String(path[0]), message]),
  );
}
