// Session data in any JSX component, without passing it down. With `jsxRenderer` each component finds
// the request's context. A component that waits for the session is an async function.
import { Hono } from "hono";
import { jsxRenderer, useRequestContext } from "hono/jsx-renderer";
import { type Env, sessions } from "./sessions.ts";

async function Greeting() {
  const c = useRequestContext<Env>();
  const { userId = "stranger" } = (await c.var.session()).data;
  return <p>Hello, {userId}</p>;
}

export const app = new Hono<Env>().use(sessions)
  .use(jsxRenderer(({ children }) => (
    <html>
      <body>{children}</body>
    </html>
  )))
  .get("/", (c) => c.render(<Greeting />));
