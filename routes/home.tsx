import { Hono } from "hono";
import { HomePage } from "../components/home_page.tsx";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";

const REASONS = ["none", "expired", "invalid"] as const;

/** `GET /`: the form, filled in when the session knows the visitor. */
export const home = new Hono<AppEnv>().get("/", trail("home"), async (c) => {
  const { data } = await c.var.session();
  const why = REASONS.find((reason) => reason === c.req.query("why"));
  return c.html(
    <HomePage
      language={c.get("language")}
      name={data.name ?? ""}
      email={data.email ?? ""}
      knownAs={data.name}
      why={why}
    />,
  );
});
