import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { assets } from "./assets.ts";
import { type Page, PAGES, STEP_NAMES, stepOf, STEPS } from "../pages.ts";
import { type Language, languages, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

export interface LayoutProps {
  readonly language: Language;
  readonly title: string;
  /** The page that is shown; none for an error page. */
  readonly page?: Page | undefined;
  /** The path to come back to when the language is changed. Default: the page's. */
  readonly back?: string;
  /** The form whose fields go along when the language is changed, so that they keep what was typed or chosen. */
  readonly keep?: "user" | "questions" | undefined;
  /** The page that comes next; none where the page itself leads on. */
  readonly next?: Page | undefined;
  /** The name in the session; null: there is none. Left out where the session was not opened. */
  readonly knownAs?: string | null;
  readonly children: Child;
}

/** The frame of every page. */
export function Layout({ knownAs, ...frame }: LayoutProps) {
  const { language, page, back = PAGES[page ?? "home"] } = frame;
  const { layout: t } = locales[language];
  const isKnown = typeof knownAs === "string";
  const unknown = knownAs === null ? t.unknown : t.unasked;
  const known = (
    <p class={isKnown ? "known yes" : "known"}>
      <bdi>{isKnown ? t.known(knownAs) : unknown}</bdi>
    </p>
  );
  return <Frame {...frame} back={back} known={known} />;
}

interface FrameProps extends Omit<LayoutProps, "knownAs" | "back"> {
  readonly back: string;
  /** Who the visitor is. */
  readonly known: Child;
}

const Frame = template(["language", "page", "keep", "next"], (
  { language, page, keep, next, ...rest }: FrameProps,
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
          <title>{rest.title}</title>
          <link rel="stylesheet" href={assets.style.path} />
          <link rel="icon" type="image/svg+xml" href={assets.favicon.path} />
        </head>
        <body>
          <a class="skip" href="#content">{t.layout.skip}</a>
          <header>
            <a class="brand" href="/">
              {raw(assets.favicon.body)}
              <span lang="en">Baton</span>
            </a>
            {rest.known}
            <Languages language={language} back={rest.back} keep={keep} />
            <Steps language={language} page={page} />
          </header>
          <main id="content">
            {rest.children}
            {next && (
              <Next
                language={language}
                href={PAGES[next]}
                name={t.layout.pages[next]}
              />
            )}
          </main>
          <footer>
            <p>
              {t.layout.footer} <a href={PAGES.teach}>{t.layout.pages.teach}</a>
            </p>
          </footer>
        </body>
      </html>
    </>
  );
});

/** The way through: where one is, and how long it takes. */
function Steps({ language, page }: Pick<FrameProps, "language" | "page">) {
  const t = locales[language].layout;
  const current = page && stepOf(page);
  const at = current ? STEP_NAMES.indexOf(current) : -1;
  const minutes = STEP_NAMES.map((step) => STEPS[step]);
  const left = minutes.slice(at).reduce((sum, one) => sum + one, 0);
  return (
    <nav aria-label={t.steps}>
      <ol>
        {STEP_NAMES.map((step) => (
          <li>
            <a
              href={PAGES[step]}
              aria-current={step === current ? "step" : undefined}
            >
              <span>{t.pages[step]}</span>
            </a>
          </li>
        ))}
      </ol>
      {current && (
        <p class="soft small">
          {t.progress(at + 1, STEPS[current], left)}
        </p>
      )}
    </nav>
  );
}

export interface NextProps {
  readonly language: Language;
  readonly href: string;
  readonly name: string;
}

/** The way on, at the end of a page. */
export function Next({ language, href, name }: NextProps) {
  return (
    <p class="next">
      <a class="button" href={href}>{locales[language].layout.next}: {name}</a>
    </p>
  );
}

/**
 * Buttons of a form of their own, or of the page's form that is kept. Enter in a
 * field presses its form's first button: not the first language, but the hidden
 * one, which sends the form where it goes.
 */
function Languages(
  { language, back, keep }: Pick<FrameProps, "language" | "back" | "keep">,
) {
  const form = keep ?? "languages";
  return (
    <div
      class="languages"
      role="group"
      aria-label={locales[language].layout.languages}
    >
      {keep
        ? <button type="submit" form={keep} hidden>OK</button>
        : <form id="languages" method="post" action="/language" />}
      <input type="hidden" name="back" value={back} form={form} />
      {languages.map((other) => (
        <button
          type="submit"
          name="lang"
          value={other}
          lang={other}
          form={form}
          formaction="/language"
          aria-current={other === language ? "true" : undefined}
        >
          {locales[other].language}
        </button>
      ))}
    </div>
  );
}

/** The lesson's own heading stays English in every language. */
export function SeedHeading() {
  return (
    <div lang="en" dir="ltr" class="seed">
      <h1>User:</h1>
    </div>
  );
}
