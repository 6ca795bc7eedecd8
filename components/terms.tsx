import type { Child } from "hono/jsx";

export interface TermsProps {
  /** The class gives both their hue. */
  readonly rows: readonly (readonly [
    term: Child,
    meaning: Child,
    className?: string,
  ])[];
  readonly class?: string;
}

/** Terms, each beside its meaning, or above it on a phone. */
export function Terms({ rows, class: className }: TermsProps) {
  return (
    <dl class={className}>
      {rows.map(([term, meaning, className]) => (
        <div class={className}>
          <dt>{term}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
