import { sha256 } from "@noble/hashes/sha2.js";
import type { Context } from "hono";
import type { z } from "zod";
import type { AttachableBinding, AttachedBinding, Binding } from "./binding.ts";
import { encode } from "./cookie/base64url.ts";
import {
  cookieName,
  cookieNameFault,
  type CookieOptions,
  type SameSite,
} from "./cookie/cookie.ts";
import { rememberingSealer } from "./cookie/opened_seals.ts";
import { createSealer, type Sealer, type SealKind } from "./cookie/seal.ts";
import {
  type DataSchema,
  dataSchema,
  type DeepReadonly,
  schemaFaults,
} from "./data/schema.ts";
import type { SessionEvent } from "./events.ts";
import { DEFAULT_LIFETIME, type Lifetime, lifetimeFaults } from "./lifetime.ts";
import { cookieRecords } from "./stores/cookie.ts";
import type { Records } from "./stores/records.ts";
import { serverRecords } from "./stores/server_store.ts";
import type { SessionStore } from "./stores/store.ts";

/** The options of `session()`. */
export interface SessionOptions<
  S extends z.ZodObject,
  V extends string = "session",
> {
  /**
   * The data of a session. `schema.parse({})` is the empty session and must
   * succeed, twice alike, so every key is optional or has a default. JSON-safe:
   * no Date, Map, bigint or transform.
   */
  readonly schema: S;
  /**
   * Newest first: the first secret signs, every listed secret is accepted. Each
   * has at least 32 bytes and 8 different characters (`openssl rand -base64 32`
   * makes one).
   */
  readonly secrets: readonly string[];
  /** Default "cookie": the session itself travels in the cookie. */
  readonly store?: "cookie" | SessionStore;
  /** "sign" (default): visitors can read their cookie. "encrypt": only the server can. */
  readonly seal?: SealKind;
  /** Default `{ idle: 1800, absolute: 28800 }`, in seconds. */
  readonly lifetime?: Lifetime;
  /** Default "session"; over https `__Host-` is put before it. */
  readonly cookieName?: string;
  /** Default false; true believes `X-Forwarded-Proto` for "is this https?". */
  readonly trustProxy?: boolean;
  /** Seconds since the epoch. Default: the system clock. Tests pass their own. */
  readonly now?: () => number;
  /** Default "lax". "none" is for iframes and posts from other sites; over plain http it is "lax". */
  readonly sameSite?: SameSite;
  /** Default "session": the name on the context, so that one app can have two kinds of session. */
  readonly variable?: V;
  /** Returns the owner of a session, for `of()`; needs a server store. undefined or "": it has none. */
  readonly owner?: (data: DeepReadonly<z.output<S>>) => string | undefined;
  /** For logs and metrics; told after the store answered. An error in it changes no answer. */
  readonly onEvent?: (event: SessionEvent, c: Context) => void;
  /** Experimental: `deviceBinding()`, so that a copied cookie is soon worth nothing. */
  readonly binding?: Binding;
}

/** The cookie of one scheme, and the sealer of its value. */
export interface SessionCookie extends CookieOptions {
  readonly sealer: Sealer;
}

/** The options, checked, with every default filled in and every key derived. */
export interface Settings<T> {
  readonly schema: DataSchema<T>;
  readonly records: Records;
  readonly seal: SealKind;
  readonly lifetime: Lifetime;
  readonly trustProxy: boolean;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  readonly variable: string;
  /** Without its prefix. */
  readonly cookieName: string;
  readonly hasOwner: boolean;
  /** The hash of the owner of such data. Throws TypeError when `owner` returns anything but text. */
  readonly ownerOf: (data: DeepReadonly<T>) => string | undefined;
  readonly onEvent: ((event: SessionEvent, c: Context) => void) | undefined;
  readonly http: SessionCookie;
  readonly https: SessionCookie;
  readonly binding: AttachedBinding | undefined;
}

