// Rules 5 to 8: what a cookie must be to open a session, and what the browser is sent.
import assert from "node:assert/strict";
import { createSealer } from "../middleware/session/cookie/seal.ts";
import { session } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  add,
  Clock,
  cookieOf,
  options,
  OTHER_SECRET,
  readApp,
  SECRET,
  setCookie,
  STORES,
  type TestAppOptions,
  whoIs,
  world,
} from "./support/test_app.ts";

const test = Deno.test;
const https = { url: "https://localhost/" };
const made = (given: TestAppOptions = {}) => session(options(given));
const eve = { name: "Eve" };
const jay = () => sealFor(made(), { name: "Jay" });
const evesSecure = () => sealFor(made(), eve, https);

test("rule 5: an id that this app did not mint is not adopted; 1,000 ids are 1,000 different ones", async () => {
  const { ask } = world({ store: controlledStore() }, {
    read: ({ info }) => [info.rejected, info.isNew],
    write(session, c) {
      add(session, c);
      return session.info.id;
    },
  });
  const chosen = `${"A".repeat(22)}.${"B".repeat(22)}`;
  const read = await ask("/read", `session=${chosen}`);
  assert.deepEqual(await read.json(), ["malformed", true]);
  const ids = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    ids.add(await (await ask("/write", `session=${chosen}`)).json());
  }
  assert.equal(ids.size, 1000);
  for (const id of ids) {
    assert.match(id, /^[\w-]{22}$/); // 132 bits of text for 128 random ones
    assert(!chosen.includes(id));
  }
});

/** Another character of base64url at this place. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "Q" ? "g" : "Q") +
    text.slice(at + 1);
}

/** Cookies that never open, made of a valid one. They are left alone, as all of them may be another app's. */
const REJECTED: Record<
  string,
  Record<string, (cookie: string) => string | Promise<string>>
> = {
  "rule 5: malformed, and left alone, another app's too": {
    "no seal at all": (cookie) => cookie.slice(0, cookie.lastIndexOf(".")),
    "a percent-encoded character": (cookie) => cookie.replace("v1.", "v1.%41"),
    "not UTF-8": () => "session=v1.\u00ff\u00fe.\u00ff",
    "not base64url": (cookie) => cookie.replace("v1.", "v1.+/"),
    "4,097 bytes": () => `session=v1.${"A".repeat(4096)}.${"A".repeat(43)}`,
    "a part more": (cookie) => `${cookie}.AAAA`,
    "an empty value": () => "session=",
    "another version": (cookie) => cookie.replace("=v1.", "=v2."),
    "quotes around it": (cookie) => cookie.replace("=", '="') + '"',
    "another app's": () => "session=eyJ1c2VyIjoxfQ.aQ3xYw.c2lnbmF0dXJl",
  },
  "rule 5: bad-seal, and left alone": {
    "a changed payload": (cookie) => flip(cookie, cookie.indexOf(".") + 12),
    "a changed seal": (cookie) => flip(cookie, cookie.lastIndexOf(".") + 5),
    "an empty payload": (cookie) => cookie.replace(/v1\.[\w-]+\./, "v1.."),
    "the seal of another session": async (cookie) => {
      const other = await sealFor(made(), eve);
      return cookie.replace(/[^.]+$/, "") + other.split(".")[2];
    },
    "a retired secret": () => sealFor(made({ secrets: [OTHER_SECRET] }), eve),
    "the other kind of seal": () => sealFor(made({ seal: "encrypt" }), eve),
    "rule 6: a cookie is sealed for its name": async () =>
      (await sealFor(made({ cookieName: "other" }), eve))
        .replace("other=", "session="),
    "sealed for https": async () =>
      (await evesSecure()).replace("__Host-session=", "session="),
  },
  "rule 5: unknown is left alone: another request may just have given it another id, or it is another store's":
    {
      "a server store's": () =>
        sealFor(made({ store: controlledStore() }), eve),
    },
};

for (const [name, cookies] of Object.entries(REJECTED)) {
  test(name, async () => {
    const [, reason] = /^rule 5: ([\w-]+)/.exec(name) ?? [];
    for (const [what, mutate] of Object.entries(cookies)) {
      const seen = await whoIs({})(await mutate(await jay()));
      assert.equal(seen, reason, what);
    }
  });
}

