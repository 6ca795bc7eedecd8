// What every request passes: in order on the way in, the other way round on the way out.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { steps } from "../middleware/steps.ts";

const test = Deno.test;

function open() {
  const seen: string[] = [];
  const app = new Hono();
  app.onError((_error, c) => c.text("sorry", 500));
  app.use(steps(
    () => {
      seen.push("one");
      return ({ res }) => {
        seen.push(`one after ${res.status}`);
      };
    },
    () => {
      seen.push("two");
      return undefined;
    },
    () => {
      seen.push("three");
      return async ({ res }) => {
        await Promise.resolve();
        seen.push(`three after ${res.status}`);
      };
    },
  ));
  app.get("/", (c) => {
    seen.push("route");
    return c.text("hello");
  });
  app.get("/broken", () => {
    throw new Error("broken");
  });
  return { app, seen };
}

test("steps are taken in order, and what they return after the route, the last one first, one after the other", async () => {
  const { app, seen } = open();
  await app.request("/");
  assert.deepEqual(seen, [
    ...["one", "two", "three", "route"],
    ...["three after 200", "one after 200"],
  ]);
});

test("what steps return is done after a route that throws, and where there is none", async () => {
  for (const [path, status] of [["/broken", 500], ["/nowhere", 404]] as const) {
    const { app, seen } = open();
    assert.equal((await app.request(path)).status, status);
    assert.deepEqual(seen.slice(3), [
      `three after ${status}`,
      `one after ${status}`,
    ]);
  }
});
