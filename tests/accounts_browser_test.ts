// examples/accounts as people use it: several real Chromiums, with JavaScript off.
import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import settings from "../deno.json" with { type: "json" };
import { noChromium, startChromium } from "./support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { type Server, startProgram } from "./support/server.ts";

const root = new URL("../", import.meta.url).pathname;
const PASSWORD = "correct horse battery staple";

/** `deno task example`, on a free port and in a new folder. */
function startExample(): Promise<Server> {
  const [, ...all] = settings.tasks.example.command.split(" ");
  const args = all.map((arg) =>
    arg.replace(/^(?:--lock=)?(?=examples\/|deno\.lock)/, `$&${root}`)
  );
  const config = ["--config", `${root}deno.json`];
  return startProgram("env", {
    args: ["PORT=0", Deno.execPath(), ...args.toSpliced(1, 0, ...config)],
    cwd: Deno.makeTempDirSync(),
  });
}

type Open = (options?: BrowserContextOptions) => Promise<Page>;

function test(
  name: string,
  fn: (url: string, open: Open, log: () => string) => Promise<void>,
): void {
  Deno.test({
    name: noChromium === null ? name : `${name} (${noChromium})`,
    ignore: noChromium !== null,
    // Playwright keeps timers of its own for a moment after the browser is gone.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await startExample();
      const chromium = await startChromium();
      try {
        const open: Open = async (options = {}) => {
          const context = await chromium.newContext({
            javaScriptEnabled: false,
            ...options,
          });
          context.setDefaultTimeout(60_000);
          return await context.newPage();
        };
        await fn(server.url, open, server.output);
      } finally {
        await chromium.close();
      }
    },
  });
}

const PHONE =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

async function enter(
  page: Page,
  path: "/sign-up" | "/sign-in",
  name: string,
  password = PASSWORD,
): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
  await page.fill("#name", name);
  await page.fill("#password", password);
  await press(page, "main button");
}

/** Until the page that a form or link leads to is there. */
async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** The browsers that the account's page lists, once it has come. */
async function sees(page: Page, ...places: string[]): Promise<void> {
  await eventually(async () => {
    const there = await page.locator(".places h3").allInnerTexts();
    assert.deepEqual(there.toSorted(), places.toSorted());
  });
}

/** A text of the page that an action leads to. */
async function shows(page: Page, selector: string, text: RegExp) {
  await eventually(async () =>
    assert.match(await page.innerText(selector), text)
  );
}

/** A tab at the shop. */
async function shop(url: string, open: Open, options?: BrowserContextOptions) {
  const page = await open(options);
  await page.goto(url);
  return page;
}

test(
  "accounts: two browsers see both, one ends the other, and a third visitor sees neither",
  async (url, open) => {
    const laptop = await shop(url, open);
    await press(laptop, "[aria-label='Add Assam to the cart']");
    await enter(laptop, "/sign-up", "ada");
    await laptop.waitForURL(`${url}/account`);
    await shows(laptop, ".notice", /^Welcome, ada\.$/);
    await laptop.goto(url);
    await shows(laptop, ".lines", /1 × Assam/);

    const phone = await shop(url, open, { userAgent: PHONE });
    await enter(phone, "/sign-in", "ada", "a wrong password");
    await shows(phone, "[role=alert]", /do not belong/);
    assert.equal(await phone.inputValue("#name"), "ada");
    assert.equal(await phone.inputValue("#password"), "");
    await enter(phone, "/sign-in", "ada");

    const eve = await shop(url, open);
    await enter(eve, "/sign-up", "eve");

    await laptop.goto(`${url}/account`);
    await sees(laptop, "Chrome on Android", "Chrome on Linux This browser");
    await sees(phone, "Chrome on Android This browser", "Chrome on Linux");
    await sees(eve, "Chrome on Linux This browser");

    await press(laptop, "[aria-label='Sign out Chrome on Android']");
    await laptop.waitForURL(`${url}/account`);
    await sees(laptop, "Chrome on Linux This browser");
    await phone.reload();
    await phone.waitForURL(`${url}/sign-in?why=ended`);
    await shows(phone, ".notice", /sign in again/);
    await phone.goto(`${url}/account`); // it has been told once
    await phone.waitForURL(`${url}/sign-in`);
    await enter(phone, "/sign-in", "ada");
    await phone.waitForURL(`${url}/account`);

    await eve.reload();
    await sees(eve, "Chrome on Linux This browser");
  },
);

