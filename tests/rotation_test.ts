// Rule 6: changing the secret, step by step, with nobody logged out.
import assert from "node:assert/strict";
import { type Browser, browser } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { readApp } from "./support/rule_apps.ts";
import { OTHER_SECRET as NEW, SECRET as OLD } from "./support/test_app.ts";

const test = Deno.test;
const WAYS = (["cookie", "server"] as const).flatMap((store) =>
  (["sign", "encrypt"] as const).map((seal) => ({ seal, store }))
);

for (const { seal, store } of WAYS) {
  /** Servers that share one store and differ in their secrets. */
  const fleet = () => {
    const shared = store === "server" ? { store: controlledStore() } : {};
    return (...secrets: string[]) => readApp({ seal, secrets, ...shared });
  };

  test(`a fleet rolls from the old secret to the new one and nobody is logged out (${seal}, ${store})`, async () => {
    const server = fleet();
    // At each stage some servers are already at the next one.
    const stages = [
      [server(OLD)],
      [server(OLD), server(OLD, NEW)], // all learn to open the new one,
      [server(OLD, NEW)],
      [server(OLD, NEW), server(NEW, OLD)], // then it begins to seal,
      [server(NEW, OLD)],
      [server(NEW, OLD), server(NEW)], // and the old one goes.
      [server(NEW)],
    ];
    let current = stages[0] ?? [];
    let turn = 0;
    // Each request meets another server of the stage.
    const app = {
      request: (url: string, init?: RequestInit) => {
        const next = current[turn++ % current.length] ?? assert.fail();
        return next.request(url, init);
      },
    };
    const visitors = new Map<string, Browser>();
    for (const [i, stage] of stages.entries()) {
      current = stage;
      visitors.set(`visitor${i}`, browser(app));
      await visitors.get(`visitor${i}`)?.get(`/write/visitor${i}`);
      for (const [name, visitor] of visitors) {
        for (let visit = 0; visit < 4; visit++) {
          assert.equal(await (await visitor.get("/")).text(), name);
        }
      }
    }
  });

  test(`an old secret's cookie is sealed anew once; removing that secret ends the others, and so does promoting one too early (${seal}, ${store})`, async () => {
    const server = fleet();
    const visit = async (app: ReturnType<typeof server>, cookie: string) => {
      const answer = await app.request("/", { headers: { cookie } });
      const [line = ""] = answer.headers.getSetCookie();
      return [await answer.text(), line.split(";")[0] ?? ""] as const;
    };
    const visitor = browser(server(OLD));
    await visitor.get("/write");
    const [pair = []] = [...visitor.cookies];
    const old = pair.join("=");
    const [who, anew] = await visit(server(NEW, OLD), old);
    assert.equal(who, "Jay");
    assert.notEqual(anew, "");
    assert.deepEqual(await visit(server(NEW, OLD), anew), ["Jay", ""]);
    assert.deepEqual(await visit(server(NEW), anew), ["Jay", ""]);
    assert.deepEqual(await visit(server(NEW), old), ["bad-seal", ""]);
    assert.deepEqual(await visit(server(OLD), anew), ["bad-seal", ""]);
  });
}
