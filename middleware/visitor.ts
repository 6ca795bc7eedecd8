import { z } from "zod";
import type { Language } from "../components/locales/mod.ts";
import type { SessionEnv } from "./session/mod.ts";

/** What this app's session holds: who filled in the form. */
export const visitorSchema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
});

export type Visitor = z.output<typeof visitorSchema>;

/** What every route finds on its context. */
export type AppEnv = SessionEnv<Visitor> & {
  Variables: { requestId: string; language: Language };
};
