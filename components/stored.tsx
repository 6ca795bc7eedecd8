import { Card } from "./card.tsx";
import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Terms } from "./terms.tsx";

export interface StoredProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly data: object;
  readonly bytes: number;
  readonly limit: number;
}

/** The stored data of the session, and its size. */
export function Stored({ language, mode, data, bytes, limit }: StoredProps) {
  const t = locales[language].session;
  const { number } = formatsOf(language);
  const percent = Math.max(1, 100 * bytes / limit).toFixed(1);
  return (
    <Card id="stored" title={t.stored[mode]}>
      <p class="soft small">{t.storeLess}</p>
      <Terms
        rows={Object.entries(data).map(([key, value]) => [
          <code key="key" dir="ltr">{key}</code>,
          <code key="json" dir="auto">{JSON.stringify(value)}</code>,
        ])}
      />
      <p>{t.size(number.format(bytes), number.format(limit))}</p>
      <svg width="100%" height="8" stroke="none" aria-hidden="true">
        <rect width="100%" height="8" rx="4" opacity="0.2" />
        <rect width={`${percent}%`} height="8" rx="4" />
      </svg>
    </Card>
  );
}
