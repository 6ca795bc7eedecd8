import type { Child } from "hono/jsx";
import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { template } from "./template.ts";

export interface StoredValue {
  readonly key: string;
  /** As JSON writes it. */
  readonly json: string;
  readonly type: keyof typeof locales.en.session.types;
  readonly bytes: number;
}

export interface StoredProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly stored: readonly StoredValue[];
  readonly bytes: number;
  readonly limit: number;
}

/** The stored data of the session, and its size. */
export function Stored({ language, mode, stored, bytes, limit }: StoredProps) {
  const { number } = formatsOf(language);
  const percent = Math.max(1, 100 * bytes / limit).toFixed(1);
  return (
    <Contents
      language={language}
      mode={mode}
      rows={stored.map(({ key, json, type, bytes }) => (
        <Row
          language={language}
          name={key}
          json={json}
          type={type}
          bytes={number.format(bytes)}
        />
      ))}
      bytes={number.format(bytes)}
      limit={number.format(limit)}
      width={`${percent}%`}
    />
  );
}

interface ContentsProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly rows: Child;
  readonly bytes: string;
  readonly limit: string;
  readonly width: string;
}

const Contents = template(["language", "mode"], (
  { language, mode, rows, bytes, limit, width }: ContentsProps,
) => {
  const t = locales[language].session;
  return (
    <section class="card" aria-labelledby="stored">
      <h2 id="stored">{t.stored[mode]}</h2>
      <p class="soft small">{t.storeLess}</p>
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">{t.key}</th>
            <th scope="col">{t.value}</th>
            <th scope="col">{t.type}</th>
            <th scope="col" class="number">{t.bytes}</th>
          </tr>
        </thead>
        <tbody>{rows}</tbody>
      </table>
      <div class="meter">
        <p>{t.size(bytes, limit)}</p>
        <svg width="100%" height="8" aria-hidden="true" focusable="false">
          <rect class="track" width="100%" height="8" rx="4" />
          <rect class="fill" width={width} height="8" rx="4" />
        </svg>
        <p class="soft small">{t.sizeMeaning[mode]}</p>
      </div>
    </section>
  );
});

interface RowProps extends Omit<StoredValue, "key" | "bytes"> {
  readonly language: Language;
  readonly name: string;
  readonly bytes: string;
}

const Row = template(["language", "type"], (
  { language, name, json, type, bytes }: RowProps,
) => {
  const t = locales[language].session;
  return (
    <tr>
      <th scope="row">
        <code dir="ltr">{name}</code>
      </th>
      <td data-label={t.value}>
        <code dir="auto">{json}</code>
      </td>
      <td data-label={t.type}>{t.types[type]}</td>
      <td data-label={t.bytes} class="number">{bytes}</td>
    </tr>
  );
});
