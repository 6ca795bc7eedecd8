import { formatsOf } from "./format.ts";
import type { Language } from "./locales/mod.ts";

export interface MomentProps {
  readonly language: Language;
  /** Since the epoch. */
  readonly seconds: number;
}

/** A moment in UTC: the server does not know the visitor's time zone, and says so. */
export function Moment({ language, seconds }: MomentProps) {
  const date = new Date(seconds * 1000);
  return (
    <time datetime={date.toISOString()}>
      {formatsOf(language).moment.format(date)} <abbr>UTC</abbr>
    </time>
  );
}
