// Microseconds in the middle of it all: deno bench bench/seal_bench.ts
import { Hono } from "hono";
import { z } from "zod";
import { session, type SessionEnv } from "../middleware/session/mod.ts";
import { createSealer } from "../middleware/session/cookie/seal.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";

const secrets = ["a secret of the benchmark, with 32 bytes or more"];

for (const seal of ["sign", "encrypt"] as const) {
  for (const bytes of [100, 500, 1000, 2000, 2600]) {
    const sealer = createSealer({
      ...{ secrets, seal, purpose: "session", cookieName: "session" },
    });
    const token = "x".repeat(bytes);
    // More values than are remembered, so that each is opened in earnest.
    const values = Array.from(
      { length: 20_000 },
      (_, i) => sealer.seal(token.slice(0, -8) + String(i).padStart(8, "0")),
    );
    let at = 0;
    const group = `${seal}, ${bytes} bytes`;
    Deno.bench({ name: `seal (${group})`, group }, () => {
      sealer.seal(token);
    });
    Deno.bench({ name: `open (${group})`, group }, () => {
      sealer.open(values[at++ % values.length] ?? "");
    });
    Deno.bench({ name: `open again (${group})`, group }, () => {
      sealer.open(values[0] ?? "");
    });
  }
}

const schema = z.object({ name: z.string().optional() });

for (const count of [1, 2, 3]) {
  const all = Array.from({ length: count }, (_, i) => secrets[0] + String(i));
  const app = new Hono<SessionEnv<z.output<typeof schema>>>();
  app.use(session({ schema, secrets: all }));
  app.get("/", async (c) => c.text((await c.var.session()).data.name ?? ""));
  app.get("/set", async (c) => {
    (await c.var.session()).update({ name: "Kay" });
    return c.text("ok");
  });
  const cookie = await sealFor(session({ schema, secrets: all }), {
    name: "Jay",
  });
  const request = (path: string) =>
    new Request(`http://localhost${path}`, { headers: { cookie } });
  Deno.bench(`a request that reads (${count} secrets)`, async () => {
    await app.fetch(request("/"));
  });
  Deno.bench(`a request that writes (${count} secrets)`, async () => {
    await app.fetch(request("/set"));
  });
}
