import { ar } from "./ar.ts";
import { en, type Texts } from "./en.ts";
import { es } from "./es.ts";

export type { Texts } from "./en.ts";

/** Every language the pages speak. A text that one of them lacks does not compile. */
export const locales = { en, es, ar } satisfies Record<string, Texts>;

export type Language = keyof typeof locales;

export const languages = Object.keys(locales) as Language[];
