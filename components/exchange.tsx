import type { Child } from "hono/jsx";
import { Fold } from "./card.tsx";
import { formatsOf } from "./format.ts";
import {
  HttpMessage,
  HttpRequest,
  type HttpRequestProps,
} from "./http_message.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";
import { Terms } from "./terms.tsx";

export interface ExchangesProps {
  readonly language: Language;
  /** The request for this page. */
  readonly request: HttpRequestProps;
  /** The cookie that its answer sets, shortened, if it does. */
  readonly setCookie: string | undefined;
  /** The cookie that began the session: its name, and how long it was given. */
  readonly cookieName: string;
  readonly maxAgeSeconds: number;
  /** How long the session may be unused. */
  readonly idleSeconds: number;
}

/** The request and the response, word by word. */
export function Exchanges({ language, request, ...props }: ExchangesProps) {
  const { setCookie, cookieName, maxAgeSeconds } = props;
  const { duration } = formatsOf(language);
  return (
    <Words
      {...request}
      language={language}
      isSecure={cookieName.startsWith("__Host-")}
      cookieName={cookieName}
      maxAge={`${maxAgeSeconds}`}
      lifetime={duration(maxAgeSeconds)}
      idle={duration(props.idleSeconds)}
      lastLine={setCookie === undefined ? "" : `\nSet-Cookie: ${setCookie}`}
    />
  );
}

interface WordsProps extends HttpRequestProps {
  readonly language: Language;
  readonly isSecure: boolean;
  readonly cookieName: string;
  /** In seconds, and as people say it. */
  readonly maxAge: string;
  readonly lifetime: string;
  readonly idle: string;
  /** Of the answer for this page: the cookie that it sets, or nothing. */
  readonly lastLine: string;
}

const Words = template(["language", "isSecure", "hasCookies"], (
  { language, isSecure, cookieName: name, maxAge, ...rest }: WordsProps,
) => {
  const { http: t } = locales[language];
  const { attribute } = t;
  const secure = isSecure ? "; Secure" : "";
  const line =
    `${name}=v1.…; Max-Age=${maxAge}; Path=/; HttpOnly${secure}; SameSite=Lax`;
  const code = (text: string) => <code dir="ltr">{text}</code>;
  const rows: [Child, string][] = [
    [code(`${name}=v1.…`), attribute.name],
    [code(`Max-Age=${maxAge}`), attribute["Max-Age"](rest.lifetime, rest.idle)],
    [code("Path=/"), attribute.Path],
    [code("HttpOnly"), attribute.HttpOnly],
    [code("SameSite=Lax"), attribute.SameSite],
    isSecure
      ? [code("Secure"), attribute.Secure]
      : [<s key="off">{code("Secure")}</s>, attribute["Secure off"]],
  ];
  if (isSecure) rows.push([code("__Host-"), attribute["__Host-"]]);
  return (
    <Fold title={t.title}>
      <p class="soft small">{t.note}</p>
      <div class="columns">
        <div class="stack">
          <b>{t.form}</b>
          <HttpMessage
            start="POST /users HTTP/1.1"
            headers={["Content-Type: application/x-www-form-urlencoded"]}
            body={t.body}
          />
          <HttpMessage
            start="HTTP/1.1 303 See Other"
            headers={["Location: /show", `Set-Cookie: ${line}`]}
          />
          <b>{t.page}</b>
          <HttpRequest
            start={rest.start}
            host={rest.host}
            hasCookies={rest.hasCookies}
            cookies={rest.cookies}
          />
          <HttpMessage
            start="HTTP/1.1 200 OK"
            headers={[
              "Content-Type: text/html; charset=UTF-8",
              "Cache-Control: private, no-store",
              `Vary: Cookie${rest.lastLine}`,
            ]}
          />
        </div>
        <div class="stack">
          <b>{t.attributes}</b>
          <Terms rows={rows} />
        </div>
      </div>
    </Fold>
  );
});
