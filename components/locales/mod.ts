import { en, type Texts } from "./en.ts";

export type { Texts } from "./en.ts";

/** Every language the pages speak. */
export const locales = { en } satisfies Record<string, Texts>;

export type Language = keyof typeof locales;

export const languages = Object.keys(locales) as Language[];
