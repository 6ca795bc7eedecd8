import { Hono } from "hono";
import { ShowPage } from "../components/show_page.tsx";
import type { RejectReason } from "../middleware/session/mod.ts";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";

/** `GET /show`: greets whom the session remembers. `now` is in seconds since the epoch. */
export function show(now: () => number): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/show", trail("show"), async (c) => {
    const { data, info } = await c.var.session();
    if (data.name === undefined || data.email === undefined) {
      return c.redirect(`/?why=${why(info.rejected)}`, 303);
    }
    return c.html(
      <ShowPage
        language={c.get("language")}
        name={data.name}
        email={data.email}
        postedAt={info.createdAt}
        cameAt={now()}
      />,
    );
  });
}

function why(
  rejected: RejectReason | undefined,
): "none" | "expired" | "invalid" {
  switch (rejected) {
    case undefined:
      return "none";
    case "expired":
    case "unknown":
      return "expired";
    case "malformed":
    case "bad-seal":
    case "schema":
      return "invalid";
  }
}
