import * as z from "zod";
import type { BodyEnv } from "./middleware/form_body.ts";
import type { TimedEnv } from "./middleware/server_timing.ts";
import type { SessionEnv } from "./middleware/session/mod.ts";
import { PAGE_NAMES } from "./pages.ts";

/**
 * This app's session: who filled in the form, and the pages visited since. A
 * page that is new or gone costs no visitor the session: only the trail begins
 * again.
 */
export const visitorSchema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  trail: z.array(z.enum(PAGE_NAMES)).readonly().default([]).catch([]),
});

export type Visitor = z.output<typeof visitorSchema>;

/** The variables on the context of every route. */
export type AppEnv = SessionEnv<Visitor> & {
  Variables:
    & { requestId: string }
    & BodyEnv["Variables"]
    & TimedEnv["Variables"];
};
