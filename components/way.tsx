import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

export interface WayProps {
  readonly language: Language;
  /** Each shortened, so that it is of no use. */
  readonly cookie: string;
  readonly id: string;
  /** The beginning of the record. */
  readonly record: string;
}

/** With a store: the cookie leads to an id, and the id to the record. */
export const Way = template(["language"], (
  { language, cookie, id, record }: WayProps,
) => {
  const t = locales[language].session.way;
  return (
    <ol class="way" aria-label={t.title}>
      <li class="seal">
        {t.cookie} <code dir="ltr">{cookie}</code>
      </li>
      <li class="payload">
        {t.id} <code dir="ltr">{id}</code>
      </li>
      <li class="version">
        {t.record} <code dir="auto">{record}</code>
      </li>
    </ol>
  );
});
