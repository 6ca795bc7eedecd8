// Rule 11: a store that fails is an outage.
import assert from "node:assert/strict";
import { HTTPException } from "hono/http-exception";
import {
  session,
  SessionConflictError,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { options, setCookie, testApp } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { readApp } from "./support/rule_apps.ts";

const test = Deno.test;

test("rule 11: a store that fails is an outage: 503 with Retry-After, and the cookie stays", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = readApp(given);
  const cookie = await sealFor(session(given), { name: "Jay" });
  const secret = "redis://user:hunter2@host";
  backend.fail(new Error(secret));
  for (const path of ["/", "/count", "/end"]) {
    const response = await app.request(path, { headers: { cookie } });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.equal(setCookie(response), undefined);
    assert.doesNotMatch(await response.text(), /hunter2/);
  }
  const response = await app.request("/write");
  assert.equal(response.status, 503); // the route ran; the commit failed
  assert.equal(response.headers.get("Retry-After"), "1");
  backend.fail(undefined);
  const after = await app.request("/", { headers: { cookie } });
  assert.equal(await after.text(), "Jay");
});

test("rule 11: a route may answer an outage itself, and the errors say what they are", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      try {
        await c.var.session();
        return c.text("opened");
      } catch (error) {
        assert(error instanceof SessionStoreError);
        assert(error instanceof HTTPException);
        assert.equal((error.cause as Error).message, "down");
        return c.text("without a session");
      }
    }));
  backend.fail(new Error("down"));
  const cookie = await sealForStore(backend, given);
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(await response.text(), "without a session");
  assert.equal(setCookie(response), undefined);
});

test("rule 11: a conflict is a 409 in an app without onError", () => {
  const error = new SessionConflictError("said");
  assert(error instanceof HTTPException);
  assert.equal(error.getResponse().status, 409);
});

/** A sealed cookie, made while the store still works. */
async function sealForStore(
  backend: ReturnType<typeof controlledStore>,
  given: ReturnType<typeof options>,
): Promise<string> {
  backend.fail(undefined);
  const cookie = await sealFor(session(given), { name: "Jay" });
  backend.fail(new Error("down"));
  return cookie;
}
