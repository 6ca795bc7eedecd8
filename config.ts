// The only file that names an environment variable.
import * as z from "zod";
import type { LogFormat } from "./middleware/log.ts";
import {
  cookieNameFault,
  type Lifetime,
  secretFault,
} from "./middleware/session/mod.ts";
import {
  parseRedisUrl,
  REDIS_URLS,
} from "./middleware/session/stores/redis/url.ts";
import { parsePostgresUrl } from "./server/postgres_url.ts";
import { reasonOf } from "./server/reason.ts";
import { MAKE_ONE, parseSecrets } from "./server/session_secret.ts";

/** Where sessions are kept, as SESSION_STORE says. */
export type StoreConfig =
  | { readonly kind: "cookie" }
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "denokv"; readonly path: string | undefined }
  | { readonly kind: "durable_object" };

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Newest first; undefined: none was given, and this platform can keep one of its own. */
  readonly secrets: readonly string[] | undefined;
  readonly store: StoreConfig;
  /** Without its prefix. */
  readonly cookieName: string;
  readonly seal: "sign" | "encrypt";
  readonly lifetime: Lifetime;
  readonly trustProxy: boolean;
  /** The header Strict-Transport-Security. */
  readonly hsts: string;
  readonly logFormat: LogFormat;
  /** Whether Deno exports traces, metrics and logs by OpenTelemetry. */
  readonly isTraced: boolean;
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
  "SESSION_SECRET_FILE",
  "SESSION_STORE",
  "SESSION_COOKIE",
  "SESSION_SEAL",
  "SESSION_IDLE",
  "SESSION_LIFETIME",
  "TRUST_PROXY",
  "HSTS",
  "LOG_FORMAT",
  "OTEL_DENO", // Deno's own: https://docs.deno.com/runtime/fundamentals/open_telemetry/
] as const;

/** A Worker's has numbers, booleans and bindings too. */
export type Environment = Readonly<Record<string, unknown>>;

/** One or more variables have a bad value; the message has a line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The configuration that the environment asks for. An empty variable is as good
 * as none; a number or a boolean counts as its text.
 *
 * @param readFile for SESSION_SECRET_FILE; the text of the file at this path
 * @throws {ConfigError} naming every bad variable, what was given (never a
 * secret, nor a URL's password) and what is accepted
 */
export function readConfig(
  environment: Environment,
  platform: Platform,
  readFile: (path: string) => string = (path) => Deno.readTextFileSync(path),
): Config {
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, textOf(environment[name])]),
  );
  const parsed = schema(platform, readFile, environment).safeParse(given);
  if (!parsed.success) throw new ConfigError(describe(parsed.error, given));
  const { PORT, HOST, SESSION_SECRET, SESSION_IDLE, SESSION_LIFETIME } =
    parsed.data;
  return {
    port: PORT,
    host: HOST,
    secrets: SESSION_SECRET ?? parsed.data.SESSION_SECRET_FILE,
    store: parsed.data.SESSION_STORE,
    cookieName: parsed.data.SESSION_COOKIE,
    seal: parsed.data.SESSION_SEAL,
    lifetime: { idle: SESSION_IDLE, absolute: SESSION_LIFETIME },
    trustProxy: parsed.data.TRUST_PROXY === "1",
    hsts: parsed.data.HSTS,
    logFormat: parsed.data.LOG_FORMAT,
    isTraced: parsed.data.OTEL_DENO === "true",
  };
}

/** Text, numbers and booleans as text. Anything else stays, so that the schema refuses it by name. */
function textOf(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  return typeof value === "string" ? value.trim() || undefined : value;
}

function schema(
  platform: Platform,
  readFile: (path: string) => string,
  environment: Environment,
) {
  const secrets = text.transform((value, context) => {
    const { secrets, faults } = parseSecrets(value);
    for (const fault of faults) context.addIssue(fault);
    return secrets;
  });
  return z.object({
    PORT: integer(0, 65_535).default(5000),
    HOST: text.default("127.0.0.1"),
    SESSION_SECRET: secrets.optional().superRefine((value, context) => {
      if (value === undefined && platform !== "machine") {
        context.addIssue(`it must be set here; ${MAKE_ONE}`);
      }
    }),
    SESSION_SECRET_FILE: text.transform((path, context) => {
      if (textOf(environment["SESSION_SECRET"]) !== undefined) {
        context.addIssue("give it or SESSION_SECRET, not both");
      } else if (platform === "machine") {
        try {
          return readFile(path);
        } catch (error) {
          context.addIssue(
            isLikeSecret(path)
              ? "there is no such file; a secret itself goes into SESSION_SECRET"
              : `it cannot be read (${reasonOf(error, path)})`,
          );
        }
      } else context.addIssue("no file is read here: give SESSION_SECRET");
      return z.NEVER;
    }).pipe(secrets).optional(),
    SESSION_STORE: text.default("cookie").transform((text, context) => {
      try {
        const store = parseStore(text, platform);
        const hasBinding = isNamespace(environment["SESSIONS"]);
        if (store?.kind === "durable_object" && !hasBinding) {
          context.addIssue(
            "it needs the Durable Object binding SESSIONS, as in wrangler.jsonc",
          );
        } else if (store !== undefined) return store;
        else context.addIssue(`give ${STORES[platform]}${hint(text)}`);
      } catch (error) {
        context.addIssue((error as TypeError).message);
      }
      return z.NEVER;
    }),
    SESSION_COOKIE: text.default("baton").superRefine((name, context) => {
      const fault = cookieFault(name);
      if (fault !== undefined) context.addIssue(fault);
    }),
    SESSION_SEAL: z.enum(["sign", "encrypt"], { error: "give sign or encrypt" })
      .default("sign"),
    SESSION_IDLE: integer(1, MOST_SECONDS).default(1800)
      .superRefine((idle, context) => {
        const given = textOf(environment["SESSION_LIFETIME"]);
        const lifetime = parseLifetime(given ?? LIFETIME);
        if (typeof lifetime === "number" && idle > lifetime) {
          context.addIssue(
            `give at most SESSION_LIFETIME, which is ${lifetime}`,
          );
        }
      }),
    SESSION_LIFETIME: text.default(LIFETIME).transform((text, context) => {
      const lifetime = parseLifetime(text);
      if (lifetime !== undefined) return lifetime;
      context.addIssue(
        `give seconds from 1 to ${MOST_SECONDS}, or a date and time with its offset, such as 2030-01-31T18:00:00+01:00`,
      );
      return z.NEVER;
    }),
    TRUST_PROXY: z.enum(["0", "1"], { error: "give 0 or 1" }).default("0"),
    LOG_FORMAT: z.enum(["text", "json"], { error: "give text or json" })
      .default("text"),
    OTEL_DENO: text.optional(),
    HSTS: text.regex(
      /^max-age=\d{1,10}(?:; *includeSubDomains)?(?:; *preload)?$/i,
      {
        error:
          "give max-age=SECONDS, with ; includeSubDomains and ; preload if you mean them",
      },
    ).default("max-age=15552000"),
  });
}

