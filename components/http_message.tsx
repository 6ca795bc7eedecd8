/** A request or an answer, as text. */
interface HttpMessageProps {
  /** The request line or the status line. */
  readonly start: string;
  /** The headers that matter, with nothing of a cookie that is of use to anybody. */
  readonly headers: readonly string[];
  /** A note about the body, if there is one. */
  readonly body?: string;
}

export function HttpMessage({ start, headers, body }: HttpMessageProps) {
  const more = ["", ...headers].join("\n");
  return (
    <pre dir="ltr"><code><b>{start}</b>{more}{body && `\n\n(${body})`}</code></pre>
  );
}

/** The visitor's own request: its headers that matter. */
export interface HttpRequestProps {
  /** The request line. */
  readonly start: string;
  readonly host: string;
  readonly hasCookies: boolean;
  /** With nothing of them that is of use to anybody. */
  readonly cookies: string;
}

export function HttpRequest(
  { hasCookies, start, host, cookies }: HttpRequestProps,
) {
  const headers = [`Host: ${host}`];
  if (hasCookies) headers.push(`Cookie: ${cookies}`);
  return <HttpMessage start={start} headers={headers} />;
}
