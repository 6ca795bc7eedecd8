import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";

/** A session's two ends, as in the session's options: seconds, or a moment. */
export interface Lifetime {
  readonly idle: number;
  readonly absolute: number | Date;
}

/** In words: "30 minutes", and "after 8 hours" or "on …". */
export function lifetimeText(
  language: Language,
  { idle, absolute }: Lifetime,
): { readonly idle: string; readonly latest: string } {
  const { after, on } = locales[language].lifetime;
  const { duration, moment } = formatsOf(language);
  return {
    idle: duration(idle),
    latest: typeof absolute === "number"
      ? after(duration(absolute))
      : on(`${moment.format(absolute)} UTC`),
  };
}
