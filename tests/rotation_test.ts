// Rule 6: changing the secret, step by step, with nobody logged out.
import assert from "node:assert/strict";
import { type Browser, browser } from "../middleware/session/testing/mod.ts";
import {
  OTHER_SECRET as NEW,
  SECRET as OLD,
  testApp,
} from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";

const test = Deno.test;

interface Case {
  readonly seal: "sign" | "encrypt";
  readonly store: "cookie" | "server";
}

const CASES: Case[] = [
  { seal: "sign", store: "cookie" },
  { seal: "encrypt", store: "cookie" },
  { seal: "sign", store: "server" },
  { seal: "encrypt", store: "server" },
];

/** Servers that share one store and differ in their secrets. */
function fleet({ seal, store }: Case) {
  const shared = store === "server" ? { store: controlledStore() } : {};
  const server = (...secrets: string[]) =>
    testApp({ seal, secrets, ...shared }, (app) => {
      app.post("/:name", async (c) => {
        (await c.var.session()).update({ name: c.req.param("name") });
        return c.text("ok");
      });
      app.get("/", async (c) => {
        const { data, info } = await c.var.session();
        return c.text(info.rejected ?? data.name ?? "nobody");
      });
    });
  return server;
}

for (const { seal, store } of CASES) {
  test(`a fleet rolls from the old secret to the new one and nobody is logged out (${seal}, ${store})`, async () => {
    const server = fleet({ seal, store });
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
      const name = `visitor${i}`;
      visitors.set(name, browser(app));
      await visitors.get(name)?.post(`/${name}`);
      for (const [name, visitor] of visitors) {
        for (let visit = 0; visit < 4; visit++) {
          assert.equal(await (await visitor.get("/")).text(), name);
        }
      }
    }
  });

  test(`a secret that is promoted before all servers can open it logs visitors out (${seal}, ${store})`, async () => {
    const server = fleet({ seal, store });
    const promoted = browser(server(NEW, OLD));
    await promoted.post("/Jay");
    const late = browser(server(OLD));
    for (const [name, value] of promoted.cookies) {
      late.setCookie(`${name}=${value}`);
    }
    assert.equal(await (await late.get("/")).text(), "bad-seal");
  });

  test(`removing the old secret ends what is left, and a cookie is sealed anew once (${seal}, ${store})`, async () => {
    const server = fleet({ seal, store });
    const visitor = browser(server(OLD));
    await visitor.post("/Jay");
    const [[name, value] = []] = visitor.cookies;
    const headers = { cookie: `${name}=${value}` };

    const first = await server(NEW, OLD).request("/", { headers });
    assert.equal(await first.text(), "Jay");
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const second = await server(NEW, OLD).request("/", { headers: { cookie } });
    assert.equal(await second.text(), "Jay");
    assert.deepEqual(second.headers.getSetCookie(), []);

    const gone = await server(NEW).request("/", { headers });
    assert.equal(await gone.text(), "bad-seal");
    const stays = await server(NEW).request("/", { headers: { cookie } });
    assert.equal(await stays.text(), "Jay");
  });
}
