// The real app without its session: the same middleware and pages, for a visitor who is always
// the same. real_app.ts PORT
import { Hono } from "hono";
import { except } from "hono/combine";
import { csrf } from "hono/csrf";

import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { isNotBrowser, LANGUAGES, SECURITY_HEADERS } from "../app.ts";
import { detectLanguage } from "../middleware/detect_language.ts";
import { dropBody, formBody } from "../middleware/form_body.ts";
import { formsOnly } from "../middleware/forms_only.ts";
import { requestLog } from "../middleware/request_log.ts";
import type { Session } from "../middleware/session/mod.ts";
import type { AppEnv, Visitor } from "../visitor.ts";
import { show } from "../routes/show.tsx";
import { users } from "../routes/users.tsx";

const now = () => Date.now() / 1000;
const createdAt = Math.floor(now());
const data: Visitor = {
  name: "User 0",
  email: "user0@example.com",
  trail: ["show"],
};
const always = {
  data,
  info: { isNew: false, createdAt },
  update() {},
  regenerate() {},
} as unknown as Session<Visitor>;

const app = new Hono<AppEnv>();
app.use(requestId({ limitLength: 64 }));
app.use(requestLog(console.log));
app.use(dropBody);
app.use(secureHeaders(SECURITY_HEADERS));
app.use(detectLanguage(LANGUAGES));
app.use(methodNotAllowed({ app }));
app.use(except(isNotBrowser, csrf()));
app.use(formsOnly);
app.use(formBody({ maxBytes: 16 * 1024, timeoutMs: 10_000 }));
app.use(async function noSession(c, next) {
  c.set("session", () => Promise.resolve(always));
  await next();
});
app.route("/", users(console.log));
app.route("/", show(now));

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, app.fetch);
