import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { assets } from "./assets.ts";
import { type Page, PAGE_NAMES, PAGES } from "../pages.ts";
import { type Language, languages, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

export interface LayoutProps {
  readonly language: Language;
  readonly title: string;
  /** The page that is shown; none for an error page. */
  readonly page?: Page;
  /** The name in the session; null: there is none. Left out where nobody asked the session. */
  readonly knownAs?: string | null;
  readonly children: Child;
}

/** The frame of every page. */
export function Layout({ knownAs, ...frame }: LayoutProps) {
  const { language } = frame;
  const known = knownAs === null
    ? <Unknown language={language} />
    : knownAs !== undefined && <Known language={language} name={knownAs} />;
  return <Frame {...frame} known={known} />;
}

interface FrameProps extends Omit<LayoutProps, "knownAs"> {
  /** Who the visitor is. */
  readonly known: Child;
}

const Frame = template(["language", "page"], (
  { language, title, page, known, children }: FrameProps,
) => {
  const t = locales[language];
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang={language} dir={t.direction}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title}</title>
          <link rel="stylesheet" href={assets.style.path} />
          <link rel="icon" type="image/svg+xml" href={assets.favicon.path} />
        </head>
        <body>
          <a class="skip" href="#content">{t.layout.skip}</a>
          <header>
            <p class="brand">
              <Mark />
              <span lang="en">Baton</span>
            </p>
            {known}
            <nav aria-label={t.layout.navigation}>
              <ul>
                {PAGE_NAMES.map((name) => (
                  <li>
                    <a
                      href={PAGES[name]}
                      aria-current={name === page ? "page" : undefined}
                    >
                      {t.layout[name]}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          </header>
          <main id="content">{children}</main>
          <footer>
            <p>{t.layout.footer}</p>
            <LanguageForm language={language} back={PAGES[page ?? "home"]} />
          </footer>
        </body>
      </html>
    </>
  );
});

interface KnownProps {
  readonly language: Language;
  readonly name: string;
}

const Known = template(
  ["language"],
  ({ language, name }: KnownProps) => (
    <p class="known yes">
      <bdi>{locales[language].layout.known(name)}</bdi>
    </p>
  ),
);

const Unknown = template(
  ["language"],
  ({ language }: { readonly language: Language }) => (
    <p class="known">
      <bdi>{locales[language].layout.unknown}</bdi>
    </p>
  ),
);

/** A baton on its way from hand to hand. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <path class="stick" d="M9 23 23 9" />
      <path class="grip" d="M9 23 14 18" />
    </svg>
  );
}

interface LanguageFormProps {
  readonly language: Language;
  /** The path to come back to. */
  readonly back: string;
}

function LanguageForm({ language, back }: LanguageFormProps) {
  return (
    <form
      class="languages"
      method="post"
      action="/language"
      aria-label={locales[language].layout.languages}
    >
      <input type="hidden" name="back" value={back} />
      {languages.map((other) => (
        <button
          type="submit"
          name="lang"
          value={other}
          lang={other}
          aria-current={other === language ? "true" : undefined}
        >
          {locales[other].language}
        </button>
      ))}
    </form>
  );
}
