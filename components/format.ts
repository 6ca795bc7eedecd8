import type { Language } from "./locales/mod.ts";

/** Numbers and moments as each language writes them. Intl objects are costly to make, so each is made once. */
function formats(language: Language) {
  return {
    number: new Intl.NumberFormat(language),
    moment: new Intl.DateTimeFormat(language, {
      dateStyle: "medium",
      timeStyle: "medium",
      timeZone: "UTC",
    }),
    time: new Intl.DateTimeFormat(language, {
      timeStyle: "medium",
      timeZone: "UTC",
    }),
    list: new Intl.ListFormat(language),
  };
}

const made = new Map<Language, ReturnType<typeof formats>>();

export function formatsOf(language: Language): ReturnType<typeof formats> {
  const known = made.get(language);
  if (known !== undefined) return known;
  const fresh = formats(language);
  made.set(language, fresh);
  return fresh;
}
