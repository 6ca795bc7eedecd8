import { formatsOf } from "./format.ts";
import type { Language } from "./locales/mod.ts";
import { template } from "./template.ts";

export interface MomentProps {
  readonly language: Language;
  /** Since the epoch. */
  readonly seconds: number;
}

/** A moment in UTC: the server does not know the visitor's time zone, and says so. */
export function Moment({ language, seconds }: MomentProps) {
  const date = new Date(seconds * 1000);
  return (
    <Time
      iso={date.toISOString()}
      text={formatsOf(language).moment.format(date)}
    />
  );
}

const Time = template([], (
  { iso, text }: { readonly iso: string; readonly text: string },
) => (
  <time datetime={iso}>
    {text} <abbr>UTC</abbr>
  </time>
));
