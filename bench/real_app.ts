// The real app, and beside each page the same bytes as a constant, each without more and more of the
// work: real_app.ts PORT. The cost of a part is the difference between two.
//
//   /show             the page
//   /without/show     the same page for a visitor who is always the same: no session
//   /constant/show    its bytes, through the same middleware
//   /silent/show      the same, without a log
//   /bare/show        its bytes, by hono alone
import { Hono } from "hono";
import { createApp } from "../app.ts";
import { LogWriter } from "../server/log_writer.ts";
import type { Session } from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { CODE as code } from "../routes/code.ts";
import { lab } from "../routes/lab/mod.ts";
import { inspector } from "../routes/session.tsx";
import { show } from "../routes/show.tsx";
import type { AppEnv, Visitor } from "../visitor.ts";

const PATHS = ["/show", "/session", "/lab"];
const secrets = ["a secret of the benchmark: 32 bytes or more"];
const log = new LogWriter(Deno.stdout, String).write;
const now = () => Date.now() / 1000;

const app = createApp({ secrets, log });
const silent = createApp({ secrets, log() {} });
const bare = new Hono();

const visitor = browser(createApp({ secrets, log() {} }));
await visitor.post("/users", { name: "User 0", email: "user0@example.com" });
const data: Visitor = {
  name: "User 0",
  email: "user0@example.com",
  trail: ["show"],
};
const info = {
  ...{ isNew: false, id: "x".repeat(22), store: "cookie", seal: "sign" },
  ...{ bytes: 200, limit: 4096, createdAt: now(), usedAt: now() },
  endsAt: { idle: now() + 1800, absolute: now() + 28_800 },
};
const always = { data, info, update() {} } as unknown as Session<Visitor>;
const without = new Hono<AppEnv>();
without.use(async function noSession(c, next) {
  c.set("session", () => Promise.resolve(always));
  await next();
});
without.route("/", show({ mode: "signed", now, code }));
without.route(
  "/",
  inspector({ keeping: { mode: "signed", store: "cookie" }, now }),
);
without.route("/", lab({ secrets, now }));
app.route("/without", without);

for (const path of PATHS) {
  const page = await (await visitor.get(path)).text();
  app.get(`/constant${path}`, (c) => c.html(page));
  silent.get(`/silent${path}`, (c) => c.html(page));
  bare.get(`/bare${path}`, (c) => c.html(page));
}

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0]),
}, (request) => {
  const { url } = request;
  if (url.includes("/bare/")) return bare.fetch(request);
  if (url.includes("/silent/")) return silent.fetch(request);
  return app.fetch(request);
});