/** @throws {TypeError} that lists everything that is wrong with the options */
export function resolveOptions<S extends z.ZodObject, V extends string>(
  options: SessionOptions<S, V>,
): Settings<z.output<S>> {
  const {
    schema,
    secrets,
    store = "cookie",
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
  const nameFault = cookieNameFault(name);

  const faults = [
    ...schemaFaults(schema),
    ...secretsFaults(secrets),
    ...storeFaults(store, owner),
    ...choiceFaults("seal", seal, ["sign", "encrypt"]),
    ...lifetimeFaults(lifetime),
    ...(nameFault === undefined ? [] : [`cookieName: ${nameFault}`]),
    ...choiceFaults("trustProxy", trustProxy, [true, false]),
    ...choiceFaults("sameSite", sameSite, ["lax", "strict", "none"]),
    ...(typeof variable === "string" && variable !== ""
      ? []
      : ["variable: give a name"]),
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
    const remembered = rememberingSealer(sealer("session", fullName));
    return { name: fullName, sameSite, sealer: remembered };
  };
  const records = store === "cookie" ? cookieRecords : serverRecords(store);
  return {
    schema: dataSchema(schema),
    ...{ records, seal, lifetime, trustProxy, variable, onEvent },
    now: () => Math.floor(now()),
    cookieName: name,
    hasOwner: owner !== undefined,
    ownerOf(data) {
      const whose: unknown = owner?.(data);
      if (whose === undefined || whose === "") return undefined;
      if (typeof whose === "string") return ownerHash(name, whose);
      throw new TypeError(
        `owner returned ${typeof whose}; return a string, or undefined when the session has no owner`,
      );
    },
    http: cookie(false),
    https: cookie(true),
    binding: binding?.attach({
      ...{ cookieName: name, sameSite, sealer },
      isStateless: records.isStateless,
    }),
  };
}

const encoder = new TextEncoder();

/**
 * The owner's hash, 43 characters: the database does not learn the owner. It
 * includes the cookie's name, so that two kinds of session over one store do not
 * list or destroy each other.
 */
export function ownerHash(cookieName: string, owner: string): string {
  return encode(sha256(encoder.encode(`${cookieName}\0${owner}`)));
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
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

function secretsFaults(secrets: readonly string[]): string[] {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    return ["secrets: give a list of at least one, each of at least 32 bytes"];
  }
  return secrets.flatMap((secret, i) => {
    const fault = secretFault(secret);
    return fault === undefined ? [] : [`secrets[${i}] ${fault}`];
  });
}

const LEAST_BYTES = 32;
const LEAST_CHARACTERS = 8;

/** Texts that stood for a secret in our documents. */
const EXAMPLES = /openssl rand|^at least 32 bytes that /;

/** The fault in a secret, without showing it; undefined: there is none. */
export function secretFault(secret: unknown): string | undefined {
  if (secret === undefined) {
    return "is undefined; is its environment variable set? (make one with: openssl rand -base64 32)";
  }
  if (typeof secret !== "string") return "is not a string";
  const bytes = encoder.encode(secret).length;
  if (bytes < LEAST_BYTES) {
    return `has ${bytes} bytes; give at least ${LEAST_BYTES}`;
  }
  const characters = new Set(secret).size;
  if (characters < LEAST_CHARACTERS) {
    return `has ${characters} different characters; give at least ${LEAST_CHARACTERS}`;
  }
  return EXAMPLES.test(secret)
    ? "is an example out of the documents; give one of your own"
    : undefined;
}

function storeFaults(store: "cookie" | SessionStore, owner: unknown): string[] {
  if (store === "cookie") {
    return owner === undefined ? [] : [
      "owner: it needs a server store, because the server cannot list the cookies of other browsers",
    ];
  }
  const methods = ["get", "swap", "remove", "ping"] as const;
  if (!methods.every((name) => isFunction(store?.[name]))) {
    return ['store: give "cookie", or a store such as memoryStore()'];
  }
  if (owner === undefined || store.owned !== undefined) return [];
  return [
    `owner: the store "${store.kind}" cannot list sessions, because it has no owned()`,
  ];
}