test("rule 6: what http sealed does not open over https, nor the reverse; only the name that fits the scheme is read", async () => {
  const [http, secure] = [await jay(), await evesSecure()];
  assert.match(secure, /^__Host-session=/);
  const [overHttp, overHttps] = [whoIs({}), whoIs({}, "https://localhost")];
  assert.equal(await overHttp(`${http}; ${secure}`), "Jay");
  assert.equal(await overHttps(`${http}; ${secure}`), "Eve");
  const asSecure = http.replace("session=", "__Host-session=");
  assert.equal(await overHttps(asSecure), "bad-seal");
});

test("rule 6: of several cookies the first whose seal fits is read; a name that ends with what HTTP does not trim is another", async () => {
  const cookie = await jay();
  const other = await sealFor(made(), eve);
  const [name, value] = cookie.split("=");
  const who = whoIs({});
  for (
    const header of [
      ...[cookie, `a=1; ${cookie}`, `${cookie}; session=junk`],
      ...[`session=junk; ${cookie}; ${other}`, `xsession=1; ${cookie}`],
      ` \t${name} \t= ${value} \t`,
    ]
  ) assert.equal(await who(header), "Jay", header);
  for (const space of ["\u00a0", "\u000b", "\u000c"]) {
    const header = `${name}${space}=${value}`;
    assert.equal(await who(header), "stranger", header);
    assert.equal(await who(`${space}${header}`), "stranger");
  }
});

test("rule 5: what is under our own seal, or in the store, is checked all the same: another shape opens nothing", async () => {
  const sealer = createSealer({
    ...{ secrets: [SECRET], seal: "sign" },
    ...{ purpose: "session", cookieName: "session" },
  });
  const now = new Clock().seconds;
  for (
    const token of [
      ...["", "null", "{}", "[]", '"text"', `[7,${now},0,{}]`],
      ...[`["id","${now}",0,{}]`, `["id",${now},0,{}`],
    ]
  ) {
    const cookie = `session=${sealer.seal(token)}`;
    assert.equal(await whoIs({})(cookie), "unknown", token);
  }
  const store = controlledStore({ // it is asked for nothing that is no key
    turn: (_, key) => Promise.resolve(assert.match(`${key}`, /^[\w-]{22}$/)),
  });
  const who = whoIs({ store });
  const elsewhere = await sealFor(made({ store: controlledStore() }), eve);
  for (const cookie of [elsewhere, await jay()]) {
    assert.equal(await who(cookie), "unknown");
  }
  for (
    const parts of [
      ...[["id", "soon", now, {}], ["id", now, null, {}], null, { 0: "id" }],
      ...[["id", now, 1e300, {}], ["id", now + 0.5, now, {}]],
      ...[["id", now, now, {}, "terms"], ["id", now, now, {}, { owner: 7 }]],
      ...[{ idle: "long" }, { idle: -1 }, { until: -1 }, { fresh: 1 }]
        .map((terms) => ["id", now, now, {}, terms]),
      ["id", now, now, {}, { persistent: true }],
    ]
  ) {
    const cookie = await sealFor(session(options({ store })), { name: "Jay" });
    const [key = "", entry] = [...store.entries].at(-1) ?? [];
    const [id] = JSON.parse(new TextDecoder().decode(entry?.value));
    const text = JSON.stringify(parts).replace('"id"', `"${id}"`);
    const bytes = new TextEncoder().encode(text);
    await store.swap(key, bytes, entry?.version ?? "", 60);
    assert.equal(await who(cookie), "unknown", text);
  }
});

test("rule 5: a server store says expired for an hour after the end, or idle seconds if that is less, then unknown", async () => {
  for (
    const [idle, absolute, isSaid] of [
      [1800, 28_800, 1800],
      [7200, 28_800, 3600],
      [600, 600, 600],
    ] as const
  ) {
    const clock = new Clock();
    const store = controlledStore(); // which keeps all records
    const lifetime = { idle, absolute };
    const { ask, seal } = world({ store, clock, lifetime }, {
      read: ({ info }) => info.rejected ?? "live",
      add,
    });
    const began = clock.seconds;
    const cookie = await seal();
    const read = async (after: number) => {
      clock.seconds = began + idle + after;
      const answer = await ask("/read", cookie);
      assert.equal(setCookie(answer), undefined);
      return await answer.json();
    };
    assert.equal(await read(0), "expired");
    assert.equal(await read(isSaid - 1), "expired");
    assert.notEqual(cookieOf(await ask("/add", cookie)), cookie);
    assert.equal(await read(isSaid - 1), "expired");
    assert.equal(await read(isSaid), "unknown");
  }
});

