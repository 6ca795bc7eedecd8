import type { Child } from "hono/jsx";
import { template } from "./template.ts";

/** A request or an answer, as text. */
interface HttpMessageProps {
  /** The request line or the status line. */
  readonly start: string;
  /** The headers that matter, with nothing of a cookie that is of use to anybody. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** A note about the body, if there is one. */
  readonly body?: string;
}

export function HttpMessage({ start, headers, body }: HttpMessageProps) {
  return (
    <Message
      start={start}
      headers={headers.map(([name, value]) => Header({ name, value }))}
      body={body && `\n\n(${body})`}
    />
  );
}

interface MessageProps {
  readonly start: string;
  readonly headers: Child;
  readonly body: Child;
}

const Message = template([], ({ start, headers, body }: MessageProps) => (
  <pre
    class="http"
    dir="ltr"
  ><code><b>{start}</b>{headers}{body}</code></pre>
));

interface HeaderProps {
  readonly name: string;
  readonly value: string;
}

const Header = template([], ({ name, value }: HeaderProps) => (
  <>
    {"\n"}
    <i>{name}:</i>
    {` ${value}`}
  </>
));

/** The visitor's own request: its headers that matter. */
export interface HttpRequestProps {
  /** The request line. */
  readonly start: string;
  readonly host: string;
  readonly hasCookies: boolean;
  /** With nothing of them that is of use to anybody. */
  readonly cookies: string;
}

export const HttpRequest = template(["hasCookies"], (
  { hasCookies, start, host, cookies }: HttpRequestProps,
) => (
  <HttpMessage
    start={start}
    headers={[
      ["Host", host],
      ...(hasCookies ? [["Cookie", cookies] as const] : []),
    ]}
  />
));
