import type { Context, MiddlewareHandler } from "hono";
import type { z } from "zod";
import { randomId } from "./base64url.ts";
import {
  COOKIE_LIMIT_BYTES,
  isHttps,
  readCookie,
  setCookieLine,
} from "./cookie.ts";
import {
  SessionClosedError,
  SessionConflictError,
  SessionStoreError,
  SessionTooLargeError,
} from "./errors.ts";
import { endsAt, isRenewalDue, secondsLeft } from "./lifetime.ts";
import {
  resolveOptions,
  type SessionCookie,
  type SessionOptions,
  type Settings,
} from "./options.ts";
import { isSameJson } from "./schema.ts";
import type { Held } from "./recently_opened.ts";
import type { Opened } from "./seal.ts";
import {
  type DeepReadonly,
  OpenSession,
  type RejectReason,
  type Session,
} from "./session.ts";
import type { SessionInfo } from "./session.ts";
import {
  encodeRecord,
  type Loaded,
  RECORD_LIMIT_BYTES,
} from "./stores/store.ts";
import type { SessionRecord, SessionStore } from "./stores/store.ts";

/** `c.var.session()`. Not calling it means no read, no verification, no cookie, no cache header. */
export type SessionEnv<T> = {
  Variables: { session: () => Promise<Session<T>> };
};

/** The Env of an app that mounts `m`, for route modules: `new Hono<SessionEnvOf<typeof m>>()`. */
export type SessionEnvOf<M> = M extends MiddlewareHandler<infer E> ? E : never;

/**
 * Sessions for a Hono app. A route opens the session when it wants it; what it
 * changes is saved once, when the route is done.
 *
 * ```ts
 * import { session } from "@baton/session";
 * import { Hono } from "hono";
 * import { z } from "zod";
 *
 * const schema = z.object({ name: z.string().optional() });
 * const secrets = ["32 bytes or more, from `openssl rand -base64 32`"];
 * const app = new Hono().use(session({ schema, secrets }));
 *
 * app.get("/hello", async (c) => {
 *   const { data } = await c.var.session();
 *   return c.text(`Hello, ${data.name ?? "stranger"}`);
 * });
 * ```
 *
 * @throws {TypeError} when an option is wrong: at once, naming all that are
 */
export function session<S extends z.ZodObject>(
  options: SessionOptions<S>,
): MiddlewareHandler<SessionEnv<z.output<S>>> {
  const settings = resolveOptions(options);

  return async function session(c, next) {
    if (c.get("session") !== undefined) {
      throw new Error(
        "session() is mounted twice: two would fight over one cookie",
      );
    }
    const exchange = new Exchange(c, settings);
    c.set("session", () => exchange.open());
    await next();
    const saving = exchange.commit();
    if (saving !== undefined) await saving;
  };
}

/** Another request wins each round of compare-and-swap: so many may be ahead of this one. */
const MAX_ATTEMPTS = 200;

/** One request and its response, as far as the session goes. */
class Exchange<T> {
  readonly #c: Context;
  readonly #settings: Settings<T>;
  #opening: Promise<OpenSession<T>> | undefined;
  #session: OpenSession<T> | undefined;
  #isCommitted = false;
  // Known once the session is open:
  #cookie!: SessionCookie<T>;
  #now = 0;
  #cookieValue: string | undefined;
  #rejected: RejectReason | undefined;
  #base: Held<T> | undefined;
  #newId: string | undefined;

  constructor(c: Context, settings: Settings<T>) {
    this.#c = c;
    this.#settings = settings;
  }

