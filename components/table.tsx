import type { Child } from "hono/jsx";

export interface TableProps {
  /** The heads of the columns; the first one's cells are the heads of the rows. */
  readonly columns: readonly string[];
  /** Each row's cells, in the same order. */
  readonly rows: readonly (readonly Child[])[];
}

/** A table that becomes a list where it does not fit: each cell carries its column's head. */
export function Table({ columns, rows }: TableProps) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column) => <th scope="col" key={column}>{column}</th>)}
        </tr>
      </thead>
      <tbody>
        {rows.map(([head, ...cells]) => (
          <tr>
            <th scope="row">{head}</th>
            {cells.map((cell, i) => (
              <td key={columns[i + 1]} data-label={columns[i + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
