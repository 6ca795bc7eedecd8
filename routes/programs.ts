// What the pages give a learner to take home: whole programs, and the tests run them as they are.
import type { Program } from "../components/code.tsx";

const FLASK = `# pip install flask
# export SECRET_KEY="$(openssl rand -base64 32)"  keep it for the next start
# flask --app app run --port 5001
import os
from flask import Flask, redirect, render_template_string, request, session

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]  # 1: signs the cookie

FORM = """<form method="post" action="/users">
<input name="name"> <input name="email"> <button>Send</button></form>"""
SHOW = """<title>Form Test Show</title><h1>User:</h1>
<h3>{{ session.name }}</h3><h3>{{ session.email }}</h3>"""

@app.get("/")
def form():
    return FORM

@app.post("/users")
def users():
    session.clear()
    session["name"] = request.form["name"]  # 2: writes the session
    session["email"] = request.form["email"]
    return redirect("/show", 303)

@app.get("/show")
def show():
    if "name" not in session:
        return redirect("/", 303)
    return render_template_string(SHOW)  # 3: the template reads it
`;

const EXPRESS = `// npm install express express-session ejs
// export SECRET="$(openssl rand -base64 32)"  keep it for the next start
// node app.mjs
// The data stays in the server's memory; the cookie has only an id.
import ejs from "ejs";
import express from "express";
import session from "express-session";

const FORM = '<form method="post" action="/users">' +
  '<input name="name"> <input name="email"> <button>Send</button></form>';
const SHOW = "<title>Form Test Show</title><h1>User:</h1>" +
  "<h3><%= session.name %></h3><h3><%= session.email %></h3>";

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(session({
  secret: process.env.SECRET, // 1: signs the id in the cookie
  resave: false,
  saveUninitialized: false,
}));

app.get("/", (req, res) => res.send(FORM));

app.post("/users", (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.name = req.body.name; // 2: writes the session
    req.session.email = req.body.email;
    res.redirect(303, "/show");
  });
});

app.get("/show", (req, res) => {
  if (!req.session.name) return res.redirect(303, "/");
  res.send(ejs.render(SHOW, { session: req.session })); // 3: the template reads it
});

app.listen(Number(process.env.PORT ?? 5002), "127.0.0.1");
`;

const HONO = `// deno add npm:hono npm:zod npm:@baton/session
// export SECRET="$(openssl rand -base64 32)"  keep it for the next start
// deno serve --allow-env --port 5003 app.ts
import { session } from "@baton/session";
import { Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";

const schema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
});
const secrets = [Deno.env.get("SECRET")!]; // 1: signs the cookie
const app = new Hono().use(session({ schema, secrets }));

app.get("/", (c) => c.html(html\`<form method="post" action="/users">
<input name="name"> <input name="email"> <button>Send</button></form>\`));

app.post("/users", async (c) => {
  const { name, email } = await c.req.parseBody();
  const session = await c.var.session();
  session.restart({ keep: [] });
  session.update({ name: String(name), email: String(email) }); // 2: writes the session
  return c.redirect("/show", 303);
});

app.get("/show", async (c) => {
  const { data } = await c.var.session();
  if (!data.name) return c.redirect("/", 303);
  return c.html(html\`<title>Form Test Show</title><h1>User:</h1>
<h3>\${data.name}</h3><h3>\${data.email}</h3>\`); // 3: the template reads it
});

export default app;
`;

export const PROGRAMS: readonly Program[] = [
  { framework: "Flask", source: FLASK },
  { framework: "Express", source: EXPRESS },
  { framework: "Hono", source: HONO },
];
