import { PAGES, type Step, STEP_NAMES } from "../pages.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

export interface TeachPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly knownAs: string | null;
}

/** Of the plan, talking included; 45 in all. */
const MINUTES: Readonly<Record<Step, number>> = {
  forget: 5,
  home: 9,
  session: 8,
  lab: 13,
  end: 5,
  check: 5,
};

const START = {
  shell: "HOST=0.0.0.0 deno task start",
  powershell: '$env:HOST = "0.0.0.0"; deno task start',
} as const;

/** For a teacher: the way here for a class, a plan, and a worksheet that is printed alone. */
export function TeachPage({ language, mode, knownAs }: TeachPageProps) {
  const { teach: t, layout } = locales[language];
  const expect = (step: Step) => {
    const { expect } = t.rows[step];
    return typeof expect === "string" ? expect : expect[mode];
  };
  return (
    <Layout language={language} title={t.title} page="teach" knownAs={knownAs}>
      <div class="intro screen">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <section class="card screen" aria-labelledby="reach">
        <h2 id="reach">{t.reach}</h2>
        <p>{t.start}</p>
        <pre class="code" dir="ltr"><code>{START.shell}</code></pre>
        <p>PowerShell:</p>
        <pre class="code" dir="ltr"><code>{START.powershell}</code></pre>
        <p>{t.address}</p>
        <p>{t.names}</p>
      </section>
      <section class="card screen" aria-labelledby="plan">
        <h2 id="plan">{t.plan}</h2>
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{t.page}</th>
              <th scope="col">{t.minutes}</th>
              <th scope="col">{t.ask}</th>
              <th scope="col">{t.expect}</th>
            </tr>
          </thead>
          <tbody>
            {STEP_NAMES.map((step) => (
              <tr>
                <th scope="row">
                  <a href={PAGES[step]}>{layout.pages[step]}</a>
                </th>
                <td data-label={t.minutes}>{MINUTES[step]}</td>
                <td data-label={t.ask}>{t.rows[step].ask}</td>
                <td data-label={t.expect}>{expect(step)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section class="card worksheet" aria-labelledby="worksheet">
        <h2 id="worksheet">{t.worksheet}</h2>
        <p class="soft small screen">{t.print}</p>
        <p class="lines">
          {t.name}: <span /> {t.date}: <span />
        </p>
        <ol class="plain">
          {t.questions.map((question) => <li key={question}>{question}</li>)}
        </ol>
      </section>
    </Layout>
  );
}
