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
  const { iso, moment } = formatsOf(language);
  const milliseconds = seconds * 1000;
  return (
    <Time
      iso={iso.format(milliseconds)}
      text={moment.format(milliseconds)}
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
