import type { Child } from "hono/jsx";

export interface NoticeProps {
  readonly isBad?: boolean;
  readonly title?: string;
  readonly children: Child;
}

/** A message about the last action. It takes the focus when the page loads, so it is read once, and first. */
export function Notice({ isBad = false, title, children }: NoticeProps) {
  return (
    <section
      class={isBad ? "notice bad" : "notice"}
      tabindex={-1}
      autofocus
      aria-labelledby="notice"
    >
      {title === undefined ? <p id="notice">{children}</p> : (
        <>
          <h2 id="notice">{title}</h2>
          {children}
        </>
      )}
    </section>
  );
}
