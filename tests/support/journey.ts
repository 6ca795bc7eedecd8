// Every page there is, as a visitor comes upon it.
import assert from "node:assert/strict";
import { PAGES } from "../../pages.ts";
import type { Browser } from "../../middleware/session/testing/mod.ts";

export const LAB_KINDS = ["none", "signed", "copy", "server", "encrypted"];
const ATTEMPTS = ["copy", "replay"];
const BAD_FORMS = [
  { name: "", email: "nope" },
  { name: "x".repeat(101), email: "" },
  { name: "a\0b", email: `${"x".repeat(255)}@example.com` },
  { name: "<i>", email: `"&'` },
];

/** Texts that may be typed in the lab. */
const FORGERIES: Record<string, string>[] = [
  { payload: `<script>alert("1")</script>`, seal: `"><script>'&` },
  { payload: "\u0000\ud83d", seal: "é\r\nSet-Cookie: a=b" },
  { payload: "x".repeat(4900), seal: "a; lab=b" },
  { attempt: "nothing like it" },
];

/** From the first page to the last; `attempts`: those that are made in the lab. */
export async function* journey(
  visitor: Browser,
  who: Record<string, string>,
  attempts = ATTEMPTS,
): AsyncGenerator<[what: string, html: string]> {
  let at = "/";
  const read = async (what: string, answer: Promise<Response>) => {
    const response = await answer;
    assert(response.status < 500, what);
    return [what, await response.text()] as [string, string];
  };
  const get = (path: string) => {
    const headers = { Referer: `http://localhost${at}` };
    at = path;
    return read(`GET ${path}`, visitor.get(path, { headers }));
  };
  const post = (path: string, form: Record<string, string> = {}) =>
    read(`POST ${path} ${JSON.stringify(form)}`, visitor.post(path, form));
  yield* [await get("/forget"), await post("/forget", who)];
  for (const path of ["/forget/show", "/session", "/end"]) {
    yield await get(path);
  }
  for (const why of ["none", "expired", "invalid"]) {
    yield await get(`/?why=${why}`);
  }
  for (const form of BAD_FORMS) yield await post("/users", form);
  yield await post("/users", who);
  for (const path of [...Object.values(PAGES), "/session", "/nowhere"]) {
    yield await get(path);
  }
  for (const kind of LAB_KINDS) {
    yield await get(`/lab?kind=${kind}`);
    for (const attempt of attempts) yield await post("/lab", { kind, attempt });
    yield await post("/lab", { kind, payload: "[]", seal: "AAAA" });
  }
  for (const form of FORGERIES) yield await post("/lab", form);
  for (const guess of ["<&>", "qwerty"]) {
    yield await post("/lab/secret", { guess });
  }
  for (const what of ["make", "use", "fill"]) {
    yield await post("/lab/limits", { do: what });
  }
  yield await post("/session/renew");
  yield* [await get("/session"), await get("/session?done=renewed")];
  yield await post("/check", { holds: "data", ends: "never" });
  yield* [await get("/healthz"), await post("/show")];
  yield await post("/language", { lang: "xx" });
  yield await post("/session/end");
  yield* [await get("/end"), await get("/end?done=ended")];
}
