import type { Child } from "hono/jsx";
import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";
import { template } from "./template.ts";

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
  return (
    <Line
      alive={percent(Math.min(times.idle, times.absolute))}
      points={MOMENTS.map((name) => (
        <Point name={name} x={percent(times[name])} />
      ))}
      facts={MOMENTS.map((name) => (
        <Fact language={language} name={name}>
          <Moment language={language} seconds={times[name]} />
        </Fact>
      ))}
    />
  );
}

interface LineProps {
  /** Where it ends. */
  readonly alive: string;
  readonly points: Child;
  readonly facts: Child;
}

const Line = template([], ({ alive, points, facts }: LineProps) => (
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
      {points}
    </svg>
    <dl class="facts moments">{facts}</dl>
  </>
));

interface PointProps {
  readonly name: keyof Times;
  readonly x: string;
}

const Point = template(
  ["name"],
  ({ name, x }: PointProps) => (
    <circle class={name} cx={x} cy="10" r={name === "now" ? 7 : 5} />
  ),
);

interface FactProps {
  readonly language: Language;
  readonly name: keyof Times;
  readonly children: Child;
}

const Fact = template(
  ["language", "name"],
  ({ language, name, children }: FactProps) => (
    <div>
      <dt class={name}>{locales[language].session[name]}</dt>
      <dd>{children}</dd>
    </div>
  ),
);