for (const [where, store] of Object.entries(STORES)) {
  /** An app, a session of Jay in it, and who a cookie opens. */
  const rig = async (more: TestAppOptions = {}) => {
    const clock = new Clock();
    const given = options({ ...store(), clock, ...more });
    const seal = () => sealFor(session(given), { name: "Jay" });
    const [app, who] = [readApp(given), whoIs(given)];
    return { clock, app, who, seal, cookie: await seal() };
  };

  test(`rule 7: a session ends when it was left alone for idle seconds, or in use with its absolute lifetime, at the very second; not by a clock that went back (${where})`, async () => {
    const { clock, app, who, seal, cookie } = await rig();
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(`${cookie}; Max-Age=28800`);
    for (const seconds of [...Array(16).fill(1700), 1599]) {
      clock.seconds += seconds;
      assert.equal(await (await visitor.get("/who")).text(), "Jay");
    }
    const [last = []] = [...visitor.cookies];
    clock.seconds += 1;
    assert.equal(visitor.cookies.size, 0); // the browser forgot it at the same second
    assert.equal(await who(last.join("=")), "expired");

    const [left, used, back] = [await seal(), await seal(), await seal()];
    clock.seconds -= 100;
    const answer = await app.request("/add", { headers: { cookie: back } });
    assert.equal((await answer.json())[1].count, 1);
    clock.seconds += 100 + 1799;
    assert.equal(await who(cookieOf(answer, back)), "Jay");
    assert.equal(await who(used), "Jay");
    clock.seconds += 1;
    assert.equal(await who(left), "expired");
  });

  test(`rule 7: a date ends every session at that moment (${where})`, async () => {
    const moment = new Clock().seconds + 3600;
    const absolute = new Date(moment * 1000 + 900);
    const lifetime = { idle: 10_000, absolute };
    const { clock, app, who } = await rig({ lifetime });
    const response = await app.request("/write");
    assert.match(setCookie(response) ?? "", /Max-Age=3600;/);
    const cookie = cookieOf(response);
    clock.seconds = moment - 1; // a session may begin with one second to live
    assert.equal(await who(cookie), "Jay");
    assert.equal((await app.request("/write")).status, 200);
    clock.seconds = moment;
    assert.equal(await who(cookie), "expired");
    const late = await app.request("/write");
    assert.equal(late.status, 503); // it would be over at once
    assert.equal(setCookie(late), undefined);
  });

  test(`rule 7: a touch is written only when a tenth of idle has passed (${where})`, async () => {
    const { clock, app, cookie } = await rig();
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(cookie);
    const end = async () => {
      const response = await visitor.get("/end");
      return { line: setCookie(response), idle: await response.json() };
    };
    const first = await end();
    clock.seconds += 179;
    assert.deepEqual(await end(), first);
    clock.seconds += 1;
    // Only a session that travels in the cookie needs a new cookie for that.
    assert.equal((await end()).line !== undefined, where === "cookie");
    const touched = { line: undefined, idle: first.idle + 180 };
    assert.deepEqual(await end(), touched);
  });
}

test("rule 7: Max-Age is what remains of absolute, rounded up, at least 1, at most 400 days; no store is told more", async () => {
  const ttls: number[] = [];
  const kept = controlledStore();
  const swap: typeof kept.swap = (...args) => {
    ttls.push(args[3]);
    return kept.swap(...args);
  };
  const most = 400 * 24 * 3600;
  for (
    const [absolute, elapsed, maxAge] of [
      ...[[1000, 0, 1000], [1000, 300, 700], [1000, 999.9, 1]],
      ...[[1000.5, 0, 1001], [most, 0, most]],
      [new Date("9999-12-31"), 0, most],
    ] as [number | Date, number, number][]
  ) {
    const clock = new Clock();
    const idle = absolute instanceof Date ? 1e13 : absolute;
    const given = { clock, lifetime: { idle, absolute } };
    await world({ ...given, store: { ...kept, swap } }).seal();
    const headers = { cookie: await world(given).seal() };
    clock.seconds += elapsed;
    const line = setCookie(await readApp(given).request("/add", { headers }));
    assert.equal(Number(/Max-Age=(\d+);/.exec(line ?? "")?.[1]), maxAge);
  }
  assert.equal(ttls[0], 2000); // expired can be told for another idle time
  assert.deepEqual(ttls.slice(-2), [most + 3600, most + 3600]);
});

