import { PAGES, type Step, STEP_NAMES } from "../pages.ts";
import { Card } from "./card.tsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { Table } from "./table.tsx";

export interface TeachPageProps {
  readonly language: Language;
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
export function TeachPage({ language, knownAs }: TeachPageProps) {
  const { teach: t, layout } = locales[language];
  return (
    <Layout language={language} title={t.title} page="teach" knownAs={knownAs}>
      <div class="intro screen">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <Card id="reach" title={t.reach} class="screen">
        <p>{t.start}</p>
        <pre dir="ltr"><code>{START.shell}</code></pre>
        <p>PowerShell:</p>
        <pre dir="ltr"><code>{START.powershell}</code></pre>
        <p>{t.address}</p>
        <p>{t.names}</p>
      </Card>
      <Card id="plan" title={t.plan} class="screen">
        <Table
          columns={[t.page, t.minutes, t.ask, t.expect]}
          rows={STEP_NAMES.map((step) => [
            <a key="page" href={PAGES[step]}>{layout.pages[step]}</a>,
            MINUTES[step],
            t.rows[step].ask,
            t.rows[step].expect,
          ])}
        />
      </Card>
      <Card id="worksheet" title={t.worksheet} class="worksheet">
        <p class="soft small screen">{t.print}</p>
        <p class="lines">
          {t.name}: <span /> {t.date}: <span />
        </p>
        <ol>
          {t.questions.map((question) => <li key={question}>{question}</li>)}
        </ol>
      </Card>
    </Layout>
  );
}
