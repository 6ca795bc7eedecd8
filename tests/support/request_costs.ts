// The cost of the most expensive requests that fit into 16 kB, beside an ordinary form.
import { createApp } from "../../app.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { SECRET } from "./test_app.ts";

const SIZE = 16 * 1024;
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

type Make = () => [path: string, init: RequestInit];

function post(
  path: string,
  body: string,
  headers: Record<string, string> = FORM,
): Make {
  return () => [path, { method: "POST", headers, body }];
}

function get(path: string, headers: Record<string, string>): Make {
  return () => [path, { headers }];
}

/** As often as fits. */
function fill(text: string, size = SIZE): string {
  return text.repeat(Math.floor(size / new TextEncoder().encode(text).length));
}

function multipart(part: string): Make {
  const type = "multipart/form-data; boundary=b";
  const body = `${fill(`--b\r\n${part}\r\n`, SIZE - 10)}--b--\r\n`;
  return post("/users", body, { "Content-Type": type });
}

const DISPOSITION = "Content-Disposition:form-data;name=";

const REQUESTS = (cookie: string, sealed: string): Record<string, Make> => ({
  "an ordinary form": post("/users", "name=Jay&email=jay%40example.com"),
  "a name of combining marks": post(
    "/users",
    `name=a${fill("\u0323\u0301", SIZE - 40)}&email=jay%40example.com`,
  ),
  "a name of Hangul parts": post(
    "/users",
    `name=${fill("\u1112\u1161\u11ab", SIZE - 40)}&email=jay%40example.com`,
  ),
  "a name of spaces": post("/users", `name=a${fill("+", SIZE - 40)}b&email=j`),
  "a name of ampersands": post(
    "/users",
    `name=${fill("%26", 14_000)}&email=j`,
  ),
  "a long email": post("/users", `name=J&email=${fill("a.", SIZE - 40)}%40b`),
  "an email of dots": post("/users", `name=J&email=${fill("a.", 250)}%40b`),
  "an email of hosts": post("/users", `name=J&email=a%40${fill("a-.", 250)}`),
  "an international email": post(
    "/users",
    `name=J&email=a%40${fill("é".repeat(59) + ".", 480)}ee`,
  ),
  "an email in Punycode": post(
    "/users",
    `name=J&email=a%40${fill(`xn--${"9ca".repeat(18)}.`, 240)}ee`,
  ),
  "thousands of fields": post("/users", fill("a&", SIZE - 2)),
  "thousands of names": post(
    "/users",
    Array.from({ length: 2700 }, (_, i) => i.toString(36) + "=").join("&"),
  ),
  "fields of percent signs": post("/users", fill("%41%")),
  "multipart with hundreds of parts": multipart(`${DISPOSITION}a\r\n\r\n`),
  "multipart with hundreds of files": multipart(
    `${DISPOSITION}a;filename=b\r\n\r\n`,
  ),
  "multipart of headers": multipart(
    `${DISPOSITION}a\r\n${fill("a:b\r\n")}\r\n`,
  ),
  "multipart of near boundaries": post(
    "/users",
    `--b\r\n${DISPOSITION}a\r\n\r\n${fill("\r\n--a", SIZE - 80)}\r\n--b--`,
    { "Content-Type": "multipart/form-data; boundary=b" },
  ),
  "thousands of cookies": get("/show", { Cookie: fill("a=b; ") }),
  "thousands of session cookies": get("/show", { Cookie: fill("session=; ") }),
  "a huge cookie": get("/show", { Cookie: `a=${fill("b")}` }),
  "a huge session cookie": get("/show", {
    Cookie: `session=v1.${fill("b")}.c`,
  }),
  "a session and thousands of cookies": get("/show", {
    Cookie: `${fill("a=b; ", SIZE - cookie.length)}${cookie}`,
  }),
  "a cookie of percent signs": get("/show", {
    Cookie: `language=${fill("%41")}`,
  }),
  "thousands of languages": get("/", { "Accept-Language": fill("a,") }),
  "thousands of long languages": get("/", {
    "Accept-Language": fill("en-a;q=0.5,").replaceAll("en", "xx"),
  }),
  "languages of quotes": get("/", { "Accept-Language": fill('a;"') }),
  "a forwarded chain": get("/", { "X-Forwarded-Proto": fill("http,") }),
  "a long query": get(`/?${fill("why&")}`, {}),
  "a long path": get(`/${fill("a/")}`, {}),
  "a long path of escapes": get(`/${fill("%41")}`, {}),
  "a lab cookie of junk": post("/lab", `payload=${fill("a", 9900)}&seal=b`),
  "a lab cookie of JSON": post(
    "/lab",
    `payload=${fill("[", 9900)}&seal=b`,
  ),
  "a lab attempt": post("/lab", "attempt=name"),
  "a lab replay": post("/lab", "attempt=replay"),
  "a sealed cookie in the lab": post("/lab", `payload=a&seal=${sealed}`),
  "a language form": post("/language", `lang=en&back=${fill("/.", SIZE - 40)}`),
  "a language form of spaces": post(
    "/language",
    `lang=en&back=${fill("%09", SIZE - 40)}`,
  ),
});

/** The median of each kind's microseconds, taken in turn. */
export async function requestCosts(
  rounds: number,
): Promise<Record<string, number>> {
  const app = createApp({
    secrets: [SECRET],
    store: "cookie",
    log: () => {},
  });
  const visitor = browser(app);
  const answer = await visitor.post("/users", {
    name: "Jay",
    email: "jay@example.com",
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const requests = REQUESTS(cookie, fill("ab"));
  const taken = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, make] of Object.entries(requests)) {
      const [path, init] = make();
      const url = `http://localhost${path}`;
      const start = performance.now();
      const response = await app.request(url, init);
      await response.text();
      const micros = (performance.now() - start) * 1000;
      if (response.status >= 500) {
        throw new Error(`${name}: ${response.status}`);
      }
      taken.set(name, [...taken.get(name) ?? [], micros]);
    }
  }
  return Object.fromEntries(
    [...taken].map(([name, all]) => [
      name,
      all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0,
    ]),
  );
}
