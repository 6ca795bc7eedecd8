// Rules 5 to 8: what a cookie must be to open a session, and what the browser is sent.
import assert from "node:assert/strict";
import { session } from "../middleware/session/mod.ts";
import { createSealer } from "../middleware/session/cookie/seal.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import {
  Clock,
  cookieOf,
  options,
  OTHER_SECRET,
  SECRET,
  setCookie,
  STORES,
  testApp,
} from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { quietly, readApp, whoIs } from "./support/rule_apps.ts";

const test = Deno.test;

test("rule 5: an id that this app did not mint is not adopted", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = testApp(given, (app) => {
    app.get("/", async (c) => {
      const { info } = await c.var.session();
      return c.text(`${info.rejected ?? "none"} ${info.isNew}`);
    });
    app.post("/", async (c) => {
      (await c.var.session()).update({ name: "Jay" });
      return c.text((await c.var.session()).info.id);
    });
  });
  const visitor = browser(app);
  const chosen = `${"A".repeat(22)}.${"B".repeat(22)}`;
  visitor.setCookie(`session=${chosen}`);
  assert.equal(await (await visitor.get("/")).text(), "malformed true");
  const id = await (await visitor.post("/")).text();
  assert.match(id, /^[\w-]{22}$/); // 132 bits of text for 128 random ones
  assert(!chosen.includes(id));
});

test("rule 5: 1,000 ids are 1,000 different ones, of 22 characters", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.update({ count: 1 });
      return c.text(session.info.id);
    }));
  const ids = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    ids.add(await (await app.request("/")).text());
  }
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[\w-]{22}$/);
});

test("rule 5: the id that a new session was told is the one it is saved under", async () => {
  for (const store of Object.values(STORES)) {
    const app = testApp(store(), (app) => {
      app.post("/", async (c) => {
        const session = await c.var.session();
        session.update({ count: 1 });
        return c.text(session.info.id);
      });
      app.get("/", async (c) => c.text((await c.var.session()).info.id));
    });
    const visitor = browser(app);
    const told = await (await visitor.post("/")).text();
    assert.equal(await (await visitor.get("/")).text(), told);
  }
});

test("rule 6: a cookie is sealed for its name: minted under another it does not open", async () => {
  const app = whoIs({});
  const cookie = await sealFor(session({ ...options(), cookieName: "other" }), {
    name: "Eve",
  });
  const renamed = cookie.replace("other=", "session=");
  assert.deepEqual(await app(renamed), ["bad-seal", "kept"]);
});

test("rule 6: what http sealed does not open over https, nor the reverse", async () => {
  const http = await sealFor(session(options()), { name: "Eve" });
  const https = await sealFor(session(options()), { name: "Eve" }, {
    url: "https://localhost/",
  });
  assert.match(https, /^__Host-session=/);
  assert.deepEqual(
    await whoIs({}, "https://localhost/")(
      http.replace("session=", "__Host-session="),
    ),
    ["bad-seal", "kept"],
  );
  assert.deepEqual(
    await whoIs({})(https.replace("__Host-session=", "session=")),
    ["bad-seal", "kept"],
  );
});

test("rule 6: the first of two cookies that is well-formed is read", async () => {
  const cookie = await sealFor(session(options()), { name: "Jay" });
  const app = readApp({});
  for (
    const header of [
      cookie,
      `a=1; ${cookie}`,
      `${cookie}; session=junk`,
    ]
  ) {
    const response = await app.request("/", { headers: { cookie: header } });
    assert.equal(await response.text(), "Jay", header);
  }
});

// Cookies that never open. Each: the Cookie header, the reason, and that the cookie is left alone.

const REJECTED: Record<
  string,
  (cookie: string) => string | Promise<string>
> = {
  "no seal at all": (cookie) => cookie.slice(0, cookie.lastIndexOf(".")),
  "a percent-encoded character": (cookie) => cookie.replace("v1.", "v1.%41"),
  "not UTF-8": () => "session=v1.\u00ff\u00fe.\u00ff",
  "not base64url": (cookie) => cookie.replace("v1.", "v1.+/"),
  "4,097 bytes": () => `session=v1.${"A".repeat(4096)}.${"A".repeat(43)}`,
  "a part more": (cookie) => `${cookie}.AAAA`,
};

for (const [what, mutate] of Object.entries(REJECTED)) {
  test(`rule 5: malformed, and left alone: ${what}`, async () => {
    const cookie = await mutate(
      await sealFor(session(options()), { name: "Jay" }),
    );
    assert.deepEqual(await whoIs({})(cookie), ["malformed", "kept"]);
  });
}

