// Small apps that the tests of the rules share.
import assert from "node:assert/strict";
import { isCleared, type TestApp, testApp } from "./test_app.ts";

/** `console.error` is where hono reports an error that no handler takes. */
export async function quietly<R>(task: () => Promise<R>): Promise<R> {
  const { error } = console;
  console.error = () => {};
  try {
    return await task();
  } finally {
    console.error = error;
  }
}

export function readApp(given: Parameters<typeof testApp>[0]): TestApp {
  return testApp(given, (app) => {
    app.get(
      "/",
      async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
    );
    app.get("/write/:name?", async (c) => {
      (await c.var.session()).update({ name: c.req.param("name") ?? "Jay" });
      return c.text("ok");
    });
    app.get("/long/:length", async (c) => {
      const name = "x".repeat(Number(c.req.param("length")));
      (await c.var.session()).update({ name });
      return c.text("ok");
    });
    app.get("/count", async (c) => {
      const session = await c.var.session();
      session.update(({ count }) => ({ count: count + 1 }));
      return c.text(String(session.data.count));
    });
    app.get(
      "/end",
      async (c) => c.text(String((await c.var.session()).info.endsAt.idle)),
    );
  });
}

/** The result of a Cookie header: the name or the reason, and "kept" or not. */
export function whoIs(
  given: Parameters<typeof testApp>[0],
  url = "http://localhost/",
): (cookie: string) => Promise<[string, string]> {
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      const { data, info } = await c.var.session();
      return c.text(info.rejected ?? data.name ?? "nobody");
    }));
  return async (cookie) => {
    const response = await app.request(url, { headers: { cookie } });
    assert.equal(response.status, 200);
    return [await response.text(), isCleared(response) ? "cleared" : "kept"];
  };
}
