// A tea shop with accounts: the whole of an app that keeps its sessions with
// @baton/session, from top to bottom. Pages are in pages.ts, users in users.ts.
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
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import style from "../style.css" with { type: "text" };
import { CART_LIMIT, type Data, schema, TEAS } from "./data.ts";
import { deviceOf } from "./device.ts";
import { limits } from "./limits.ts";
import {
  accountPage,
  type Faults,
  frame,
  type FrameProps,
  problemPage,
  shopPage,
  signInPage,
  signUpPage,
} from "./pages.ts";
import type { User, Users } from "./users.ts";

type Env = SessionEnv<Data> & { Variables: { user: User } };

const DAY = 24 * 60 * 60;
/** For visitors who stay signed in. Others have the default: half an hour idle, 8 hours in all. */
const LONG: Lifetime = { idle: 14 * DAY, absolute: 90 * DAY };

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

const PROBLEMS: Readonly<Record<number, string>> = {
  403: "This form came from another site.",
  404: "There is no such page.",
  409: "Something else happened just now, perhaps in another tab. Try again.",
  429: "Too many attempts. Please wait a while, an hour at most.",
  500: "Something went wrong here.",
  503: "The shop is busy. Please try again in a moment.",
};
const ENDED =
  "You are signed out here: your session has ended, or was ended from another browser. Please sign in again.";
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
      if (session.data.userId ?? session.info.rejected) {
        session.restart({ keep: [] });
        session.update({ notice: ENDED });
      }
      return c.redirect("/sign-in", 303);
    }
    c.set("user", user);
    await next();
  });

  const minute = () => Math.floor(now() / 60);

  /** Notes the visit; a visitor without a session gets one. */
  const seen = createMiddleware<Env>(async (c, next) => {
    const session = await c.var.session();
    session.update({ seenAt: minute() }, { onConflict: "skip" });
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
      ...{ seenAt: minute(), notice },
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
    content: FrameProps["content"],
    status: 200 | 422 = 200,
  ) {
    const session = await c.var.session();
    const { name } = userOf(session) ?? {};
    const notice = session.take("notice");
    return c.html(frame({ title, name, notice, content }), status);
  }

  const { signUpLimit, signInLimits, passwordLimit } = limits(
    address,
    (c) => audit(c, "too many attempts"),
  );

  function problem(
    c: Context,
    status: ContentfulStatusCode,
    message = "Your browser sent something odd.",
  ) {
    if (status === 503) c.header("Retry-After", "1");
    const content = problemPage(message);
    return c.html(frame({ title: "Sorry", content }), status);
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
  app.get(
    "/style.css",
    (c) => c.body(style, 200, { "Content-Type": "text/css" }),
  );
  app.use(bodyLimit({ maxSize: 16 * 1024 }), csrf(), sessions);

  // The shop: open to everybody.

  app.get("/", async (c) => {
    const { data } = await c.var.session();
    return page(c, "Teas", shopPage(data.cart));
  });

  app.post("/cart", async (c) => {
    const session = await c.var.session();
    const tea = z.enum(TEAS).safeParse((await c.req.parseBody())["tea"]);
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

  // A second click restarts the session that `seen` began, so that one is left.
  app.get("/sign-up", seen, (c) => page(c, "Sign up", signUpPage()));

  app.post("/sign-up", signUpLimit, ...signInLimits, async (c) => {
    const body = await c.req.parseBody();
    const form = signUpForm.safeParse(body);
    const again = (faults: Faults) =>
      page(c, "Sign up", signUpPage(typed(body), faults), 422);
    if (!form.success) return again(z.flattenError(form.error).fieldErrors);
    const { name, password } = form.data;
    const user = await users.create(name, password) ??
      await users.check(name, password); // a double click: this form took it
    if (user === null) return again({ name: ["This name is taken."] });
    return signIn(c, user, false);
  });

  app.get("/sign-in", seen, (c) => page(c, "Sign in", signInPage()));

  app.post("/sign-in", ...signInLimits, async (c) => {
    const body = await c.req.parseBody();
    const form = signInForm.safeParse(body);
    const user = form.success
      ? await users.check(form.data.name, form.data.password)
      : null;
    if (user !== null) return signIn(c, user, form.data?.stay === "on");
    audit(c, "sign-in failed");
    const again = signInPage(typed(body), { password: [WRONG] });
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

  app.use("/account/*", signedIn, seen);

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
    return page(c, "Your account", accountPage(facts), status);
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
    if (!form.success) {
      return account(c, z.flattenError(form.error).fieldErrors);
    }
    const { current, password } = form.data;
    const isRight = await users.check(user.name, current) !== null;
    const changed = isRight && await users.changePassword(user, password) ||
      await users.check(user.name, password); // this form was sent twice, and changed it
    if (!changed) {
      audit(c, "change of password failed");
      return account(c, { current: ["That is not your password."] });
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

/** The name in a form that is shown again. */
function typed({ name }: Record<string, unknown>): string | undefined {
  return typeof name === "string" ? name : undefined;
}
