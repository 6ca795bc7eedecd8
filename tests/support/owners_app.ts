import { Hono } from "hono";
import { z } from "zod";
import {
  session,
  type SessionEnv,
  type SessionOptions,
  type SessionStore,
} from "../../middleware/session/mod.ts";
import { SECRET } from "./test_app.ts";

const schema = z.object({
  userId: z.string().optional(),
  count: z.number().default(0),
});

/** Sessions that know whose they are. */
export function ownersOptions(
  store: SessionStore,
): SessionOptions<typeof schema> {
  const owner = ({ userId }: { readonly userId?: string | undefined }) =>
    userId;
  return { schema, store, owner, secrets: [SECRET] };
}

export type OwnersApp = Hono<SessionEnv<z.output<typeof schema>>>;

/** `/sign-in/WHO`, `/save`, `/regenerate`, `/restart`, `/read`: each after `?wait=` milliseconds. Answers with whose it is. */
export function ownersApp(options: SessionOptions<typeof schema>): OwnersApp {
  const app: OwnersApp = new Hono();
  app.use(session(options));
  app.get("/:what/:who?", async (c) => {
    const session = await c.var.session();
    const wait = Number(c.req.query("wait") ?? 0);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    switch (c.req.param("what")) {
      case "sign-in":
        session.restart();
        session.update({ userId: c.req.param("who") });
        break;
      case "save":
        session.update(({ count }) => ({ count: count + 1 }));
        break;
      case "regenerate":
        session.regenerate();
        break;
      case "restart":
        session.restart();
    }
    return c.text(`${session.info.id} ${session.data.userId ?? ""}`);
  });
  app.onError((error, c) =>
    c.text(error.name, error.name === "SessionConflictError" ? 409 : 500)
  );
  return app;
}
