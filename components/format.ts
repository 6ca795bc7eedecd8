import { type Language, languages, locales } from "./locales/mod.ts";

/** In seconds, the longest first. */
const UNITS = { day: 86_400, hour: 3600, minute: 60, second: 1 } as const;

/** Numbers, times and lengths of time as each language writes them. Intl objects are costly to make, so each is made once, when it is needed. */
function formats(language: Language) {
  const units = Object.entries(UNITS).map(([unit, seconds]) => {
    const options = { style: "unit", unit, unitDisplay: "long" } as const;
    const make = () => new Intl.NumberFormat(language, options);
    return { seconds, format: remembering(make) };
  });
  return {
    number: remembering(() => new Intl.NumberFormat(language)),
    moment: remembering(() =>
      new Intl.DateTimeFormat(language, {
        dateStyle: "medium",
        timeStyle: "medium",
        timeZone: "UTC",
      })
    ),
    /** A length of time, in the biggest unit that it has two of: "29 minutes". Rounded down. */
    duration(seconds: number): string {
      const fits = units.find((unit) => seconds >= 2 * unit.seconds) ??
        units.at(-1)!;
      return fits.format.format(Math.floor(seconds / fits.seconds));
    },
  };
}

/** Texts that a format remembers at most. */
const REMEMBERED = 500;

interface Format {
  format(value: number | Date): string;
}

/** Many visitors see the same second and the same lengths: formatting one costs more than a dozen look-ups. */
function remembering(make: () => { format(value: number): string }): Format {
  let format: ReturnType<typeof make> | undefined;
  const known = new Map<number, string>();
  return {
    format(value) {
      const key = Number(value);
      let text = known.get(key);
      if (text === undefined) {
        if (known.size === REMEMBERED) known.clear();
        format ??= make();
        known.set(key, text = format.format(key));
      }
      return text;
    },
  };
}

const made = Object.fromEntries(
  languages.map((language) => [language, formats(language)]),
) as Record<Language, ReturnType<typeof formats>>;

export function formatsOf(language: Language) {
  return made[language];
}

/** A session's two ends, as in the session's options: seconds, or a moment. */
export interface Lifetime {
  readonly idle: number;
  readonly absolute: number | Date;
}

/** When a session ends, in words. */
export function lifetimeText(
  language: Language,
  { idle, absolute }: Lifetime,
): string {
  const { ends, after, on } = locales[language].lifetime;
  const { duration, moment } = formatsOf(language);
  const latest = typeof absolute === "number"
    ? after(duration(absolute))
    : on(`${moment.format(absolute)} UTC`);
  return ends(duration(idle), latest);
}
