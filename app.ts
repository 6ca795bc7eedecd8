import { type Context, Hono, type MiddlewareHandler } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { modeOf } from "./components/mode.ts";
import type { Log } from "./middleware/log.ts";
import { failureLog } from "./middleware/failure_log.ts";
import { dropBody, formBody } from "./middleware/form_body.ts";
import { requestId } from "./middleware/request_id.ts";
import { requestLog } from "./middleware/request_log.ts";
import { serverTiming } from "./middleware/server_timing.ts";
import { sessionLog } from "./middleware/session_log.ts";
import {
  DEFAULT_LIFETIME,
  isHttps,
  session,
  type SessionOptions,
} from "./middleware/session/mod.ts";
import type { Telemetry } from "./middleware/telemetry.ts";
import { untilLifetimeEnds } from "./middleware/lifetime_end.ts";
import { type AppEnv, visitorSchema } from "./visitor.ts";
import { assets } from "./routes/assets.ts";
import { health } from "./routes/health.ts";
import { check } from "./routes/check.tsx";
import { end } from "./routes/end.tsx";
import { forget } from "./routes/forget.tsx";
import { home } from "./routes/home.tsx";
import { lab } from "./routes/lab/mod.ts";
import { language } from "./routes/language.tsx";
import { notFound, onError, wrongMethod } from "./routes/problems.tsx";
import { inspector } from "./routes/session.tsx";
import { show } from "./routes/show.tsx";
import { teach } from "./routes/teach.tsx";
import { users } from "./routes/users.tsx";

/** Options of the app: those of the session, and its log. */
export type AppOptions =
  & Omit<SessionOptions<typeof visitorSchema>, "schema" | "onEvent">
  & {
    readonly log?: Log;
    /** The header Strict-Transport-Security. Default: this host alone, for 180 days. */
    readonly hsts?: string;
    /** true when the process is about to end, so that it should get no more requests. Default: never. */
    readonly isStopping?: () => boolean;
    /** Milliseconds until all of a form must be there. Default: 10 seconds. */
    readonly formTimeoutMs?: number;
    /** Whether answers say what they took, in Server-Timing. Default: no. */
    readonly isTimed?: boolean;
    /** Where requests are traced and counted. */
    readonly telemetry?: Telemetry;
  };

/** Every middleware and every route, in order. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const {
    log = (line) => console.log(line),
    now = () => Date.now() / 1000,
    hsts,
    isStopping = () => false,
    formTimeoutMs = 10_000,
    isTimed = false,
    telemetry,
    ...sessionOptions
  } = options;
  const { trustProxy = false, store = "cookie" } = options;
  const kind = store === "cookie" ? store : store.kind;
  const mode = modeOf(kind, options.seal);
  const lesson = {
    ...{ mode, now },
    lifetime: options.lifetime ?? DEFAULT_LIFETIME,
    cookieName: options.cookieName ?? "session",
    trustProxy,
  };
  const app = new Hono<AppEnv>();
  app.notFound(
    notFound(methodNotAllowed({ app, onMethodNotAllowed: wrongMethod })),
  );
  const logEvent = sessionLog({ log, now });
  const sessions = session({
    ...sessionOptions,
    now,
    schema: visitorSchema,
    onEvent(event, c) {
      logEvent(event, c);
      telemetry?.countEvent(event);
    },
  });
  const { ping } = sessions;
  const onOutage = telemetry?.countOutage ?? (() => {});
  const failures = failureLog({ log, now, store: kind, ping, onOutage });
  app.onError(onError(failures));

  if (telemetry !== undefined) app.use(telemetry.nameSpan);
  app.use(requestId);
  app.use(requestLog(log));
  app.use(failures.untilBack);
  app.use(dropBody);
  app.use(secureHeaders({
    ...SECURITY_HEADERS,
    ...(hsts !== undefined && { strictTransportSecurity: hsts }),
  }));
  app.use(admit(
    csrf({ origin: isOwnOrigin(trustProxy) }),
    formBody(16 * 1024, formTimeoutMs),
  ));

  app.route("/", assets);
  app.route("/", health({ store: kind, isStopping, failures }));

  const last = options.lifetime?.absolute;
  if (last instanceof Date) app.use(untilLifetimeEnds(last, { now, log }));
  app.use(isTimed ? serverTiming(sessions) : sessions);

  app.route("/", forget(lesson));
  app.route("/", home(mode));
  app.route("/", users(mode, log));
  app.route("/", show(lesson));
  app.route("/", inspector(lesson));
  app.route("/", lab({ ...lesson, secrets: options.secrets }));
  app.route("/", end(lesson));
  app.route("/", check(lesson));
  app.route("/", teach);
  app.route("/", language(lesson));
  return app;
}

/** No script, no frame, nothing from elsewhere: the pages need a style sheet and a form. */
export const SECURITY_HEADERS: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // They speak to Internet Explorer, to Flash, to filters that browsers have taken out.
  ...{ xDownloadOptions: false, xPermittedCrossDomainPolicies: false },
  ...{ xXssProtection: false, xDnsPrefetchControl: false },
  // With no-referrer, browsers send `Origin: null` with our own form.
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  // Without includeSubDomains: an app does not speak for its siblings.
  strictTransportSecurity: "max-age=15552000",
};

/**
 * No method but POST changes anything, or has a body that anybody reads.
 * `ownSite` is for POSTs from browsers, `form` for every POST.
 */
function admit(
  ownSite: MiddlewareHandler,
  form: MiddlewareHandler,
): MiddlewareHandler {
  let valid = "";
  return function admit(c, next) {
    // An invalid Host, such as `a b` or `localhost:99999`, is 400 (RFC 9112, 3.2).
    const { url } = c.req;
    const origin = url.slice(0, url.indexOf("/", "https://".length) + 1);
    if (origin !== valid && !URL.canParse(origin)) throw new HTTPException(400);
    valid = origin; // most requests have the one of the last
    if (c.req.method !== "POST") return next();
    return isNotBrowser(c) ? form(c, next) : ownSite(c, async () => {
      await form(c, next);
    });
  };
}

/**
 * Browsers say where a POST comes from, in one of these two headers or both;
 * without either it is curl, whose cookies no other site can use (as in Go's
 * http.CrossOriginProtection).
 */
function isNotBrowser(c: Context): boolean {
  return c.req.header("Origin") === undefined &&
    c.req.header("Sec-Fetch-Site") === undefined;
}

function isOwnOrigin(
  trustProxy: boolean,
): (origin: string, c: Context) => boolean {
  return (origin, c) => {
    const scheme = isHttps(c, trustProxy) ? "https" : "http";
    const { host } = new URL(c.req.url);
    // As an origin leaves it out: `Host: name:443` may come from a proxy.
    return origin === new URL(`${scheme}://${host}`).origin;
  };
}
