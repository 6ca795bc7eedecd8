import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import { Terms } from "./terms.tsx";

/** A session's moments, in seconds since the epoch. */
export interface Times {
  readonly began: number;
  readonly used: number;
  readonly now: number;
  readonly idle: number;
  readonly absolute: number;
}

export interface TimelineProps {
  readonly language: Language;
  readonly times: Times;
}

const MOMENTS = ["began", "used", "now", "idle", "absolute"] as const;

/** From a session's beginning to its last possible moment, in UTC: the server does not know the visitor's time zone. */
export function Timeline({ language, times }: TimelineProps) {
  const { began, absolute } = times;
  const { moment } = formatsOf(language);
  const at = (seconds: number) => {
    const part = (seconds - began) / Math.max(1, absolute - began);
    return `${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}%`;
  };
  return (
    <>
      <svg width="100%" height="20" aria-hidden="true">
        <rect y="8" width="100%" height="4" opacity="0.2" />
        <rect y="8" width={at(times.idle)} height="4" />
        {MOMENTS.map((name) => (
          <circle cx={at(times[name])} cy="10" r={name === "now" ? 8 : 5} />
        ))}
      </svg>
      <Terms
        rows={MOMENTS.map((name) => [
          locales[language].session[name],
          <time
            key={name}
            datetime={new Date(times[name] * 1000).toISOString()}
          >
            {moment.format(times[name] * 1000)} <abbr>UTC</abbr>
          </time>,
        ])}
      />
    </>
  );
}
