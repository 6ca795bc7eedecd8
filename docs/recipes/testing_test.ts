// Test your routes, with any test runner. `browser(app)` has a cookie jar and needs no server.
// `sealFor()` makes the Cookie header of a visitor who has a session already, in any store.
import { session } from "@baton/session";
import { browser, sealFor } from "@baton/session/testing";
import { Hono } from "hono";
import assert from "node:assert/strict";
import test from "node:test";
import { z } from "zod";

const sessions = session({
  schema: z.object({ visits: z.number().default(0) }),
  secrets: [crypto.randomUUID()],
});
const app = new Hono().use(sessions).get("/", async (c) => {
  const session = await c.var.session();
  session.update(({ visits }) => ({ visits: visits + 1 }));
  return c.text(`Visit ${session.data.visits}`);
});

test("visits are counted", async () => {
  const visitor = browser(app);
  await visitor.get("/");
  assert.equal(await (await visitor.get("/")).text(), "Visit 2");
});

test("a hundredth visit", async () => {
  const cookie = await sealFor(sessions, { visits: 99 });
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(await response.text(), "Visit 100");
});
