import { formatsOf } from "./format.ts";
import type { Language } from "./locales/mod.ts";

export interface MomentProps {
  readonly language: Language;
  /** Since the epoch. */
  readonly seconds: number;
}

/** A moment in UTC: the server does not know the visitor's time zone, and says so. */
export function Moment({ language, seconds }: MomentProps) {
  const { moment } = formatsOf(language);
  const milliseconds = seconds * 1000;
  return (
    <time datetime={new Date(milliseconds).toISOString()}>
      {moment.format(milliseconds)} <abbr>UTC</abbr>
    </time>
  );
}
