import { Cycle } from "./cycle.tsx";
import { formatsOf } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

export interface ShowPageProps {
  readonly language: Language;
  readonly name: string;
  readonly email: string;
  /** When the form was posted, and when this page was asked for, in seconds since the epoch. */
  readonly postedAt: number;
  readonly cameAt: number;
}

/** The lesson's own page: a title, a heading, and what the session remembers. */
export function ShowPage({ postedAt, cameAt, ...props }: ShowPageProps) {
  const { time } = formatsOf(props.language);
  return (
    <Greeting
      {...props}
      posted={time.format(postedAt * 1000)}
      came={time.format(cameAt * 1000)}
    />
  );
}

interface GreetingProps extends Omit<ShowPageProps, "postedAt" | "cameAt"> {
  /** The two times, as the language writes them. */
  readonly posted: string;
  readonly came: string;
}

const Greeting = template(["language"], (
  { language, name, email, posted, came }: GreetingProps,
) => {
  const t = locales[language];
  return (
    <Layout
      language={language}
      title="Form Test Show"
      page="show"
      knownAs={name}
    >
      <h1 lang="en">User:</h1>
      <section class="card person" aria-labelledby="remembered">
        <h2 id="remembered">{t.show.remembered}</h2>
        <h3>{name}</h3>
        <h3>{email}</h3>
      </section>
      <div class="actions">
        <a class="button" href="/session">{t.show.inspect}</a>
        <a class="button quiet" href="/">{t.show.change}</a>
        <form method="post" action="/session/end">
          <button class="quiet" type="submit">{t.session.end}</button>
        </form>
      </div>
      <Cycle
        language={language}
        fields={["name", "email"]}
        posted={posted}
        came={came}
      />
    </Layout>
  );
});
