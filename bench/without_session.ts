// The real app's pages for a visitor who is always the same, without a session.
import { Hono } from "hono";
import type { Session } from "../middleware/session/mod.ts";
import { CODE as code } from "../routes/code.ts";
import { lab } from "../routes/lab/mod.ts";
import { inspector } from "../routes/session.tsx";
import { show } from "../routes/show.tsx";
import type { AppEnv, Visitor } from "../visitor.ts";

export const secrets = ["a secret of the benchmark: 32 bytes or more"];
export const JAY = { name: "Jay", email: "jay@example.com" };

const now = () => Date.now() / 1000;

function always(): Session<Visitor> {
  const data: Visitor = { ...JAY, trail: ["show"] };
  const info = {
    ...{ isNew: false, id: "x".repeat(22), store: "cookie", seal: "sign" },
    ...{ bytes: 200, limit: 4096, createdAt: now(), usedAt: now() },
    cookieName: "session",
    endsAt: { idle: now() + 1800, absolute: now() + 28_800 },
  };
  return { data, info, update() {} } as unknown as Session<Visitor>;
}

export function withoutSession(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  let session: Session<Visitor> | undefined;
  app.use(async function noSession(c, next) {
    c.set("session", () => Promise.resolve(session ??= always()));
    await next();
  });
  app.route("/", show({ mode: "signed", now, code }));
  const keeping = { mode: "signed", store: "cookie" } as const;
  app.route("/", inspector({ keeping, now }));
  app.route("/", lab({ secrets, now }));
  return app;
}
