import * as z from "zod";
import type { Language } from "../components/locales/mod.ts";
import type { SessionEnv } from "./session/mod.ts";

/** The pages that the trail knows. */
export const PAGES = ["home", "show", "session", "lab"] as const;

export type Page = typeof PAGES[number];

/** What this app's session holds: who filled in the form, and the pages visited since. */
export const visitorSchema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  trail: z.array(z.enum(PAGES)).readonly().optional(),
});

export type Visitor = z.output<typeof visitorSchema>;

/** What every route finds on its context. */
export type AppEnv = SessionEnv<Visitor> & {
  Variables: { requestId: string; language: Language };
};
