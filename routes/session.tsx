import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import {
  SessionPage,
  type SessionPageProps,
  type StoredValue,
} from "../components/session_page.tsx";
import { isHttps, type SessionInfo } from "../middleware/session/mod.ts";
import { decode, split } from "./cookie_parts.ts";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";

export interface InspectorOptions {
  /** Without its prefix. Default "session". */
  readonly cookieName?: string;
  readonly trustProxy?: boolean;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** `/session`: the inspector, and what can be done with a session. */
export function inspector(
  { cookieName = "session", trustProxy = false, now }: InspectorOptions,
): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/session", trail("session"), async (c) => {
      const { data, info } = await c.var.session();
      const value = isHttps(c, trustProxy)
        ? getCookie(c, cookieName, "host")
        : getCookie(c, cookieName);
      const times = {
        ...{ began: info.createdAt, used: info.usedAt },
        now: Math.floor(now()),
        ...info.endsAt,
      };
      return c.html(
        <SessionPage
          language={c.get("language")}
          store={info.store}
          chosen={getCookie(c, "language")}
          session={info.isNew ? null : {
            name: data.name,
            stored: stored(data),
            cookie: value === undefined ? null : anatomy(value, info),
            ...{ bytes: info.bytes, limit: info.limit, times },
            trail: data.trail,
          }}
        />,
      );
    })
    .post("/session/renew", async (c) => {
      const session = await c.var.session();
      session.regenerate();
      return c.redirect("/session", 303);
    })
    .post("/session/end", async (c) => {
      const session = await c.var.session();
      session.destroy();
      return c.redirect("/", 303);
    });
}

function stored(data: object): StoredValue[] {
  return Object.entries(data).map(([key, value]) => {
    const json = JSON.stringify(value);
    const type = value === null
      ? "null"
      : Array.isArray(value)
      ? "array"
      : typeof value as "string";
    return { key, json, type, bytes: new TextEncoder().encode(json).length };
  });
}

type Cookie = NonNullable<SessionPageProps["session"]>["cookie"];

/** The cookie's parts, each too short to be of use to who looks over the visitor's shoulder. */
function anatomy(value: string, { store, seal }: SessionInfo): Cookie {
  const { version, payload, seal: sealed } = split(value);
  const inCookie = store === "cookie" ? "sign" : "server";
  const kind = seal === "encrypt" ? "encrypt" : inCookie;
  return {
    ...{ kind, seal, version },
    payload: { text: shorten(payload), length: payload.length },
    sealed: { text: shorten(sealed), length: sealed.length },
    decoded: kind === "sign" ? decodeShortened(payload) : null,
  };
}

/** What anybody reads in a signed cookie, but for most of its id. */
function decodeShortened(payload: string): string {
  const [id, ...rest] = JSON.parse(decode(payload));
  return JSON.stringify([shorten(id), ...rest]);
}

function shorten(text: string): string {
  return `${text.slice(0, 6)}…`;
}
