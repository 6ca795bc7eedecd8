// The only file that names an environment variable.
import * as z from "zod";
import type { Lifetime } from "./middleware/session/mod.ts";
import {
  parseRedisUrl,
  REDIS_URLS,
} from "./middleware/session/stores/redis_url.ts";

/** Where sessions are kept, as SESSION_STORE says. */
export type StoreConfig =
  | { readonly kind: "cookie" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "denokv"; readonly path: string | undefined }
  | { readonly kind: "durable_object" };

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Newest first; undefined: none was given, and this platform can keep one of its own. */
  readonly secrets: readonly string[] | undefined;
  readonly store: StoreConfig;
  readonly seal: "sign" | "encrypt";
  readonly lifetime: Lifetime;
  readonly trustProxy: boolean;
}

/** A machine of one's own with a disk, Deno Deploy, or Cloudflare Workers. */
export type Platform = "machine" | "deploy" | "workers";

/**
 * Set where Deno Deploy runs an app: the first by today's platform, the second
 * by the one before it as well.
 * https://docs.deno.com/deploy/reference/env_vars_and_contexts/
 */
export const DEPLOY_VARIABLES = ["DENO_DEPLOY", "DENO_DEPLOYMENT_ID"] as const;

/** Every variable that {@linkcode readConfig} reads. */
export const VARIABLES = [
  "PORT",
  "HOST",
  "SESSION_SECRET",
  "SESSION_STORE",
  "SESSION_SEAL",
  "SESSION_IDLE",
  "SESSION_LIFETIME",
  "TRUST_PROXY",
] as const;

/** What is no text, such as a binding of a Worker, is as good as none. */
export type Environment = Readonly<Record<string, unknown>>;

/** One or more variables have a bad value; the message has a line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The configuration that the environment asks for. An empty variable is as good
 * as none.
 *
 * @param nowSeconds since the epoch: a date in SESSION_LIFETIME must be later
 * @throws {ConfigError} naming every bad variable, what was given (never a
 * secret, nor a URL's password) and what is accepted
 */
export function readConfig(
  environment: Environment,
  platform: Platform,
  nowSeconds: number = Date.now() / 1000,
): Config {
  const given = Object.fromEntries(
    VARIABLES.map((name) => {
      const value = environment[name];
      return [
        name,
        typeof value === "string" ? value.trim() || undefined : undefined,
      ];
    }),
  );
  const parsed = schema(platform, nowSeconds).safeParse(given);
  if (!parsed.success) throw new ConfigError(describe(parsed.error, given));
  const { PORT, HOST, SESSION_SECRET, SESSION_IDLE, SESSION_LIFETIME } =
    parsed.data;
  return {
    port: PORT,
    host: HOST,
    secrets: SESSION_SECRET,
    store: parsed.data.SESSION_STORE,
    seal: parsed.data.SESSION_SEAL,
    lifetime: { idle: SESSION_IDLE, absolute: SESSION_LIFETIME },
    trustProxy: parsed.data.TRUST_PROXY === "1",
  };
}

const MAKE_ONE = "make one with: openssl rand -base64 32";

function schema(platform: Platform, nowSeconds: number) {
  const secrets = z.string()
    .transform((text) => text.split(",").map((secret) => secret.trim()))
    .superRefine((list, context) => {
      for (const [i, secret] of list.entries()) {
        const bytes = new TextEncoder().encode(secret).length;
        if (bytes >= 32) continue;
        const which = list.length === 1
          ? "it"
          : `secret ${i + 1} of ${list.length}`;
        context.addIssue(
          `${which} has ${bytes} bytes; give at least 32 (${MAKE_ONE})`,
        );
      }
    });
  const message = { error: `it must be set here; ${MAKE_ONE}` };
  return z.object({
    PORT: integer(0, 65_535).default(5000),
    HOST: z.string().default("127.0.0.1"),
    SESSION_SECRET: platform === "machine"
      ? secrets.optional()
      : z.string(message).pipe(secrets),
    SESSION_STORE: z.string().default("cookie").transform((text, context) => {
      try {
        const store = parseStore(text, platform);
        if (store !== undefined) return store;
        context.addIssue(`give ${STORES[platform]}`);
      } catch (error) {
        context.addIssue((error as TypeError).message);
      }
      return z.NEVER;
    }),
    SESSION_SEAL: z.enum(["sign", "encrypt"], { error: "give sign or encrypt" })
      .default("sign"),
    SESSION_IDLE: integer(1, SAFE_SECONDS).default(1800),
    SESSION_LIFETIME: z.string().default("28800").transform((text, context) => {
      const lifetime = parseLifetime(text, nowSeconds);
      if (lifetime !== undefined) return lifetime;
      context.addIssue(
        "give seconds above 0, or a date and time in the future with its offset, such as 2030-01-31T18:00:00+01:00",
      );
      return z.NEVER;
    }),
    TRUST_PROXY: z.enum(["0", "1"], { error: "give 0 or 1" }).default("0"),
  });
}

/** A hundred years: whatever is longer is a mistake. */
const SAFE_SECONDS = 3_155_760_000;

function integer(least: number, most: number) {
  const error = `give a whole number from ${least} to ${most}`;
  return z.string().regex(/^\d{1,10}$/, { error }).transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }));
}

const STORES: Record<Platform, string> = {
  machine: `cookie, sqlite:PATH, denokv, denokv:PATH, ${REDIS_URLS}`,
  deploy: `cookie, denokv, ${REDIS_URLS}`,
  workers: "cookie or durable_object",
};

/** Throws a TypeError that says what is wrong with the URL of Redis. */
function parseStore(text: string, platform: Platform): StoreConfig | undefined {
  if (text === "cookie") return { kind: "cookie" };
  if (platform === "workers") {
    return text === "durable_object" ? { kind: "durable_object" } : undefined;
  }
  if (text === "denokv") return { kind: "denokv", path: undefined };
  if (/^redis[a-z-]*:/.test(text)) {
    parseRedisUrl(text);
    return { kind: "redis", url: text };
  }
  if (platform === "deploy") return undefined;
  const [, kind, path] = /^(sqlite|denokv):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || path === undefined) return undefined;
  return { kind: kind as "sqlite" | "denokv", path };
}

function parseLifetime(
  text: string,
  nowSeconds: number,
): number | Date | undefined {
  const seconds = integer(1, SAFE_SECONDS).safeParse(text);
  if (seconds.success) return seconds.data;
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    return undefined;
  }
  const date = new Date(text);
  return date.getTime() / 1000 > nowSeconds ? date : undefined;
}

/** A line for each bad variable: its name, what was given, what is accepted. */
function describe(
  error: z.ZodError,
  given: Record<string, string | undefined>,
): string {
  const lines = error.issues.map(({ path: [name], message }) => {
    const value = given[String(name)];
    const shown = value === undefined || name === "SESSION_SECRET"
      ? ""
      : ` is "${redact(value)}"`;
    return `  ${String(name)}${shown}: ${message}`;
  });
  return ["Baton cannot start with these settings:", ...lines].join("\n");
}

/** Without user and password, should it be a URL, and not longer than a line. */
function redact(value: string): string {
  const text = value.replace(/\/\/.*@/s, "//…@").replace(/\p{Cc}/gu, "?");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
