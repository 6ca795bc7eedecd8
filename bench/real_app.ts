// The real app, and beside each page two that cost less: real_app.ts PORT
//
//   /show             the page
//   /without/show     the same page without a session
//   /constant/show    its bytes, through the same middleware
import { createApp } from "../app.ts";
import { LogWriter } from "../server/log_writer.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { JAY, secrets, withoutSession } from "./without_session.ts";

const log = new LogWriter(Deno.stdout, String).write;
const app = createApp({ secrets, log });
const visitor = browser(createApp({ secrets, log() {} }));
await visitor.post("/users", JAY);
for (const path of ["/show", "/session", "/lab"]) {
  const page = await (await visitor.get(path)).text();
  app.get(`/constant${path}`, (c) => c.html(page));
}
app.route("/without", withoutSession());
Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, app.fetch);
