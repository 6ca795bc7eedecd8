import * as z from "zod";
import type { BodyEnv } from "./middleware/form_body.ts";
import type { TimedEnv } from "./middleware/server_timing.ts";
import type { SessionEnv } from "./middleware/session/mod.ts";
import { PAGE_NAMES } from "./pages.ts";

/** The data of this app's session: the form's name and email, and the pages visited since. */
export const visitorSchema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  trail: z.array(z.enum(PAGE_NAMES)).readonly().default([]),
});

export type Visitor = z.output<typeof visitorSchema>;

/** The variables on the context of every route. */
export type AppEnv = SessionEnv<Visitor> & {
  Variables:
    & { requestId: string }
    & BodyEnv["Variables"]
    & TimedEnv["Variables"];
};