/** Two clicks of a real mouse, this many milliseconds apart. */
async function clickTwice(page: Page, gap: number): Promise<void> {
  const box = await page.locator("main button").boundingBox();
  assert(box !== null);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const clickCount of [1, 2]) {
    if (clickCount === 2) await new Promise((next) => setTimeout(next, gap));
    await page.mouse.down({ clickCount });
    await page.mouse.up({ clickCount });
  }
}

test(
  "accounts: a double click on a form, slow or quick, signs in once and keeps the cart",
  async (url, open) => {
    for (const path of ["/sign-up", "/sign-in"]) {
      for (const gap of [0, 10, 40, 80, 150]) {
        for (const hasCart of [true, false]) {
          const name = `ada${gap}${hasCart}`;
          const page = await shop(url, open);
          if (hasCart) await page.click("[aria-label='Add Assam to the cart']");
          await page.goto(`${url}${path}`);
          await page.fill("#name", name);
          await page.fill("#password", PASSWORD);
          await clickTwice(page, gap);
          await page.locator(".places").waitFor();
          const seen = `${path}, ${gap} ms, ${hasCart}`;
          await sees(page, "Chrome on Linux This browser");
          await page.goto(url);
          assert.equal(await page.locator(".lines").count(), +hasCart, seen);
          await page.click("header button");
          await page.context().close();
        }
      }
    }
  },
);

test(
  "accounts: a change of password ends the rest, and so does a button",
  async (url, open, log) => {
    const laptop = await shop(url, open);
    await enter(laptop, "/sign-up", "ada");
    const others = [];
    for (let i = 0; i < 2; i++) {
      const other = await shop(url, open, { userAgent: PHONE });
      await enter(other, "/sign-in", "ada");
      others.push(other);
    }
    const [phone, tablet] = others as [Page, Page];
    await laptop.goto(`${url}/account`);
    await sees(
      laptop,
      "Chrome on Linux This browser",
      "Chrome on Android",
      "Chrome on Android",
    );

    await laptop.fill("#current", PASSWORD);
    await laptop.fill("#password", "another horse, another staple");
    await press(laptop, "text=Change it");
    await shows(laptop, ".notice", /password is changed/);
    await sees(laptop, "Chrome on Linux This browser");
    for (const other of [phone, tablet]) {
      await other.reload();
      await other.waitForURL(`${url}/sign-in?why=ended`);
    }
    await enter(phone, "/sign-in", "ada");
    await shows(phone, "[role=alert]", /do not belong/);
    await enter(phone, "/sign-in", "ada", "another horse, another staple");

    await press(phone, "text=Sign out everywhere else");
    await sees(phone, "Chrome on Android This browser");
    await laptop.reload();
    await laptop.waitForURL(`${url}/sign-in?why=ended`);
    await press(phone, "header button");
    await phone.waitForURL(`${url}/`);
    assert.doesNotMatch(log(), /horse|v1\./);
  },
);

test(
  "accounts: axe finds nothing on any page, and nothing scrolls sideways at 320 px",
  async (url, open) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await shop(url, open, {
        javaScriptEnabled: true,
        bypassCSP: true, // for axe, which is a script
        colorScheme,
        viewport: { width: 320, height: 700 },
      });
      const { default: axe } = await import("npm:axe-core@4.14.1"); // reads the environment at once
      await page.addInitScript(axe.source);
      await page.reload();
      const check = async () => {
        const violations = await page.evaluate(`axe.run({
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          resultTypes: ["violations"],
          preload: false, // only an experimental rule reads style sheets
        }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" ")))`);
        assert.deepEqual(violations, [], page.url());
        const [content, view] = await page.evaluate(
          "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
        ) as [number, number];
        assert(content <= view, `${page.url()}: ${content} > ${view}`);
      };
      const name = `w${"w".repeat(28)}${colorScheme[0]}`;
      await check();
      await press(page, "[aria-label='Add Oolong to the cart']");
      await check();
      await enter(page, "/sign-up", "a", "short");
      await check();
      await enter(page, "/sign-in", "nobody");
      await check();
      await page.goto(`${url}/sign-in?why=ended`);
      await check();
      await page.goto(`${url}/nowhere`);
      await check();
      await enter(page, "/sign-up", name);
      const phone = await shop(url, open, { userAgent: PHONE });
      await enter(phone, "/sign-in", name);
      await page.goto(`${url}/account`);
      await check();
      await page.fill("#current", "wrong");
      await page.fill("#password", "long enough");
      await press(page, "text=Change it");
      await check();
    }
  },
);
