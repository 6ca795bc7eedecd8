import type { Child } from "hono/jsx";
import { Code } from "./code.tsx";
import { batonText, Cycle } from "./cycle.tsx";
import { Exchanges, type ExchangesProps } from "./exchange.tsx";
import { formatsOf } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { SeedHeading } from "./seed_heading.tsx";
import { template } from "./template.ts";

export interface ShowPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly name: string;
  readonly email: string;
  /** When the form was posted, and when this page was asked for, in seconds since the epoch. */
  readonly postedAt: number;
  readonly cameAt: number;
  readonly exchanges: Omit<ExchangesProps, "language">;
}

/** The lesson's own page: a title, a heading, and what the session remembers. */
export function ShowPage(
  { postedAt, cameAt, exchanges, ...props }: ShowPageProps,
) {
  const { language, name } = props;
  const { time } = formatsOf(language);
  const at = (seconds: number) => `${time.format(seconds * 1000)} UTC`;
  return (
    <Greeting
      {...props}
      baton={batonText(name)}
      posted={at(postedAt)}
      came={at(cameAt)}
      exchanges={<Exchanges language={language} {...exchanges} />}
    />
  );
}

interface GreetingProps
  extends Omit<ShowPageProps, "postedAt" | "cameAt" | "exchanges"> {
  readonly baton: string;
  /** The two times, as the language writes them. */
  readonly posted: string;
  readonly came: string;
  readonly exchanges: Child;
}

const Greeting = template(["language", "mode"], (
  { language, mode, name, email, exchanges, ...cycle }: GreetingProps,
) => {
  const t = locales[language];
  const { baton, posted, came } = cycle;
  return (
    <Layout
      language={language}
      title="Form Test Show"
      titleLanguage="en"
      page="show"
      next="session"
      knownAs={name}
    >
      <SeedHeading language={language} />
      <section class="card person" aria-labelledby="remembered">
        <div>
          <h2 id="remembered">{t.show.remembered}</h2>
          <h3>{name}</h3>
          <h3>{email}</h3>
        </div>
        <div class="actions">
          <a class="button quiet" href="/">{t.show.change}</a>
          <form method="post" action="/session/end">
            <input type="hidden" name="back" value="/end" />
            <button class="quiet" type="submit">{t.end.button}</button>
          </form>
        </div>
      </section>
      <Cycle
        language={language}
        mode={mode}
        baton={baton}
        posted={posted}
        came={came}
      />
      <div class="folds">
        {exchanges}
        <Code language={language} page="show" />
      </div>
    </Layout>
  );
});
