import type { Child } from "hono/jsx";
import { Layout } from "../layout.tsx";
import { type Language, locales } from "../locales/mod.ts";
import { template } from "../template.ts";

export type LabPart = keyof typeof locales.en.lab.parts;

export const LAB_PATHS: Readonly<Record<LabPart, string>> = {
  forge: "/lab",
  secret: "/lab/secret",
  limits: "/lab/limits",
};

export interface LabFrameProps {
  readonly language: Language;
  readonly part: LabPart;
  readonly lead: string;
  readonly children: Child;
  /** The path to come back to when the language is changed. */
  readonly back?: string;
}

/** The frame of the lab's three pages. */
export function LabFrame({ back, ...props }: LabFrameProps) {
  return <Frame {...props} back={back ?? LAB_PATHS[props.part]} />;
}

interface FrameProps extends LabFrameProps {
  readonly back: string;
}

const Frame = template(["language", "part"], (
  { language, part, lead, children, back }: FrameProps,
) => {
  const { lab: t } = locales[language];
  return (
    <Layout
      language={language}
      title={part === "forge" ? t.title : `${t.parts[part]} · ${t.title}`}
      page="lab"
      back={back}
      next="end"
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="tabs">
          {(Object.entries(LAB_PATHS) as [LabPart, string][]).map((
            [name, path],
          ) => (
            <a href={path} aria-current={name === part ? "page" : undefined}>
              {t.parts[name]}
            </a>
          ))}
        </p>
        <p class="lead">{lead}</p>
        <p class="soft small">{t.own}</p>
      </div>
      {children}
    </Layout>
  );
});