const text = z.string({ error: "give text, a number or a boolean" });

/** 400 days: no browser keeps a cookie longer (RFC 6265bis, 5.5). */
const MOST_SECONDS = 34_560_000;
const LIFETIME = "28800";

function integer(least: number, most: number) {
  const error = `give a whole number from ${least} to ${most}`;
  return text.regex(/^\d{1,10}$/, { error }).transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }));
}

const STORES: Record<Platform, string> = {
  machine:
    `cookie, memory, sqlite:PATH, denokv, denokv:PATH, postgres://…, ${REDIS_URLS}`,
  deploy: `cookie, denokv, postgres://…, ${REDIS_URLS}`,
  workers: "cookie or durable_object",
};

/** A URL that cannot be read has most often a password with a / or a % in it. */
function hint(text: string): string {
  return /^\w+(?:-\w+)*:\/\/.*@/s.test(text)
    ? "; percent-encode its user and password"
    : "";
}

/** As far as this app uses one. */
function isNamespace(binding: unknown): boolean {
  return typeof binding === "object" && binding !== null &&
    "getByName" in binding;
}

/** As `session()` checks it; and `language` is this app's other cookie. */
function cookieFault(name: string): string | undefined {
  if (name.length > LONGEST_NAME) {
    return `give at most ${LONGEST_NAME} characters`;
  }
  return name === "language"
    ? "give another name: the visitor's language is kept under this one"
    : cookieNameFault(name);
}

const LONGEST_NAME = 100;

/** Throws a TypeError that says what is wrong with the URL of Redis. */
function parseStore(text: string, platform: Platform): StoreConfig | undefined {
  if (text === "cookie") return { kind: "cookie" };
  if (platform === "workers") {
    return text === "durable_object" ? { kind: "durable_object" } : undefined;
  }
  if (text === "denokv") return { kind: "denokv", path: undefined };
  if (/^(?:redis|valkey)[a-z-]*:/.test(text)) {
    parseRedisUrl(text);
    return { kind: "redis", url: text };
  }
  if (/^postgres(?:ql)?:/.test(text)) {
    parsePostgresUrl(text);
    return { kind: "postgres", url: text };
  }
  if (platform === "deploy") return undefined;
  if (text === "memory") return { kind: "memory" };
  const [, kind, path] = /^(sqlite|denokv):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || path === undefined) return undefined;
  return { kind: kind as "sqlite" | "denokv", path };
}

/** ISO 8601 with its offset; the seconds may be missing. */
const DATE_AND_TIME = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/** A date may have passed: the app says so then. */
function parseLifetime(text: unknown): number | Date | undefined {
  const seconds = integer(1, MOST_SECONDS).safeParse(text);
  if (seconds.success) return seconds.data;
  const date = DATE_AND_TIME.safeParse(text);
  return date.success ? new Date(date.data) : undefined;
}

/** A line for each bad variable: its name, what was given, what is accepted. */
function describe(
  error: z.ZodError,
  given: Record<string, unknown>,
): string {
  const lines = error.issues.map(({ path: [name], message }) => {
    const value = given[String(name)];
    const isSecret = name === "SESSION_SECRET" ||
      name === "SESSION_SECRET_FILE" && isLikeSecret(String(value));
    const shown = typeof value !== "string" || isSecret
      ? ""
      : ` is "${
        redact(name === "SESSION_STORE" ? withoutAddress(value) : value)
      }"`;
    return `  ${String(name)}${shown}: ${message}`;
  });
  return ["Baton cannot start with these settings:", ...lines].join("\n");
}

/** Given where the path of its file belongs. */
function isLikeSecret(path: string): boolean {
  return !path.startsWith("/") && secretFault(path) === undefined;
}

/** In a URL that is mistyped, the password may stand anywhere after the scheme. */
function withoutAddress(store: string): string {
  if (/^(?:sqlite|denokv):/.test(store)) return store;
  return store.replace(/:(\/\/)?.+$/s, ":$1…").replace(/^[^:]*@.*$/s, "…");
}

/** Not longer than a line. */
function redact(value: string): string {
  const text = value.replace(/\p{Cc}/gu, "?");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
