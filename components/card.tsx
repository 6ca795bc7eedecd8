import type { Child } from "hono/jsx";

export interface CardProps {
  /** The id of the heading. */
  readonly id: string;
  readonly title: string;
  readonly class?: string;
  readonly children?: Child;
}

/** A part of a page, under its own heading. */
export function Card({ id, title, class: more, children }: CardProps) {
  return (
    <section class={more ? `card ${more}` : "card"} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export type FoldProps = Omit<CardProps, "id"> & Partial<Pick<CardProps, "id">>;

/** A part of a page that is closed at first. */
export function Fold({ id, title, class: more, children }: FoldProps) {
  return (
    <details class={more ? `card ${more}` : "card"} id={id}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  );
}
