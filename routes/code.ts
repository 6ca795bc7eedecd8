// The code that the pages show: the real lines, taken from the files as text, so that they cannot be out of date.
import { type Excerpt, excerptFold, programFold } from "../components/code.tsx";
import { PROGRAMS } from "./programs.ts";
import end from "./end.tsx" with { type: "text" };
import show from "./show.tsx" with { type: "text" };
import users from "./users.tsx" with { type: "text" };

/**
 * The lines from the first with `from` to the next with `to`, both included,
 * without their indentation. Throws when they are not there.
 */
export function excerpt(
  file: string,
  source: string,
  from: string,
  to: string,
): Excerpt {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.includes(from));
  const end = lines.findIndex((line, i) => i >= start && line.includes(to));
  if (start < 0 || end < 0) throw new Error(`${file} has no such lines`);
  const indentation = /^ */.exec(lines[start]!)![0].length;
  const shown = lines.slice(start, end + 1).map((line) =>
    line.slice(indentation)
  );
  return { file, lines: shown.join("\n") };
}

/** The code of this server, by page, and programs to take home. */
export const CODE = {
  show: excerptFold([
    excerpt("routes/users.tsx", users, "const session =", "redirect("),
    excerpt("routes/show.tsx", show, "const { data, info }", "= data;"),
  ]),
  end: excerptFold([
    excerpt("routes/end.tsx", end, "session.destroy()", "redirect("),
  ]),
  build: programFold(PROGRAMS),
} as const;
