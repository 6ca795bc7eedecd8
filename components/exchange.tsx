import type { Child } from "hono/jsx";
import { Fold } from "./card.tsx";
import {
  HttpMessage,
  HttpRequest,
  type HttpRequestProps,
} from "./http_message.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";
import { Terms } from "./terms.tsx";

export interface ExchangesProps extends HttpRequestProps {
  readonly language: Language;
  readonly isSecure: boolean;
  /** The cookie that began the session: its name, and how long it was given, in seconds and as people say it. */
  readonly cookieName: string;
  readonly maxAge: string;
  readonly lifetime: string;
  /** How long the session may be unused. */
  readonly idle: string;
  /** Of the answer for this page: the cookie that it sets, or nothing. */
  readonly lastLine: string;
}

/** The request and the response, word by word. */
export const Exchanges = template(["language", "isSecure", "hasCookies"], (
  { language, isSecure, cookieName: name, maxAge, ...rest }: ExchangesProps,
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
    isSecure ? [code("Secure"), attribute.Secure] : [
      <s key="off">{code("Secure")}</s>,
      `${attribute.Secure} ${attribute.off}`,
    ],
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
          <HttpRequest {...rest} />
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
