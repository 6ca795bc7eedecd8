import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { assets } from "./assets.ts";
import { type Language, locales } from "./locales/mod.ts";

/** The pages that the navigation leads to. */
export type Page = "home" | "show" | "session";

const PATHS: Record<Page, string> = {
  home: "/",
  show: "/show",
  session: "/session",
};

export interface LayoutProps {
  readonly language: Language;
  readonly title: string;
  /** The page that is shown; none for an error page. */
  readonly page?: Page;
  readonly children: Child;
}

/** The frame of every page. */
export function Layout({ language, title, page, children }: LayoutProps) {
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
              <svg
                viewBox="0 0 32 32"
                width="24"
                height="24"
                aria-hidden="true"
              >
                <path class="track" d="M4 24h24" />
                <path class="stick" d="M9 20 23 8" />
              </svg>
              Baton
            </p>
            <nav aria-label={t.layout.navigation}>
              <ul>
                {(Object.keys(PATHS) as Page[]).map((name) => (
                  <li>
                    <a
                      href={PATHS[name]}
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
          </footer>
        </body>
      </html>
    </>
  );
}
