import { Hono } from "hono";
import { TeachPage } from "../components/teach_page.tsx";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";
import { frameOf, sendPage } from "./page.ts";

/** `/teach`: how a class comes here, a plan for a lesson, and a worksheet. */
export const teach = new Hono<AppEnv>().get(
  "/teach",
  trail("teach"),
  async (c) => sendPage(c, <TeachPage {...await frameOf(c)} />),
);