test("rule 8: over https the cookie is __Host-, Secure; over http neither; sameSite decides which requests from elsewhere carry it", async () => {
  for (
    const [sameSite, http, secure] of [
      [undefined, "SameSite=Lax", "Secure; SameSite=Lax"],
      ["lax", "SameSite=Lax", "Secure; SameSite=Lax"],
      ["strict", "SameSite=Strict", "Secure; SameSite=Strict"],
      ["none", "SameSite=Lax", "Secure; SameSite=None; Partitioned"],
    ] as const
  ) {
    const { ask } = world(sameSite === undefined ? {} : { sameSite }, {
      add,
      end: (session) => session.destroy(),
    });
    for (
      const [origin, name, attributes] of [
        ["http://localhost", "session", http],
        ["https://localhost", "__Host-session", secure],
      ] as const
    ) {
      const shape = (line = "") => line.replace(/=v1\.[\w.-]+/, "=v1");
      const set = await ask(`${origin}/add`);
      assert.equal(
        shape(setCookie(set)),
        `${name}=v1; Max-Age=28800; Path=/; HttpOnly; ${attributes}`,
      );
      // It is cleared with the attributes that it was set with.
      assert.equal(
        setCookie(await ask(`${origin}/end`, cookieOf(set))),
        `${name}=; Max-Age=0; Path=/; HttpOnly; ${attributes}`,
      );
    }
  }
});

test("rule 8: X-Forwarded-Proto is believed only when the app says so", async () => {
  for (
    const [trustProxy, forwarded, line] of [
      [true, "https", /^__Host-session=.*Secure/],
      [true, "HTTPS, http", /^__Host-session=/],
      [true, "http, https", /^session=/],
      [true, "httpsx", /^session=/],
      [undefined, "https", /^session=/],
    ] as const
  ) {
    const headers = { "X-Forwarded-Proto": forwarded };
    const app = readApp(trustProxy ? { trustProxy } : {});
    const answer = await app.request("/write", { headers });
    assert.match(setCookie(answer) ?? "", line);
  }
});

/** The steps of a roll-out. While one of them is under way, some servers are a step ahead of others. */
const STEPS = [
  [SECRET],
  [SECRET, OTHER_SECRET], // all learn to open the new one,
  [OTHER_SECRET, SECRET], // then it begins to seal,
  [OTHER_SECRET], // and the old one goes.
];

for (const [where, store] of Object.entries(STORES)) {
  for (const seal of ["sign", "encrypt"] as const) {
    test(`rule 6: a fleet rolls from the old secret to the new one and logs no visitor out; two steps at once do (${seal}, ${where})`, async () => {
      const shared = store();
      const servers = STEPS.map((secrets) =>
        readApp({ seal, secrets, ...shared })
      );
      const visit = async (step: number, cookie: string) => {
        const headers = { cookie };
        const answer = await servers[step]!.request("/who", { headers });
        const isSealedAnew = setCookie(answer) !== undefined;
        const after = cookieOf(answer, cookie);
        return { who: await answer.text(), isSealedAnew, after };
      };
      for (const [at, [sealing]] of STEPS.entries()) {
        const cookie = cookieOf(await servers[at]!.request("/write"));
        for (const [step, secrets] of STEPS.entries()) {
          const { who, isSealedAnew, after } = await visit(step, cookie);
          const isOpened = secrets.includes(sealing!);
          assert.equal(who, isOpened ? "Jay" : "bad-seal");
          if (Math.abs(step - at) < 2) assert(isOpened);
          assert.equal(isSealedAnew, isOpened && secrets[0] !== sealing);
          const again = await visit(step, after); // once is enough
          assert.deepEqual([again.who, again.after], [who, after]);
        }
      }
    });
  }
}
