// Bound sessions in a real Chromium: an app over https on loopback, a browser with keys in software, and a thief.
// Each scenario takes seconds, because a browser's clock cannot be moved.
import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Browser, Cookie } from "npm:playwright-core@1.65.1";
import { memoryStore, type SessionStore } from "../middleware/session/mod.ts";
import { chromiumPath, noChromium, QUIET } from "./support/chromium.ts";
import { contractApp, type Me } from "./support/contract_app.ts";
import { Device } from "./support/device.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { lacks, makeCertificate } from "./support/operations.ts";
import { SECRET } from "./support/test_app.ts";

/** Short, so that a test takes seconds. */
const REFRESH_SECONDS = 5;

interface Machine {
  readonly browser: Browser;
  readonly pem: { readonly cert: string; readonly key: string };
}

/** An app, and a browser with cookies and keys of its own. */
async function startRig({ browser, pem }: Machine, store?: SessionStore) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const state = { isRefreshDown: false }; // a proxy before the app answers the browser's own requests by 503
  const log: string[] = []; // method, path, status, and names of cookies of each request
  const front = new Hono();
  const server = Deno.serve(
    { ...{ hostname: "127.0.0.1", port: 0, onListen() {} }, ...pem },
    front.fetch,
  );
  const { port } = server.addr;
  const origin = `https://shop.site.test:${port}`;
  const app = contractApp({
    ...{ secrets: [SECRET], refreshSeconds: REFRESH_SECONDS, origin },
    ...(store && { store }),
  });
  front.all("*", async (c) => {
    const { method, path, raw } = c.req;
    const isDown = state.isRefreshDown && path === "/session/refresh";
    const response = isDown
      ? c.text("The proxy says no", 503)
      : await app.fetch(raw);
    const names = [...(c.req.header("Cookie") ?? "").matchAll(/([\w-]+)=/g)];
    const cookies = names.map(([, name]) => name).join();
    log.push(`${method} ${path} ${response.status} ${cookies}`);
    return response;
  });

  const jar = async (): Promise<ReadonlyMap<string, Cookie>> =>
    new Map((await context.cookies()).map((cookie) => [cookie.name, cookie]));
  /** The page as the browser shows it. */
  const visit = async (path = "/me"): Promise<Me> => {
    await page.goto(origin + path);
    return JSON.parse(await page.textContent("body") ?? "");
  };
  /** Until the browser has made a key for its session. */
  const isBound = (seconds?: number) =>
    eventually(async () => {
      assert.equal((await visit()).binding, "bound");
    }, seconds);

  return {
    ...{ context, page, state, origin, jar, visit, isBound },
    /** The same app, but to the browser another site. */
    elsewhere: `https://elsewhere.test:${port}`,
    /** A request of any client, without the network. */
    request: async (url: string, init?: RequestInit) =>
      await front.request(url, init),
    async signIn(): Promise<void> {
      // On a busy machine the browser may be late for its first challenge.
      await eventually(async () => {
        assert.equal((await visit("/sign-in")).user, "Jay");
        await isBound(10);
      }, 60);
    },
    async isJay(): Promise<void> {
      // A machine that is busy for a second sends its proof too late: it opens nothing. The answer takes it away, so
      // the next one is new.
      const me = await eventually(async () => {
        const before = log.length;
        const me = await visit();
        const isLate = me.rejected === "unproven" &&
          log.slice(before).some((line) => /^GET \/me .*-proof/.test(line));
        assert.ok(!isLate, "no proof was in time");
        return me;
      });
      assert.deepEqual([me.user, me.binding], ["Jay", "bound"], log.join("\n"));
    },
    /** Until the browser has no proof any more. */
    proofIsOver: () =>
      eventually(async () => {
        assert.ok(!(await jar()).has("__Host-session-proof"));
      }),
    /** Status and text of what the page posts by itself. */
    post: async (path: string): Promise<unknown> =>
      await page.evaluate(
        `fetch("${path}", { method: "POST" }).then(async (answer) => \`\${answer.status} \${await answer.text()}\`)`,
      ),
    /** The page after a click on this page's link. */
    async click(): Promise<Me> {
      await Promise.all([page.waitForNavigation(), page.click("a")]);
      return JSON.parse(await page.textContent("body") ?? "");
    },
    /** A plain HTTP client with copied cookies. */
    async thief(
      cookies: Iterable<Cookie>,
      path = "/me",
      method = "GET",
    ): Promise<Response> {
      const cookie = [...cookies].map(({ name, value }) => `${name}=${value}`)
        .join("; ");
      return await front.request(origin + path, {
        method,
        headers: { cookie },
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await context.close();
      await server.shutdown();
    },
  };
}

type Rig = Awaited<ReturnType<typeof startRig>>;

/** Until copied cookies are worth nothing; for how many milliseconds they opened the session. */
async function isWorthNothing(
  rig: Rig,
  cookies: Iterable<Cookie>,
): Promise<number> {
  const start = performance.now();
  let lastOpened = start;
  const me = await eventually(async () => {
    const asked = performance.now();
    const me = await (await rig.thief(cookies)).json();
    if (me.user !== "stranger") lastOpened = asked;
    assert.equal(me.user, "stranger");
    return me;
  });
  assert.equal(me.rejected, "unproven");
  return lastOpened - start;
}

const SCENARIOS: Record<string, (rig: Rig) => Promise<void>> = {
  async "copied cookies work at once and are worth nothing soon, while the browser goes on; an outage logs nobody out"(
    rig,
  ) {
    await rig.signIn();
    const copied = await eventually(async () => {
      await rig.isJay();
      const jar = await rig.jar();
      assert.deepEqual([...jar.keys()].toSorted(), [
        "__Host-session",
        "__Host-session-proof",
        "__Secure-session-key",
      ]);
      const copied = [...jar.values()];
      assert.equal((await (await rig.thief(copied)).json()).user, "Jay");
      return copied;
    });
    assert(await isWorthNothing(rig, copied) <= 1000 * REFRESH_SECONDS);
    assert.equal((await rig.thief(copied, "/count", "POST")).status, 409);
    const refresh = await rig.thief(copied, "/session/refresh", "POST");
    assert.equal(refresh.headers.getSetCookie().length, 0);
    await rig.isJay();

    rig.state.isRefreshDown = true;
    await rig.proofIsOver();
    const me = await rig.visit();
    assert.deepEqual([me.user, me.rejected], ["stranger", "unproven"]);
    assert.equal(await rig.post("/count"), "409 SessionUnprovenError");
    rig.state.isRefreshDown = false;
    await eventually(async () => {
      assert.equal((await rig.visit()).user, "Jay");
    });
  },

  async "another site leads to the sign-in, and later, with the proof gone, to a page"(
    rig,
  ) {
    await rig.page.goto(`${rig.elsewhere}/idp`);
    assert.equal((await rig.click()).user, "Jay");
    await rig.isBound();
    await rig.proofIsOver();
    await rig.page.goto(`${rig.elsewhere}/link`);
    assert.equal((await rig.click()).user, "Jay");
    await rig.isJay();
  },

  async "signing in twice, out, and in again, beside cookies of the key's name from a sibling host"(
    rig,
  ) {
    const other = new Device(rig, rig.origin);
    await other.request("/sign-in");
    const bound = (await other.bind()).headers.getSetCookie().join();
    const [, theirs = ""] = /-key=([^;]+)/.exec(bound) ?? [];
    for (const value of ["", "v1.c3RyYW5nZQ.c3RyYW5nZQ", theirs]) {
      // It comes beside that of the key, and before it.
      const sibling: Parameters<typeof rig.context.addCookies>[0][0] = {
        ...{ name: "__Secure-session-key", value, domain: ".site.test" },
        ...{ path: "/session", secure: true, httpOnly: true, sameSite: "None" },
      };
      if (value !== "") await rig.context.addCookies([sibling]);
      await rig.signIn();
      await rig.visit("/sign-in");
      await rig.post("/renew");
      await rig.proofIsOver();
      await rig.isJay();
      await rig.post("/end");
      // A refresh that was under way may bring one more proof, which is worth nothing alone.
      assert(!(await rig.jar()).has("__Host-session"));
      assert.equal((await rig.visit()).user, "stranger");
    }
  },
};

// Playwright keeps timers of its own for a moment, and scenarios that mostly wait run all at once.
const AT_ONCE = { sanitizeOps: false, sanitizeResources: false };

testWhere(
  noChromium ?? lacks("openssl"),
  "bound sessions in Chromium",
  async (t) => {
    const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
    const names = ["shop.site.test", "elsewhere.test"];
    await using certificate = await makeCertificate(names);
    const browser = await chromium.launch({
      executablePath: chromiumPath ?? "chromium",
      args: [
        ...QUIET,
        // A certificate error switches the binding off without a word, and so does plain http.
        `--ignore-certificate-errors-spki-list=${certificate.pin}`,
        "--host-resolver-rules=MAP *.test 127.0.0.1",
        // Keys in software, and no limit of signatures.
        "--enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
      ],
    });
    const scenarios = Object.entries(SCENARIOS);
    await Promise.all(scenarios.map(async ([name, scenario], i) => {
      const store = i % 2 === 0 ? memoryStore() : undefined;
      await t.step({
        name: `${name} (${store?.kind ?? "cookie"} store)`,
        ...{ ...AT_ONCE, sanitizeExit: false },
        async fn() {
          await using rig = await startRig({ ...certificate, browser }, store);
          await scenario(rig);
        },
      });
    }));
    await browser.close();
  },
  { ...AT_ONCE, timeout: 300_000 },
);
