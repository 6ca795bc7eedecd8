import type { SessionStore } from "../../middleware/session/mod.ts";
import { type TestApp, testApp } from "./test_app.ts";

export interface ProofAppOptions {
  /** Seconds since the epoch; a clock that stands still otherwise. */
  readonly now?: () => number;
  /** So many requests open the session before the first of them goes on; default 1. */
  readonly together?: number;
}

/** Routes that read, count, renew, end, claim and take, each after a moment's thought: `?wait=` milliseconds. */
export function proofApp(
  store: SessionStore,
  { together = 1, ...options }: ProofAppOptions = {},
): TestApp {
  let opened = 0;
  const all = Promise.withResolvers<void>();
  const app = testApp({ store, ...options }, (app) => {
    app.get("/:what", async (c) => {
      const session = await c.var.session();
      if (++opened >= together) all.resolve();
      await all.promise;
      const wait = Number(c.req.query("wait") ?? 0);
      await new Promise((resolve) => setTimeout(resolve, wait));
      switch (c.req.param("what")) {
        case "begin":
        case "add":
          session.update(({ count }) => ({ count: count + 1 }));
          break;
        case "renew":
          session.regenerate();
          break;
        case "destroy":
          session.destroy();
          break;
        case "claim": {
          const me = crypto.randomUUID();
          session.update(({ name }) => name === undefined ? { name: me } : {});
          await session.commit();
          return c.text(session.data.name === me ? "won" : "lost");
        }
        case "take": {
          const code = session.take("flash");
          await session.commit();
          return c.text(code === undefined ? "lost" : "won");
        }
      }
      return c.text(session.info.isNew ? "new" : `known ${session.data.count}`);
    });
  });
  app.onError((error, c) => {
    all.resolve(); // nobody waits for one that could not open
    return c.text(
      error.name,
      error.name === "SessionConflictError" ? 409 : 500,
    );
  });
  return app;
}
