// The app as worker.ts has it, without its log, and next to /show the same page without a session.
// @ts-types="../middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { createApp } from "../app.ts";
import { ShowPage } from "../components/show_page.tsx";
import {
  durableObjectStore,
  type SessionNamespace,
} from "../middleware/session/stores/durable_object/mod.ts";
import { CODE } from "../routes/code.ts";
import { languageOf } from "../routes/language_of.ts";

export { SessionObject } from "../middleware/session/stores/durable_object/mod.ts";

export default createApp({
  secrets: ["a secret of the benchmark: 32 bytes or more"],
  store: env["SESSION_STORE"] === "cookie"
    ? "cookie"
    : durableObjectStore(env["SESSIONS"] as SessionNamespace),
  log: () => {},
}).get("/plain", (c) =>
  c.html(
    <ShowPage
      language={languageOf(c)}
      mode={env["SESSION_STORE"] === "cookie" ? "signed" : "server"}
      name="Jay"
      email="jay@example.com"
      postedAt={Date.now() / 1000}
      cameAt={Date.now() / 1000}
      exchanges={{
        request: {
          start: "GET /show HTTP/1.1",
          host: "",
          hasCookies: false,
          cookies: "",
        },
        setCookie: undefined,
        cookieName: "session",
        maxAgeSeconds: 28_800,
        idleSeconds: 1800,
      }}
      code={<CODE.show language={languageOf(c)} />}
      build={<CODE.build language={languageOf(c)} />}
    />,
  ));
