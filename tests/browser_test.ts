// What a person sees: a real Chromium, with JavaScript off.
import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import { noChromium, startChromium } from "./support/chromium.ts";
import { startServer } from "./support/server.ts";

function test(
  name: string,
  fn: (
    url: string,
    open: (options?: BrowserContextOptions) => Promise<Page>,
    log: () => string,
  ) => Promise<void>,
): void {
  Deno.test({
    name: noChromium === null ? name : `${name} (${noChromium})`,
    ignore: noChromium !== null,
    // Playwright keeps timers of its own for a moment after the browser is gone.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await startServer();
      const chromium = await startChromium();
      try {
        const open = async (options: BrowserContextOptions = {}) => {
          const context = await chromium.newContext({
            javaScriptEnabled: false,
            locale: "en",
            ...options,
          });
          context.setDefaultTimeout(10_000);
          return await context.newPage();
        };
        await fn(server.url, open, server.output);
      } finally {
        await chromium.close();
      }
    },
  });
}

async function fillIn(page: Page, name: string, email: string): Promise<void> {
  await page.fill("#name", name);
  await page.fill("#email", email);
  await page.click("main form button");
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await fillIn(page, "Jay", "kpatel@codingdojo.com");
  assert.equal(page.url(), `${url}/show`);
}

function heading(page: Page): Promise<string> {
  return page.innerText("h1");
}

test(
  "without JavaScript: a wrong form, a right one, /show, reload, back",
  async (url, open, log) => {
    const page = await open();
    await page.goto(url);
    await fillIn(page, "Jay", "nope");
    assert.equal(page.url(), `${url}/users`);
    assert.equal(await page.inputValue("#name"), "Jay");
    assert.equal(await page.inputValue("#email"), "nope");
    const described = await page.getAttribute("#email", "aria-describedby");
    assert.match(described ?? "", /email-error/);
    assert.match(await page.innerText("#email-error"), /jay@example\.com/);
    const focused = page.locator(":focus");
    assert.equal(await focused.getAttribute("role"), "alert");

    await fillIn(page, "Jay", "kpatel@codingdojo.com");
    assert.equal(page.url(), `${url}/show`);
    assert.equal(await page.title(), "Form Test Show");
    assert.equal(await heading(page), "User:");
    assert.deepEqual(await page.locator("h3").allInnerTexts(), [
      "Jay",
      "kpatel@codingdojo.com",
    ]);

    const posts = () => log().split("Got Post Info").length - 1;
    assert.equal(posts(), 1);
    await page.reload();
    assert.equal(page.url(), `${url}/show`);
    await page.goto(url);
    assert.equal(await page.inputValue("#name"), "Jay");
    await page.goBack();
    assert.equal(page.url(), `${url}/show`);
    assert.equal(posts(), 1);
  },
);

test(
  "without JavaScript: look inside, renew, another language, end",
  async (url, open) => {
    const page = await open();
    await signIn(page, url);
    await page.click("text=Look inside the session");
    assert.match(await page.innerText("main"), /"kpatel@codingdojo\.com"/);
    const before = await page.innerText("pre");
    await page.click("text=Renew the id");
    assert.equal(page.url(), `${url}/session`);
    const after = await page.innerText("pre");
    assert.notEqual(after.slice(0, 9), before.slice(0, 9)); // ["abcdef…
    assert.match(after, /"name":"Jay"/);
    assert.deepEqual(await page.locator(".trail li").allInnerTexts(), [
      "Greeting",
      "Session",
    ]);

    await page.click("text=Español");
    assert.equal(page.url(), `${url}/session`);
    assert.equal(await heading(page), "Tu sesión");
    await page.click("text=العربية");
    assert.equal(await page.getAttribute("html", "dir"), "rtl");
    await page.click("text=English");

    await page.click("text=End the session");
    assert.equal(page.url(), `${url}/`);
    assert.equal(await page.innerText(".known"), "Not known yet");
    await page.goto(`${url}/show`);
    assert.equal(page.url(), `${url}/?why=none`);
  },
);

test(
  "without JavaScript: the lab says why each forgery fails",
  async (url, open) => {
    const page = await open();
    await page.goto(`${url}/lab`);
    const verdict = () => page.innerText("[role=status] h2");
    const attempts: [string, RegExp][] = [
      ["Change the name", /bad seal/],
      ["Drop the seal", /malformed/],
      ["Guess the secret", /bad seal/],
      ["Take it from another cookie", /bad seal/],
      ["Use it after it ended", /expired/],
      ["Replay it after logout", /It opened, and that is no mistake/],
    ];
    for (const [button, expected] of attempts) {
      await page.getByRole("button", { name: button }).click();
      assert.match(await verdict(), expected, button);
    }
    await page.click("text=Send this cookie");
    assert.match(await verdict(), /^It opened$/);
    const payload = await page.inputValue("#payload");
    await page.fill("#payload", payload.replace("Ada", "Eve"));
    await page.click("text=Send this cookie");
    assert.match(await verdict(), /bad seal/);
    assert.match(await page.inputValue("#payload"), /Eve/);
  },
);

const PAGES = ["/", "/?why=expired", "/show", "/session", "/lab", "/nowhere"];

for (const language of ["en", "es", "ar"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(
      `axe finds nothing on any page (${language}, ${colorScheme})`,
      async (url, open) => {
        const page = await open({
          javaScriptEnabled: true,
          bypassCSP: true, // for axe, which is a script
          locale: language,
          colorScheme,
          reducedMotion: "reduce",
        });
        const check = async () => {
          const { default: axe } = await import("npm:axe-core@4.14.1"); // reads the environment at once
          await page.evaluate(axe.source);
          const violations = await page.evaluate(`axe.run({
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" ")))`);
          assert.deepEqual(violations, [], page.url());
        };
        await page.goto(`${url}/session`); // before there is one
        await check();
        await page.goto(url);
        await fillIn(page, "", "nope");
        await check();
        await fillIn(page, "Jay", "kpatel@codingdojo.com");
        for (const path of PAGES) {
          await page.goto(url + path);
          await check();
        }
        for (const attempt of ["name", "replay"]) {
          await page.goto(`${url}/lab`);
          await page.click(`[value=${attempt}]`);
          await check();
        }
      },
    );
  }
}

test(
  "nothing scrolls sideways at 320 px, whatever the text",
  async (url, open) => {
    for (const locale of ["en", "es", "ar"]) {
      const page = await open({
        javaScriptEnabled: true,
        locale,
        viewport: { width: 320, height: 600 },
      });
      await page.goto(url);
      await fillIn(page, "W".repeat(100), `${"w".repeat(60)}@example.com`);
      for (const path of PAGES) {
        await page.goto(url + path);
        const [content, view] = await page.evaluate(
          "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
        ) as [number, number];
        assert(content <= view, `${locale} ${path}: ${content} > ${view}`);
      }
    }
  },
);

test(
  "a page asks for one style sheet, once for good, and nothing shifts",
  async (url, open, log) => {
    const page = await open({ javaScriptEnabled: true });
    await signIn(page, url);
    for (const path of PAGES) {
      await page.goto(url + path, { waitUntil: "networkidle" });
      const shift = await page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
      assert.equal(shift, 0, path);
    }
    assert.equal(log().split("GET /assets/style.").length - 1, 1);
  },
);