/** Cookies ignore ports: another app on this host may use the same name. */
const FOREIGN: Record<string, (cookie: string) => string> = {
  "an empty value": () => "session=",
  "another version": (cookie) => cookie.replace("=v1.", "=v2."),
  "a percent-encoded version": (cookie) => cookie.replace("v1.", "v1%2E"),
  "quotes around it": (cookie) => cookie.replace("=", '="') + '"',
  "another app's": () => "session=eyJ1c2VyIjoxfQ.aQ3xYw.c2lnbmF0dXJl",
};

for (const [what, mutate] of Object.entries(FOREIGN)) {
  test(`rule 5: malformed, and left alone, another app's: ${what}`, async () => {
    const cookie = mutate(await sealFor(session(options()), { name: "Jay" }));
    assert.deepEqual(await whoIs({})(cookie), ["malformed", "kept"]);
  });
}

const FORGED: Record<string, (cookie: string) => string | Promise<string>> = {
  "a changed payload": (cookie) => flip(cookie, cookie.indexOf(".") + 12),
  "a changed seal": (cookie) => flip(cookie, cookie.lastIndexOf(".") + 5),
  "a seal cut short": (cookie) => cookie.slice(0, -3),
  "an empty seal": (cookie) => cookie.slice(0, cookie.lastIndexOf(".") + 1),
  "an empty payload": (cookie) => cookie.replace(/v1\.[\w-]+\./, "v1.."),
  "the seal of another session": async (cookie) => {
    const other = await sealFor(session(options()), { name: "Eve" });
    return cookie.slice(0, cookie.lastIndexOf(".")) +
      other.slice(other.lastIndexOf("."));
  },
  "a retired secret": () =>
    sealFor(session(options({ secrets: [OTHER_SECRET] })), { name: "Eve" }),
  "the other kind of seal": () =>
    sealFor(session(options({ seal: "encrypt" })), { name: "Eve" }),
};

for (const [what, mutate] of Object.entries(FORGED)) {
  test(`rule 5: bad-seal, and left alone: ${what}`, async () => {
    const cookie = await mutate(
      await sealFor(session(options()), { name: "Jay" }),
    );
    assert.deepEqual(await whoIs({})(cookie), ["bad-seal", "kept"]);
  });
}

test("rule 5: unknown is left alone: another request may just have given it another id", async () => {
  const cookie = await sealFor(session(options({ store: controlledStore() })), {
    name: "Eve",
  });
  const store = controlledStore();
  assert.deepEqual(await whoIs({ store })(cookie), ["unknown", "kept"]);
});

test("rule 5: what a cookie store sealed is unknown to a server store", async () => {
  const cookie = await sealFor(session(options()), { name: "Eve" });
  const store = controlledStore();
  assert.deepEqual(await whoIs({ store })(cookie), ["unknown", "kept"]);
});

test("rule 5: what a server store sealed opens nothing in a cookie store", async () => {
  const store = controlledStore();
  const cookie = await sealFor(session(options({ store })), { name: "Eve" });
  assert.deepEqual(await whoIs({})(cookie), ["unknown", "kept"]);
});

