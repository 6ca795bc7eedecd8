// The code that the pages show: the real lines, taken from the files as text, so that they cannot be out of date.
import end from "../routes/end.tsx" with { type: "text" };
import show from "../routes/show.tsx" with { type: "text" };
import users from "../routes/users.tsx" with { type: "text" };

/** Lines of a file that runs here. */
export interface Excerpt {
  readonly file: string;
  readonly lines: string;
}

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

/** The code behind each page. */
export const SOURCES = {
  show: [
    excerpt("routes/users.tsx", users, "session.restart(", "redirect("),
    excerpt("routes/show.tsx", show, "const { data, info }", "= data;"),
  ],
  end: [
    excerpt("routes/end.tsx", end, "session.destroy()", "redirect("),
  ],
} as const;

/** The same in other frameworks. */
export const ELSEWHERE = {
  show: {
    flask: `@app.post("/users")
def users():
    session.clear()
    session["name"] = request.form["name"]
    session["email"] = request.form["email"]
    return redirect("/show", code=303)

@app.get("/show")
def show():
    if "name" not in session:
        return redirect("/", code=303)
    return render_template("show.html", user=session)`,
    express: `app.post("/users", (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.name = req.body.name;
    req.session.email = req.body.email;
    res.redirect(303, "/show");
  });
});

app.get("/show", (req, res) => {
  if (!req.session.name) return res.redirect(303, "/");
  res.render("show", { user: req.session });
});`,
  },
  end: {
    flask: `@app.post("/session/end")
def end():
    session.clear()
    return redirect("/", code=303)`,
    express: `app.post("/session/end", (req, res, next) => {
  req.session.destroy((error) => {
    if (error) return next(error);
    res.clearCookie("connect.sid");
    res.redirect(303, "/");
  });
});`,
  },
} as const;
