/** A request or an answer, as text. */
export interface HttpMessageProps {
  /** The request line or the status line. */
  readonly start: string;
  /** The headers that matter, with nothing of a cookie that is of use to anybody. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What is said of the body, if there is one. */
  readonly body?: string;
}

export function HttpMessage({ start, headers, body }: HttpMessageProps) {
  return (
    <pre
      class="http"
      dir="ltr"
    ><code><b>{start}</b>{headers.map(([name, value]) => (
      <>
        {"\n"}
        <i>{name}:</i>{` ${value}`}
      </>
    ))}{body && `\n\n(${body})`}</code></pre>
  );
}
