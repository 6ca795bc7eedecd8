import type { z } from "zod";
import type {
  AttachableBinding,
  AttachedBinding,
  Binding,
} from "./device/binding.ts";
import type { DeepReadonly } from "./data/change.ts";
import {
  cookieName,
  type CookieOptions,
  type SameSite,
} from "./cookie/cookie.ts";
import type { EventListener } from "./events.ts";
import { jsonFaults } from "./data/json_safe.ts";
import { DEFAULT_LIFETIME, type Lifetime, lifetimeFaults } from "./lifetime.ts";
import { remembering } from "./cookie/remembering.ts";
import { type DataSchema, dataSchema } from "./data/schema.ts";
import { createSealer, type Sealer, type SealKind } from "./cookie/seal.ts";
import { cookieStore } from "./stores/cookie.ts";
import type { SessionStore } from "./stores/store.ts";

/** What `session()` needs to know. */
export interface SessionOptions<
  S extends z.ZodObject,
  V extends string = "session",
> {
  /**
   * What a session holds. `schema.parse({})` is the empty session and must
   * succeed, so every key is optional or has a default. JSON-safe: no Date,
   * Map, bigint or transform.
   */
  readonly schema: S;
  /**
   * Newest first: the first secret signs, every listed secret is accepted. At
   * least one, each of at least 32 bytes (`openssl rand -base64 32` makes one).
   */
  readonly secrets: readonly string[];
  /** Default `cookieStore()`: the session itself travels in the cookie. */
  readonly store?: SessionStore;
  /** "sign" (default): visitors can read their cookie. "encrypt": nobody can. */
  readonly seal?: SealKind;
  /** Default `{ idle: 1800, absolute: 28800 }`, in seconds. */
  readonly lifetime?: Lifetime;
  /** Default "session"; over https `__Host-` is put before it. */
  readonly cookieName?: string;
  /** Default false; true believes `X-Forwarded-Proto` for "is this https?". */
  readonly trustProxy?: boolean;
  /** Seconds since the epoch. Default: the clock; tests move it by hand. */
  readonly now?: () => number;
  /** Default "lax". "none" is for iframes and posts from other sites; over plain http it is "lax". */
  readonly sameSite?: SameSite;
  /** Default "session": the name on the context, so that one app can have two sessions. */
  readonly variable?: V;
  /** Whose session it is, for `sessionsOf()`; needs a server store. undefined or "": nobody's. */
  readonly owner?: (data: DeepReadonly<z.output<S>>) => string | undefined;
  /** For logs and metrics, told after the store answered. What it throws changes no answer. */
  readonly onEvent?: EventListener;
  /** Experimental: `deviceBinding()`, so that a copied cookie is soon worth nothing. */
  readonly binding?: Binding;
}

/** The cookie of one scheme, and what seals its value. */
export interface SessionCookie extends CookieOptions {
  readonly sealer: Sealer;
}

/** The options, checked, with every default filled in and every key derived. */
export interface Settings<T> {
  readonly schema: DataSchema<T>;
  readonly store: SessionStore;
  readonly seal: SealKind;
  readonly lifetime: Lifetime;
  readonly trustProxy: boolean;
  readonly now: () => number;
  readonly variable: string;
  /** Without its prefix. */
  readonly cookieName: string;
  readonly owner: ((data: DeepReadonly<T>) => string | undefined) | undefined;
  readonly onEvent: EventListener | undefined;
  readonly http: SessionCookie;
  readonly https: SessionCookie;
  readonly binding: AttachedBinding<T> | undefined;
}

/** Throws a TypeError that lists all that is wrong with the options. */
export function resolveOptions<S extends z.ZodObject, V extends string>(
  options: SessionOptions<S, V>,
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
    sameSite = "lax",
    variable = "session",
    owner,
    onEvent,
    ...rest
  } = options;
  const { binding, ...unknown } = rest as { binding?: AttachableBinding };

  const faults = [
    ...schemaFaults(schema),
    ...secretFaults(secrets),
    ...storeFaults(store, owner),
    ...choiceFaults("seal", seal, ["sign", "encrypt"]),
    ...(isFunction(now) ? lifetimeFaults(lifetime, now()) : []),
    ...nameFaults(name),
    ...choiceFaults("trustProxy", trustProxy, [true, false]),
    ...choiceFaults("sameSite", sameSite, ["lax", "strict", "none"]),
    ...(isText(variable) ? [] : ["variable: give a name"]),
    ...Object.entries({ now, owner, onEvent }).flatMap(([key, value]) =>
      value === undefined || isFunction(value)
        ? []
        : [`${key}: give a function`]
    ),
    ...(binding && !isFunction(binding.attach)
      ? ["binding: give deviceBinding()"]
      : []),
    ...Object.keys(unknown).map((key) => `${key}: there is no such option`),
  ];
  if (faults.length > 0) {
    throw new TypeError(`session():\n- ${faults.join("\n- ")}`);
  }

  const sealer = (purpose: string, cookieName: string): Sealer =>
    createSealer({ secrets, seal, purpose, cookieName });
  const cookie = (https: boolean): SessionCookie => {
    const fullName = cookieName(name, https);
    const remembered = remembering(sealer("session", fullName));
    return { name: fullName, sameSite, sealer: remembered };
  };
  const settings: Settings<z.output<S>> = {
    schema: dataSchema(schema),
    ...{ store, seal, lifetime, trustProxy, now, variable, owner, onEvent },
    cookieName: name,
    http: cookie(false),
    https: cookie(true),
    binding: undefined,
  };
  return { ...settings, binding: binding?.attach({ settings, sealer }) };
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function choiceFaults(
  option: string,
  given: unknown,
  choices: readonly unknown[],
): string[] {
  if (choices.includes(given)) return [];
  const listed = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  return [`${option}: give ${listed}`];
}

function schemaFaults(schema: z.ZodObject): string[] {
  if (schema?._zod?.def?.type !== "object") {
    return ["schema: give a z.object() of zod 4"];
  }
  const faults = jsonFaults(schema).map((fault) => `schema: ${fault}`);
  if (faults.length === 0 && !schema.safeParse({}).success) {
    faults.push(
      "schema: parse({}) must succeed; make every key optional or give it a default",
    );
  }
  return faults;
}

function secretFaults(secrets: readonly string[]): string[] {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    return ["secrets: give a list of at least one, each of at least 32 bytes"];
  }
  return secrets.flatMap((secret, i) => {
    if (typeof secret !== "string") return [`secrets[${i}] is not a string`];
    const bytes = new TextEncoder().encode(secret).length;
    return bytes < 32
      ? [`secrets[${i}] has ${bytes} bytes; it needs at least 32`]
      : [];
  });
}

function storeFaults(store: SessionStore, owner: unknown): string[] {
  const methods = ["load", "save", "delete", "ping"] as const;
  if (!methods.every((name) => isFunction(store?.[name]))) {
    return ["store: give a SessionStore, such as cookieStore()"];
  }
  if (owner === undefined || store.owned !== undefined) return [];
  return [
    store.holdsSession
      ? "owner: it needs a server store, because nobody can list the cookies of other browsers"
      : `owner: the store "${store.kind}" cannot list sessions; its Backend needs owned()`,
  ];
}

/** Leaves room in a cookie for the longest token of a server store. */
const NAME_LIMIT = 3900;

function nameFaults(name: string): string[] {
  if (typeof name !== "string" || !/^[\w!#$%&'*.^`|~+-]+$/.test(name)) {
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
