import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

/** The things that a learner should be able to say. */
export const TOPICS = [
  "holds",
  "reads",
  "changes",
  "ends",
  "restart",
  "password",
] as const satisfies (keyof typeof locales.en.check.question)[];

export type Topic = typeof TOPICS[number];

export type Facts = Readonly<Record<Topic, string>>;

/** Facts about the sessions here, a sentence or two for each. */
export function factsOf(language: Language, mode: Mode): Facts {
  const { check: { fact }, end } = locales[language];
  return {
    holds: fact.holds[mode],
    reads: fact.reads[mode],
    changes: fact.changes[mode],
    ends: `${end.lead} ${end.meaning[mode]}`,
    restart: fact.restart,
    password: fact.password,
  };
}

/** The right answers, by their keys: they depend on where the session is. */
export function rightAnswers(mode: Mode): Facts {
  const isStored = mode === "server";
  return {
    holds: isStored ? "id" : "data",
    reads: mode,
    changes: "refused",
    ends: isStored ? "never" : "until",
    restart: "refused",
    password: "no",
  };
}
