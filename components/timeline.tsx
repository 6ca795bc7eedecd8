import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";

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

/** From a session's beginning to its last possible moment. */
export function Timeline({ language, times }: TimelineProps) {
  const span = Math.max(1, times.absolute - times.began);
  const percent = (moment: number) => {
    const part = (moment - times.began) / span;
    return `${(3 + 94 * Math.min(1, Math.max(0, part))).toFixed(1)}%`;
  };
  const alive = percent(Math.min(times.idle, times.absolute));
  return (
    <>
      <svg
        class="timeline"
        width="100%"
        height="20"
        aria-hidden="true"
        focusable="false"
      >
        <line class="track" x1="3%" x2="97%" y1="10" y2="10" />
        <line class="alive" x1="3%" x2={alive} y1="10" y2="10" />
        {MOMENTS.map((name) => (
          <circle
            class={name}
            cx={percent(times[name])}
            cy="10"
            r={name === "now" ? 7 : 5}
          />
        ))}
      </svg>
      <dl class="facts moments">
        {MOMENTS.map((name) => (
          <div>
            <dt class={name}>{locales[language].session[name]}</dt>
            <dd>
              <Moment language={language} seconds={times[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
