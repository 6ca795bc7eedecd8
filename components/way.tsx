import { type Language, locales } from "./locales/mod.ts";

export interface WayProps {
  readonly language: Language;
  /** Each shortened, so that it is of no use. */
  readonly cookie: string;
  readonly address: string;
  /** The beginning of the record. */
  readonly record: string;
}

/** With a store: the cookie leads to an address, and the address to the record. */
export function Way({ language, cookie, address, record }: WayProps) {
  const t = locales[language].session.way;
  return (
    <ol class="way" aria-label={t.title}>
      <li class="seal">
        {t.cookie} <code dir="ltr">{cookie}</code>
      </li>
      <li class="payload">
        {t.address} <code dir="ltr">{address}</code>
      </li>
      <li class="version">
        {t.record} <code dir="auto">{record}</code>
      </li>
    </ol>
  );
}
