// The only file that names an environment variable.
import * as z from "zod";
import { cookieNameFault, secretFault } from "./middleware/session/mod.ts";
import {
  parseRedisUrl,
  REDIS_URLS,
} from "./middleware/session/stores/redis/url.ts";
import { parsePostgresUrl } from "./server/postgres_url.ts";
import { ConfigError, reasonOf } from "./server/reason.ts";
import { MAKE_ONE, parseSecrets } from "./server/session_secret.ts";

/** Where sessions are kept, as SESSION_STORE says. */
export type StoreConfig =
  | { readonly kind: "cookie" | "memory" | "durable_object" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "denokv"; readonly path: string | undefined }
  | { readonly kind: "redis" | "postgres"; readonly url: string };

export type Config = ReturnType<typeof readConfig>;

/** A machine of one's own with a disk, Deno Deploy, or Cloudflare Workers. */
export type Platform = "machine" | "deploy" | "workers";

/**
 * Set where Deno Deploy runs an app: the first by today's platform, the second
 * by the one before it as well.
 * https://docs.deno.com/deploy/reference/env_vars_and_contexts/
 */
export const DEPLOY_VARIABLES = ["DENO_DEPLOY", "DENO_DEPLOYMENT_ID"] as const;

/**
 * The configuration that the environment asks for. An empty variable is as good
 * as none; a number or a boolean counts as its text.
 *
 * @param valueOf of a variable; a Worker's may be a number, a boolean or a binding
 * @param readFile for SESSION_SECRET_FILE; the text of the file at this path
 * @throws {ConfigError} naming every bad variable, what was given (never a
 * secret, nor a URL's password) and what is accepted
 */
export function readConfig(
  valueOf: (name: string) => unknown,
  platform: Platform,
  readFile: (path: string) => string = (path) => Deno.readTextFileSync(path),
) {
  const given = (name: string) => textOf(valueOf(name));
  const settings = schema(platform, readFile, given);
  const names = Object.keys(settings.shape);
  const all = Object.fromEntries(names.map((name) => [name, given(name)]));
  const { success, data, error } = settings.safeParse(all);
  if (!success) throw new ConfigError(describe(error, given));
  return {
    port: data.PORT,
    host: data.HOST,
    /** undefined: none was given, and this platform can keep one of its own. */
    secrets: data.SESSION_SECRET ?? data.SESSION_SECRET_FILE,
    /** The path of the file that they came from, if they did. */
    secretFile: data.SESSION_SECRET_FILE &&
      String(given("SESSION_SECRET_FILE")),
    store: data.SESSION_STORE,
    cookieName: data.SESSION_COOKIE,
    seal: data.SESSION_SEAL,
    lifetime: { idle: data.SESSION_IDLE, absolute: data.SESSION_LIFETIME },
    trustProxy: data.TRUST_PROXY === "1",
    hsts: data.HSTS,
    logFormat: data.LOG_FORMAT,
    /** Whether Deno exports traces, metrics and logs by OpenTelemetry. */
    isTraced: data.OTEL_DENO === "true",
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
  given: (name: string) => unknown,
) {
  const hasObjects = platform === "workers" &&
    "getByName" in Object(given("SESSIONS"));
  return z.object({
    PORT: integer(0, 65_535).default(5000),
    HOST: text.default("127.0.0.1"),
    SESSION_SECRET: secrets.optional().superRefine((value, context) => {
      if (value === undefined && platform !== "machine") {
        context.addIssue(`it must be set here; ${MAKE_ONE}`);
      }
    }),
    SESSION_SECRET_FILE: text.transform((path, context) => {
      if (given("SESSION_SECRET") !== undefined) {
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
        return parseStore(text, platform, hasObjects);
      } catch (error) {
        context.addIssue((error as TypeError).message);
        return z.NEVER;
      }
    }),
    SESSION_COOKIE: text.max(100, { error: "give at most 100 characters" })
      .superRefine((name, context) => {
        const fault = name === "language"
          ? "give another name: the visitor's language is kept under this one"
          : cookieNameFault(name);
        if (fault !== undefined) context.addIssue(fault);
      }).default("baton"),
    SESSION_SEAL: z.enum(["sign", "encrypt"], { error: "give sign or encrypt" })
      .default("sign"),
    SESSION_IDLE: integer(1, MOST_SECONDS).default(1800)
      .superRefine((idle, context) => {
        const { data: most } = lifetime.safeParse(given("SESSION_LIFETIME"));
        if (typeof most === "number" && idle > most) {
          context.addIssue(`give at most SESSION_LIFETIME, which is ${most}`);
        }
      }),
    SESSION_LIFETIME: lifetime,
    TRUST_PROXY: z.enum(["0", "1"], { error: "give 0 or 1" }).default("0"),
    LOG_FORMAT: z.enum(["text", "json"], { error: "give text or json" })
      .default("text"),
    // Deno's own: https://docs.deno.com/runtime/fundamentals/open_telemetry/
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

const secrets = text.transform((value, context) => {
  const { secrets, faults } = parseSecrets(value);
  for (const fault of faults) context.addIssue(fault);
  return secrets;
});

function integer(least: number, most: number) {
  const error = `give a whole number from ${least} to ${most}`;
  return text.regex(/^\d{1,10}$/, { error }).transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }));
}

/** 400 days: no browser keeps a cookie longer (RFC 6265bis, 5.5). */
const MOST_SECONDS = 34_560_000;

const toDate = (text: string) => new Date(text);

/** A date may have passed: the app says so then. */
const lifetime = text.default("28800").pipe(z.union([
  integer(1, MOST_SECONDS),
  z.iso.datetime({ offset: true }).transform(toDate),
  z.iso.datetime({ offset: true, precision: -1 }).transform(toDate), // no seconds
], {
  error:
    `give seconds from 1 to ${MOST_SECONDS}, or a date and time with its offset, such as 2030-01-31T18:00:00+01:00`,
}));

const STORES: Record<Platform, string> = {
  machine:
    `cookie, memory, sqlite:PATH, denokv, denokv:PATH, postgres://…, ${REDIS_URLS}`,
  deploy: `cookie, denokv, postgres://…, ${REDIS_URLS}`,
  workers: "cookie or durable_object",
};

/** Throws a TypeError that says what is accepted. */
function parseStore(
  text: string,
  platform: Platform,
  hasObjects: boolean,
): StoreConfig {
  const [kind = "", path] = text.split(/:(.*)/s, 2);
  const isMachine = platform === "machine";
  if (text === "cookie" || (text === "memory" && isMachine)) {
    return { kind: text };
  }
  if (text === "durable_object" && platform === "workers") {
    if (hasObjects) return { kind: text };
    throw new TypeError(
      "it needs the Durable Object binding SESSIONS, as in wrangler.jsonc",
    );
  }
  if (platform !== "workers") {
    if (/^(?:redis|valkey)/.test(kind) && path !== undefined) {
      parseRedisUrl(text);
      return { kind: "redis", url: text };
    }
    if (kind === "postgres" || kind === "postgresql") {
      parsePostgresUrl(text);
      return { kind: "postgres", url: text };
    }
    if (text === "denokv") return { kind: text, path: undefined };
  }
  if ((kind === "sqlite" || kind === "denokv") && path && isMachine) {
    return { kind, path };
  }
  throw new TypeError(`give ${STORES[platform]}`);
}

/** A line for each bad variable: its name, what was given, what is accepted. */
function describe(
  error: z.ZodError,
  given: (name: string) => unknown,
): string {
  const lines = error.issues.map(({ path: [name], message }) => {
    const value = given(String(name));
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
