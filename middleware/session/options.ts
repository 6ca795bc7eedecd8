import type { Context } from "hono";
import type { z } from "zod";
import { cookieName } from "./cookie.ts";
import { DEFAULT_LIFETIME, type Lifetime } from "./lifetime.ts";
import { type DataSchema, dataSchema, jsonFaults } from "./schema.ts";
import { RecentlyOpened } from "./recently_opened.ts";
import { createSealer, type Sealer, type SealKind } from "./seal.ts";
import type { RejectReason } from "./session.ts";
import { cookieStore } from "./stores/cookie.ts";
import type { SessionStore } from "./stores/store.ts";

/** What `session()` needs to know. */
export interface SessionOptions<S extends z.ZodObject> {
  /**
   * What a session holds. `schema.parse({})` is the empty session and must
   * succeed, so every key is optional or has a default. JSON-safe: no Date,
   * Map, bigint or transform.
   */
  readonly schema: S;
  /**
   * Newest first: the first seals, all of them open. At least one, each of at
   * least 32 bytes (`openssl rand -base64 32` makes one).
   */
  readonly secrets: readonly string[];
  /** Default `cookieStore()`: the session itself travels in the cookie. */
  readonly store?: SessionStore;
  /** "sign" (default): visitors can read their cookie. "encrypt": nobody can. */
  readonly seal?: SealKind;
  /** Default `{ idle: 1800, absolute: 28800 }`, in seconds. */
  readonly lifetime?: Lifetime;
  /** Default "session"; over https `__Host-` goes before it. */
  readonly cookieName?: string;
  /** Default false; true believes `X-Forwarded-Proto` for "is this https?". */
  readonly trustProxy?: boolean;
  /** Seconds since the epoch. Default: the clock; tests move it by hand. */
  readonly now?: () => number;
  /** Called once for a cookie that opens nothing, for your log. */
  readonly onReject?: (reason: RejectReason, c: Context) => void;
}

/** The cookie of one scheme: its name, what seals its value, and what it opened lately. */
export interface SessionCookie<T> {
  readonly name: string;
  readonly sealer: Sealer;
  readonly recent: RecentlyOpened<T>;
}

/** The options, checked, with every default filled in and every key derived. */
export interface Settings<T> {
  readonly schema: DataSchema<T>;
  readonly store: SessionStore;
  readonly seal: SealKind;
  readonly lifetime: Lifetime;
  readonly trustProxy: boolean;
  readonly now: () => number;
  readonly onReject: (reason: RejectReason, c: Context) => void;
  readonly http: SessionCookie<T>;
  readonly https: SessionCookie<T>;
}

/** Throws a TypeError that lists all that is wrong with the options. */
export function resolveOptions<S extends z.ZodObject>(
  options: SessionOptions<S>,
): Settings<z.output<S>> {
  const {
    schema,
    secrets,
    store = cookieStore(),
    seal = "sign",
    lifetime = DEFAULT_LIFETIME,
    cookieName: name = "session",
    trustProxy = false,
    now = () => Date.now() / 1000,
    onReject = () => {},
  } = options;

  const faults = [
    ...schemaFaults(schema),
    ...secretFaults(secrets),
    ...lifetimeFaults(lifetime, now()),
    ...nameFaults(name),
  ];
  if (seal !== "sign" && seal !== "encrypt") {
    faults.push('seal: give "sign" or "encrypt"');
  }
  if (faults.length > 0) {
    throw new TypeError(`session():\n- ${faults.join("\n- ")}`);
  }

  const cookie = (https: boolean): SessionCookie<z.output<S>> => {
    const fullName = cookieName(name, https);
    const sealer = createSealer({
      secrets,
      seal,
      purpose: "session",
      cookieName: fullName,
    });
    return { name: fullName, sealer, recent: new RecentlyOpened() };
  };
  return {
    schema: dataSchema(schema),
    ...{ store, seal, lifetime, trustProxy, now, onReject },
    http: cookie(false),
    https: cookie(true),
  };
}

function schemaFaults(schema: z.ZodObject): string[] {
  const faults = jsonFaults(schema).map((fault) => `schema: ${fault}`);
  if (faults.length === 0 && !schema.safeParse({}).success) {
    faults.push(
      "schema: parse({}) must succeed; make every key optional or give it a default",
    );
  }
  return faults;
}

function secretFaults(secrets: readonly string[]): string[] {
  if (secrets.length === 0) {
    return ["secrets: give at least one, of at least 32 bytes"];
  }
  return secrets.flatMap((secret, i) => {
    const bytes = new TextEncoder().encode(secret).length;
    return bytes < 32
      ? [`secrets[${i}] has ${bytes} bytes; it needs at least 32`]
      : [];
  });
}

function lifetimeFaults({ idle, absolute }: Lifetime, now: number): string[] {
  const faults: string[] = [];
  if (!(idle > 0 && idle < Infinity)) {
    faults.push(`lifetime.idle is ${idle}; give seconds above 0`);
  }
  if (absolute instanceof Date) {
    if (!(absolute.getTime() / 1000 > now)) {
      faults.push(
        `lifetime.absolute is ${text(absolute)}; give a moment in the future`,
      );
    }
  } else if (!(absolute > 0 && absolute < Infinity)) {
    faults.push(
      `lifetime.absolute is ${absolute}; give seconds above 0, or a Date`,
    );
  }
  return faults;
}

function text(date: Date): string {
  return Number.isNaN(date.getTime()) ? "an invalid Date" : date.toISOString();
}

/** Leaves room in a cookie for the longest token of a server-side store. */
const NAME_LIMIT = 3900;

function nameFaults(name: string): string[] {
  if (!/^[\w!#$%&'*.^`|~+-]+$/.test(name)) {
    return [`cookieName: "${name}" is not a token (RFC 9110, 5.6.2)`];
  }
  if (/^__(?:host|secure)-/i.test(name)) {
    return [
      `cookieName: leave the prefix off "${name}"; it is added over https`,
    ];
  }
  return name.length > NAME_LIMIT
    ? [`cookieName: ${name.length} characters are too many`]
    : [];
}
