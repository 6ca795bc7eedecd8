// Session data in any JSX component, without passing it down: a middleware opens the session, and
// with `jsxRenderer` each component finds the request's context.
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { jsxRenderer, useRequestContext } from "hono/jsx-renderer";
import { type Env, sessions } from "./sessions.ts";

type PageEnv = Env & { Variables: { user: string | undefined } };

const opened = createMiddleware<PageEnv>(async (c, next) => {
  c.set("user", (await c.var.session()).data.userId);
  await next();
});

function Greeting() {
  const c = useRequestContext<PageEnv>();
  return <p>Hello, {c.var.user ?? "stranger"}</p>;
}

export const app = new Hono<PageEnv>().use(sessions, opened)
  .use(jsxRenderer(({ children }) => (
    <html>
      <body>{children}</body>
    </html>
  )))
  .get("/", (c) => c.render(<Greeting />));