  open(): Promise<Session<T>> {
    if (this.#opening !== undefined) return this.#opening;
    if (this.#isCommitted) {
      const message =
        "The response is already made: open the session before the route returns";
      return Promise.reject(new SessionClosedError(message));
    }
    return this.#opening = this.#open();
  }

  #open(): Promise<OpenSession<T>> {
    const { now, trustProxy, http, https } = this.#settings;
    this.#now = Math.floor(now());
    this.#cookie = isHttps(this.#c, trustProxy) ? https : http;
    const value = readCookie(this.#c, this.#cookie.name);
    this.#cookieValue = value;
    if (value === undefined) return Promise.resolve(this.#opened());
    const reason = this.#openCookie(value);
    if (reason instanceof Promise) {
      return reason.then((reason) => this.#opened(reason));
    }
    return Promise.resolve(this.#opened(reason));
  }

  #opened(rejected?: RejectReason): OpenSession<T> {
    const { schema, onReject } = this.#settings;
    if (rejected !== undefined) {
      this.#rejected = rejected;
      onReject(rejected, this.#c);
    }
    const data = this.#base?.data ?? schema.empty();
    return this.#session = new OpenSession(schema, data, () => this.#info());
  }

  /** Fills `#base`, or says why not; at once where nobody has to be asked. */
  #openCookie(
    value: string,
  ): RejectReason | undefined | Promise<RejectReason | undefined> {
    const { name, recent } = this.#cookie;
    if (name.length + value.length > COOKIE_LIMIT_BYTES) return "malformed";
    const known = recent.get(value);
    if (known !== undefined && "loaded" in known) return this.#take(known);
    const opened = known ?? this.#cookie.sealer.open(value);
    return typeof opened === "string" ? opened : this.#load(value, opened);
  }

  async #load(
    value: string,
    opened: Opened,
  ): Promise<RejectReason | undefined> {
    const { store, schema } = this.#settings;
    const { recent } = this.#cookie;
    const isHolder = store.kind === "cookie";
    if (!isHolder) recent.meet(value, opened);
    const loaded = await this.#ask((store) => store.load(opened.token));
    if (loaded === null) return "unknown";
    const data = schema.read(loaded.record.data);
    const held = { ...opened, loaded, data };
    if (isHolder) recent.meet(value, held);
    return this.#take(held);
  }

  #take(held: Held<T>): RejectReason | undefined {
    const { record } = held.loaded;
    const left = secondsLeft(record, this.#settings.lifetime, this.#now);
    if (left <= 0) return "expired";
    this.#base = held;
    return held.data === null ? "schema" : undefined;
  }

  #info(): SessionInfo {
    const { store, seal, lifetime } = this.#settings;
    const record = this.#base?.loaded.record;
    const times = record ?? { createdAt: this.#now, usedAt: this.#now };
    const inCookie = store.kind === "cookie";
    const cookieBytes = this.#cookie.name.length +
      (this.#cookieValue?.length ?? 0);
    const info: SessionInfo = {
      id: record?.generation ?? (this.#newId ??= randomId()),
      isNew: (this.#base?.data ?? null) === null,
      createdAt: times.createdAt,
      endsAt: Object.freeze(endsAt(times, lifetime)),
      store: store.kind,
      seal,
      bytes: record === undefined
        ? 0
        : inCookie
        ? cookieBytes
        : encodeRecord(record).byteLength,
      limit: inCookie ? COOKIE_LIMIT_BYTES : RECORD_LIMIT_BYTES,
      ...(this.#rejected && { rejected: this.#rejected }),
    };
    return Object.freeze(info);
  }

  /** After the route: saves what changed, and tells the browser; at once where nothing did. */
  commit(): Promise<void> | undefined {
    this.#isCommitted = true;
    if (this.#opening === undefined) return;
    if (this.#session === undefined || !this.#isUntouched(this.#session)) {
      return this.#commit(this.#opening);
    }
    this.#session.close();
    markPrivate(this.#c);
  }

  /** Whether all is as it was: nothing to save, nothing to tell. */
  #isUntouched(session: OpenSession<T>): boolean {
    const base = this.#base;
    return session.isUntouched && !isCleared(this.#rejected) &&
      (base === undefined || !base.isStale &&
          (base.data === null || !this.#isDue(base.loaded)));
  }

  #isDue({ record }: Loaded): boolean {
    return isRenewalDue(record, this.#settings.lifetime, this.#now);
  }

  async #commit(opening: Promise<OpenSession<T>>): Promise<void> {
    const c = this.#c;
    // A session that could not be opened is the route's to answer for: there is nothing to save.
    const session = await opening.catch(() => undefined);
    let line: string | undefined;
    if (session !== undefined) {
      session.close();
      try {
        line = this.#cookieLine(await this.#save(session));
      } catch (error) {
        discardResponse(c);
        throw error;
      }
    }
    markPrivate(c);
    if (line !== undefined) c.header("Set-Cookie", line, { append: true });
  }

  async #save(session: OpenSession<T>): Promise<Saved> {
    if (this.#c.error !== undefined) return UNCHANGED; // a handler that threw changes nothing
    switch (session.outcome) {
      case "keep":
      case "regenerate":
        return await this.#saveChanges(session);
      case "restart":
        return await this.#restart(session);
      case "destroy":
        await this.#remove();
        return { kind: "ended" };
    }
  }

  /** Compare-and-swap: when another request saved first, the changes are made again on what it saved. */
  async #saveChanges(session: OpenSession<T>): Promise<Saved> {
    const { schema } = this.#settings;
    let loaded = this.#base?.loaded ?? null;
    let before: DeepReadonly<T> | null = this.#base?.data ?? null;
    let data = session.data;
    let isChanged = session.isChanged;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const isRenewed = before !== null && session.outcome === "regenerate";
      const mustSave = isChanged || isRenewed;
      const isDue = loaded !== null && before !== null && this.#isDue(loaded);
      if (!mustSave && !isDue) return UNCHANGED;

      const record: SessionRecord = loaded === null ? this.#newRecord(data) : {
        ...loaded.record,
        ...(isRenewed && { generation: randomId() }),
        ...(isChanged && { data }),
        usedAt: Math.max(this.#now, loaded.record.usedAt),
      };
      const token = await this.#put(record, loaded);
      if (token !== null) return { kind: "saved", token, record };
      if (!mustSave) return UNCHANGED; // a mere rolling renewal: the other request renewed it

      const latest = await this.#reload(attempt);
      if (latest === null) {
        if (!session.mustBeSaved) return UNCHANGED;
        throw new SessionConflictError(
          "Another request ended or renewed this session meanwhile",
        );
      }
      loaded = latest;
      before = schema.read(latest.record.data);
      const base = before ?? schema.empty();
      data = session.replay(base);
      isChanged = !isSameJson(data, base);
    }
    throw new SessionConflictError(
      "Other requests kept changing this session meanwhile",
    );
  }

  /** Under a new key nothing can be in the way; the old one goes when the new one is safe. */
  async #restart(session: OpenSession<T>): Promise<Saved> {
    if (!session.isChanged && (this.#base?.data ?? null) === null) {
      return UNCHANGED;
    }
    const record = this.#newRecord(session.data);
    const token = await this.#put(record, null);
    if (token === null) {
      throw new SessionConflictError("The new session's key is taken");
    }
    await this.#remove();
    return { kind: "saved", token, record };
  }

  #newRecord(data: DeepReadonly<T>): SessionRecord {
    const record = {
      key: randomId(),
      generation: this.#newId ?? randomId(),
      createdAt: this.#now,
      usedAt: this.#now,
      data,
    };
    if (secondsLeft(record, this.#settings.lifetime, this.#now) <= 0) {
      throw new RangeError(
        "lifetime.absolute has passed: a new session would be over at once",
      );
    }
    return record;
  }

  async #put(
    record: SessionRecord,
    base: Loaded | null,
  ): Promise<string | null> {
    const ttl = Math.ceil(
      secondsLeft(record, this.#settings.lifetime, this.#now),
    );
    return await this.#ask((store) => store.save(record, base, ttl));
  }

  /** What another request saved under this request's token; null: it ended or renewed the session. */
  async #reload(attempt: number): Promise<Loaded | null> {
    const token = this.#base?.token;
    if (token === undefined) return null;
    // The more are in the way, the longer it pays to step aside.
    if (attempt > 3) {
      const ms = Math.random() * Math.min(attempt, 20);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    const latest = await this.#ask((store) => store.load(token));
    const isOver = latest !== null &&
      secondsLeft(latest.record, this.#settings.lifetime, this.#now) <= 0;
    return isOver ? null : latest;
  }

  async #remove(): Promise<void> {
    const key = this.#base?.loaded.record.key;
    if (key !== undefined) await this.#ask((store) => store.delete(key));
  }

  /** A store that fails is an outage, not a logout. */
  async #ask<R>(question: (store: SessionStore) => Promise<R>): Promise<R> {
    const { store } = this.#settings;
    try {
      return await question(store);
    } catch (cause) {
      if (cause instanceof SessionTooLargeError) throw cause;
      throw new SessionStoreError(store.kind, cause);
    }
  }

  /** The Set-Cookie line that the browser needs, if any. */
  #cookieLine(saved: Saved): string | undefined {
    const { name } = this.#cookie;
    const base = this.#base;
    switch (saved.kind) {
      case "saved": {
        const isKnown = saved.token === base?.token && !base.isStale;
        return isKnown
          ? undefined
          : this.#sealedLine(saved.token, saved.record);
      }
      case "unchanged":
        if (base?.isStale) {
          return this.#sealedLine(base.token, base.loaded.record);
        }
        return isCleared(this.#rejected)
          ? setCookieLine(name, "", 0)
          : undefined;
      case "ended":
        return this.#cookieValue === undefined
          ? undefined
          : setCookieLine(name, "", 0);
    }
  }

  #sealedLine(token: string, record: SessionRecord): string {
    const { name, sealer } = this.#cookie;
    const value = sealer.seal(token);
    const bytes = name.length + value.length;
    if (bytes > COOKIE_LIMIT_BYTES) {
      const advice = "Store less, or keep sessions in a server-side store.";
      throw new SessionTooLargeError(bytes, COOKIE_LIMIT_BYTES, advice);
    }
    return setCookieLine(
      name,
      value,
      endsAt(record, this.#settings.lifetime).absolute - this.#now,
    );
  }
}

/** What saving came to. */
type Saved =
  | { readonly kind: "unchanged" }
  | {
    readonly kind: "saved";
    readonly token: string;
    readonly record: SessionRecord;
  }
  | { readonly kind: "ended" };

const UNCHANGED: Saved = { kind: "unchanged" };

/**
 * Whether a rejected cookie is taken from the browser. Not when it is unknown:
 * another request may just have renewed it, and a late clear would throw the
 * new cookie away. Not for the schema either: a bad deploy must be reversible.
 */
function isCleared(reason: RejectReason | undefined): boolean {
  switch (reason) {
    case "malformed":
    case "bad-seal":
    case "expired":
      return true;
    case "unknown":
    case "schema":
    case undefined:
      return false;
  }
}

const PRIVATE = "private, no-store";

/** The response depends on who asks, so no cache may keep it. Works on every kind of response. */
function markPrivate(c: Context): void {
  try {
    mark(c.res.headers);
  } catch {
    // Headers of a fetched response are immutable; hono copies the response.
    c.header("Cache-Control", PRIVATE);
    mark(c.res.headers);
  }
}

function mark(headers: Headers): void {
  headers.set("Cache-Control", PRIVATE);
  const vary = headers.get("Vary");
  if (vary === null || !/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) {
    headers.append("Vary", "Cookie");
  }
}

/**
 * Takes back the route's response, so that an error answer carries nothing of
 * it: only the marks, and what lets another origin's script read the answer.
 */
function discardResponse(c: Context): void {
  const kept = [...c.res.headers].filter(([name]) =>
    name === "vary" || name.startsWith("access-control-")
  );
  c.res.body?.cancel().catch(() => {});
  c.res = undefined;
  const { headers } = c.res; // hono makes a new one, with what was set by c.header()
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of kept) headers.append(name, value);
  mark(headers);
}
