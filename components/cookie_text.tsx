/** A cookie's value. A part that is empty is not there, nor is its dot. */
export interface CookieParts {
  readonly version: string;
  readonly payload: string;
  readonly seal: string;
}

export interface CookieTextProps {
  readonly cookie: CookieParts;
  /** The original: characters that differ are marked. */
  readonly original?: CookieParts;
}

const PARTS = ["version", "payload", "seal"] as const;

/** A cookie's value, its parts in their colours. */
export function CookieText({ cookie, original = cookie }: CookieTextProps) {
  const shown = PARTS.filter((part) => cookie[part] !== "");
  return (
    <p class="cookie" dir="ltr">
      <code>
        {shown.map((part, i) => (
          <>
            {i > 0 && "."}
            <span class={part}>
              <Changed text={cookie[part]} original={original[part]} />
            </span>
          </>
        ))}
      </code>
    </p>
  );
}

/** The part between the beginning and the end that two texts share. */
function Changed(
  { text, original }: { readonly text: string; readonly original: string },
) {
  if (text === original) return <>{text}</>;
  const shorter = Math.min(text.length, original.length);
  let start = 0;
  while (start < shorter && text[start] === original[start]) start++;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === original.at(-1 - end)) {
    end++;
  }
  return (
    <>
      {text.slice(0, start)}
      <mark>{text.slice(start, text.length - end)}</mark>
      {text.slice(text.length - end)}
    </>
  );
}
