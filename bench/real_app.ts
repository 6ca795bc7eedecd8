// The real app, and each page's bytes as a constant through the same middleware,
// such as /constant/show.
import { createApp } from "../app.ts";
import { LogWriter } from "../server/log_writer.ts";
import { browser } from "../middleware/session/testing/mod.ts";

const secrets = ["a secret of the benchmark: 32 bytes or more"];
const nowhere = await Deno.open("/dev/null", { write: true });
const log = new LogWriter(nowhere, String).write;
const app = createApp({ secrets, log });
const visitor = browser(createApp({ secrets, log() {} }));
await visitor.post("/users", { name: "Jay", email: "jay@example.com" });
for (const path of ["/show", "/session", "/lab"]) {
  const page = await (await visitor.get(path)).text();
  app.get(`/constant${path}`, (c) => c.html(page));
}
Deno.serve({ hostname: "127.0.0.1", port: 0 }, app.fetch);
