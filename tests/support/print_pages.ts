// Prints the HTML of every page there is, in every language, as a visitor comes upon it: the same each time.
import { createApp } from "../../app.ts";
import { languages } from "../../components/locales/mod.ts";
import { type SessionStore } from "../../middleware/session/mod.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { PAGES } from "../../pages.ts";
import { controlledStore } from "./controlled_store.ts";
import { Clock, SECRET } from "./test_app.ts";

// Random values on a page are made the same in each process.
let byte = 0;
crypto.getRandomValues = (array) => {
  new Uint8Array(array!.buffer).forEach((_, i, all) => all[i] = byte++);
  return array;
};
crypto.randomUUID = () => `00000000-0000-4000-8000-${++byte + 1e11}`;

const USER = { name: `Jay "<b>" & 'Jo'`, email: "jay'jo@example.com" };
const BAD_FORMS = [
  { name: "", email: "" },
  { name: "x".repeat(101), email: "nope" },
  { name: "a\u0000b", email: `${"x".repeat(255)}@example.com` },
  { name: "<i>", email: "" },
];
const PATHS = [
  ...Object.values(PAGES),
  ...["/forget/show", "/session?done=renewed", "/end?done=ended"],
  ...["/lab?kind=signed", "/lab?kind=copy", "/lab?kind=server"],
];
const ATTEMPTS = ["name", "unsealed", "guessed", "other", "copy", "replay"];

async function walk(
  store: "cookie" | SessionStore,
  language: string,
): Promise<void> {
  const { now } = new Clock();
  const app = createApp({ secrets: [SECRET], store, now, log: () => {} });
  const visitor = browser(app);
  visitor.setCookie(`language=${language}`);
  const print = async (response: Promise<Response>) =>
    console.log((await response).status, await (await response).text());
  const visit = async () => {
    for (const path of PATHS) await print(visitor.get(path));
  };

  await visit();
  for (const why of ["none", "expired", "invalid"]) {
    await print(visitor.get(`/?why=${why}`));
  }
  for (const form of BAD_FORMS) await print(visitor.post("/users", form));
  await print(visitor.post("/users", USER));
  await visit();
  await visit(); // from what was kept
  for (const form of BAD_FORMS) await print(visitor.post("/users", form));
  for (const attempt of ATTEMPTS) {
    await print(visitor.post("/lab", { attempt }));
  }
  await print(visitor.post("/lab", { payload: `<"&'>`, seal: `<"&'>` }));
  await print(visitor.post("/lab", { payload: "[]", seal: "" }));
  await print(visitor.post("/lab/secret", { guess: "<&>", be: `"<b>"` }));
  for (const what of ["make", "fill"]) {
    await print(visitor.post("/lab/limits", { do: what }));
  }
  await print(visitor.post("/check", { holds: "id" }));
  await print(visitor.get("/nowhere"));
  await print(visitor.post("/show"));
  await print(visitor.post("/language", { lang: "xx" }));
}

for (const language of languages) {
  await walk("cookie", language);
  await walk(controlledStore(), language);
}