test("rule 5: a value of another shape under our own seal is unknown to a cookie store", async () => {
  const sealer = createSealer({
    secrets: [SECRET],
    seal: "sign",
    purpose: "session",
    cookieName: "session",
  });
  const now = new Clock().seconds;
  const tokens = [
    "",
    "null",
    "{}",
    "[]",
    '"text"',
    `[7,${now},0,{}]`,
    `["id","${now}",0,{}]`,
    `["id",${now},0,{}`,
  ];
  for (const token of tokens) {
    const cookie = `session=${sealer.seal(token)}`;
    assert.deepEqual(await whoIs({})(cookie), ["unknown", "kept"], token);
  }
});

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 7: a session ends when it was left alone for idle seconds, at the very second (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const cookie = await sealFor(session(given), { name: "Jay" });
    const used = await sealFor(session(given), { name: "Jay" });
    clock.seconds += 1799;
    assert.deepEqual((await whoIs(given)(used))[0], "Jay");
    clock.seconds += 1;
    assert.deepEqual(await whoIs(given)(cookie), ["expired", "kept"]);
  });

  test(`rule 7: a session in use ends with its absolute lifetime (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = readApp(given);
    const visitor = browser(app, { now: clock.now });
    await visitor.get("/write");
    for (let seconds = 1700; seconds < 28_800; seconds += 1700) {
      clock.seconds += 1700;
      assert.equal(await (await visitor.get("/")).text(), "Jay");
    }
    clock.seconds = 1_800_000_000 + 28_799;
    const [name = "", value = ""] = [...visitor.cookies][0] ?? [];
    assert.equal(await (await visitor.get("/")).text(), "Jay");
    clock.seconds += 1;
    assert.equal(visitor.cookies.size, 0); // the browser forgot it at the same second
    assert.deepEqual(await whoIs(given)(`${name}=${value}`), [
      "expired",
      "kept",
    ]);
  });

  test(`rule 7: a date ends every session at that moment (${where})`, async () => {
    const clock = new Clock();
    const lifetime = {
      idle: 10_000,
      absolute: new Date((clock.seconds + 3600) * 1000),
    };
    const given = options({ ...store(), clock, lifetime });
    const app = readApp(given);
    const who = whoIs(given);
    const response = await app.request("/write");
    assert.match(setCookie(response) ?? "", /Max-Age=3600;/);
    const cookie = cookieOf(response);
    clock.seconds += 3599;
    assert.deepEqual((await who(cookie))[0], "Jay");
    clock.seconds += 1;
    assert.deepEqual(await who(cookie), ["expired", "kept"]);
    const late = await quietly(async () => await app.request("/write"));
    assert.equal(late.status, 503); // a session begun now would be over at once
    assert.equal(setCookie(late), undefined);
  });

  test(`rule 7: renewal writes only when a tenth of idle has passed (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = readApp(given);
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(await sealFor(session(given), { name: "Jay" }));
    const end = async () => {
      const response = await visitor.get("/end");
      return { line: setCookie(response), idle: Number(await response.text()) };
    };
    const first = await end();
    clock.seconds += 179;
    assert.deepEqual(await end(), first);
    clock.seconds += 1;
    const renewing = await end();
    // Only a session that travels in the cookie needs a new cookie for that.
    assert.equal(renewing.line !== undefined, where === "cookie");
    const renewed = await end();
    assert.equal(renewed.line, undefined);
    assert.equal(renewed.idle, first.idle + 180);
  });

  test(`rule 7: a clock that went back does not end a session, nor bring its end nearer (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const cookie = await sealFor(session(given), { name: "Jay" });
    clock.seconds -= 100;
    const app = readApp(given);
    const response = await app.request("/count", { headers: { cookie } });
    assert.equal(await response.text(), "1");
    const after = setCookie(response)?.split(";")[0] ?? cookie;
    clock.seconds += 100 + 1799;
    assert.deepEqual((await whoIs(given)(after))[0], "Jay");
  });
}

test("rule 7: Max-Age is what remains of absolute, rounded up, at least 1, at most 400 days", async () => {
  const maxAge = async (absolute: number | Date, elapsed = 0) => {
    const clock = new Clock();
    const idle = absolute instanceof Date ? 1000 : absolute;
    const given = options({ clock, lifetime: { idle, absolute } });
    const cookie = await sealFor(session(given), { name: "Jay" });
    clock.seconds += elapsed;
    const response = await readApp(given).request("/count", {
      headers: { cookie },
    });
    return Number(/Max-Age=(\d+);/.exec(setCookie(response) ?? "")?.[1]);
  };
  assert.equal(await maxAge(1000), 1000);
  assert.equal(await maxAge(1000, 300), 700);
  assert.equal(await maxAge(1000, 999.9), 1);
  assert.equal(await maxAge(1000.5), 1001);
  assert.equal(await maxAge(400 * 24 * 3600), 400 * 24 * 3600);
});

test("rule 8: over https the cookie is __Host-, Secure; over http neither", async () => {
  const app = readApp({});
  const http = setCookie(await app.request("http://localhost/write"));
  const https = setCookie(await app.request("https://localhost/write"));
  assert.match(
    http ?? "",
    /^session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  assert.match(
    https ?? "",
    /^__Host-session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test("rule 8: only the name that fits the scheme is read", async () => {
  const http = await sealFor(session(options()), { name: "http" });
  const https = await sealFor(session(options()), { name: "https" }, {
    url: "https://localhost/",
  });
  const app = readApp({});
  const cookie = `${http}; ${https}`;
  const read = async (origin: string) =>
    await (await app.request(`${origin}/`, { headers: { cookie } })).text();
  assert.equal(await read("http://localhost"), "http");
  assert.equal(await read("https://localhost"), "https");
});

test("rule 8: X-Forwarded-Proto is believed only when the app says so", async () => {
  const line = async (trustProxy: boolean, forwarded: string) =>
    setCookie(
      await readApp({ trustProxy }).request("/write", {
        headers: { "X-Forwarded-Proto": forwarded },
      }),
    ) ?? "";
  assert.match(await line(true, "https"), /^__Host-session=.*Secure/);
  assert.match(await line(true, "HTTPS, http"), /^__Host-session=/);
  assert.match(await line(true, "http, https"), /^session=/);
  assert.match(await line(true, "httpsx"), /^session=/);
  assert.match(await line(false, "https"), /^session=/);
});

/** Another character of base64url at this place. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "Q" ? "g" : "Q") +
    text.slice(at + 1);
}

test("rule 6: a name that ends with what HTTP does not trim is another name", async () => {
  const cookie = await sealFor(session(options()), { name: "Jay" });
  const [name, value] = cookie.split("=");
  const who = whoIs({});
  for (const space of ["\u00a0", "\u000b", "\u000c"]) {
    const header = `${name}${space}=${value}`;
    assert.deepEqual(await who(header), ["nobody", "kept"], header);
    assert.deepEqual(await who(`${space}${header}`), ["nobody", "kept"]);
  }
  assert.deepEqual(await who(` \t${name} \t= ${value} \t`), ["Jay", "kept"]);
});

test("rule 8: sameSite decides which requests from elsewhere carry the cookie", async () => {
  const attributes = async (
    sameSite: "lax" | "strict" | "none" | undefined,
    url: string,
  ) => {
    const app = readApp(sameSite === undefined ? {} : { sameSite });
    const line = setCookie(await app.request(`${url}/write`)) ?? "";
    return line.split("; ").slice(4).join("; ");
  };
  const http = "http://localhost", https = "https://localhost";
  assert.equal(await attributes(undefined, https), "Secure; SameSite=Lax");
  assert.equal(await attributes("lax", http), "SameSite=Lax");
  assert.equal(await attributes("strict", http), "SameSite=Strict");
  assert.equal(await attributes("strict", https), "Secure; SameSite=Strict");
  assert.equal(
    await attributes("none", https),
    "Secure; SameSite=None; Partitioned",
  );
  assert.equal(await attributes("none", http), "SameSite=Lax");
});

test("rule 8: a Partitioned cookie is cleared with the attributes that it was set with", async () => {
  const app = testApp(
    options({ sameSite: "none" }),
    (app) =>
      app.get("/", async (c) => {
        (await c.var.session()).destroy();
        return c.text("ok");
      }),
  );
  const response = await app.request("https://localhost/", {
    headers: { cookie: "__Host-session=v1.a.b" },
  });
  assert.match(
    setCookie(response) ?? "",
    /^__Host-session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/,
  );
});

test("a store that calls itself cookie is a server store all the same: what it ended stays ended", async () => {
  const store = { ...controlledStore(), kind: "cookie" };
  const given = options({ store });
  const app = testApp(given, (app) => {
    app.get("/end", async (c) => {
      (await c.var.session()).destroy();
      return c.text("ok");
    });
    app.get("/", async (c) => {
      const { data, info } = await c.var.session();
      return c.text(`${data.name ?? "nobody"} ${info.limit}`);
    });
  });
  const cookie = await sealFor(session(given), { name: "Jay" });
  const headers = { cookie };
  for (let i = 0; i < 30; i++) {
    assert.equal(
      await (await app.request("/", { headers })).text(),
      "Jay 60000",
    );
  }
  await app.request("/end", { headers });
  assert.equal(
    await (await app.request("/", { headers })).text(),
    "nobody 60000",
  );
});

test("what a store returns is checked like what a visitor sends: times that are no numbers open nothing", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const now = new Clock().seconds;
  const bad = [
    ["id", "soon", now, {}],
    ["id", now, null, {}],
    ["id", now, 1e300, {}],
    ["id", now + 0.5, now, {}],
    ["id", now, now, {}, { idle: "long" }],
    ["id", now, now, {}, { until: -1 }],
    ["id", now, now, {}, { persistent: true }],
    ["id", now, now, {}, "terms"],
    { 0: "id" },
    null,
  ];
  for (const parts of bad) {
    const cookie = await sealFor(session(given), { name: "Jay" });
    const [key = "", entry] = [...backend.entries].at(-1) ?? [];
    const text = new TextDecoder().decode(entry?.value);
    const generation = JSON.parse(text)[0];
    const value = JSON.stringify(parts).replace('"id"', `"${generation}"`);
    await backend.swap(
      key,
      new TextEncoder().encode(value),
      entry?.version ?? "",
      60,
    );
    assert.deepEqual(await whoIs(given)(cookie), ["unknown", "kept"], value);
  }
});
