// examples/accounts as people use it: a real Chromium, and a mouse that clicks twice.
import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "npm:playwright-core@1.65.1";
import { faultsOf, noChromium, startChromium } from "./support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { clickTwice, startExample } from "./support/examples.ts";
import { testWhere } from "./support/missing.ts";

const PASSWORD = "correct horse battery staple";
const ASSAM = "[value=Assam]";

/** Presses the button of a form whose fields have these ids. */
async function send(page: Page, form: Record<string, string>): Promise<void> {
  for (const [id, value] of Object.entries(form)) {
    await page.fill(`#${id}`, value);
  }
  const field = page.locator(`#${Object.keys(form)[0]}`);
  const button = page.locator("main form", { has: field }).locator("button");
  await Promise.all([page.waitForNavigation(), button.click()]);
}

testWhere(noChromium, "accounts in Chromium", async (t) => {
  await using server = await startExample("example");
  const { url } = server;
  await using chromium = await startChromium();
  const open = async (options: BrowserContextOptions) => {
    const context = await chromium.newContext(options);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };

  for (const gap of [0, 40, 150]) {
    for (const path of ["/sign-up", "/sign-in"]) {
      const hasCart = (path === "/sign-up") === (gap === 40);
      const cart = hasCart ? "with a cart" : "without one";
      await t.step(
        `a double click at ${path} ${cart}, ${gap} ms between, begins one session`,
        async () => {
          const page = await open({ javaScriptEnabled: false });
          if (hasCart) await page.click(ASSAM);
          await page.goto(`${url}${path}`);
          await page.fill("#name", `ada${gap}`);
          await page.fill("#password", PASSWORD);
          await clickTwice(page.locator("main button"), gap);
          await page.locator(".places").waitFor();
          await eventually(async () => {
            const places = await page.locator(".places h3").allInnerTexts();
            assert.deepEqual(places, ["Chrome on Linux This browser"]);
          });
          await page.goto(url);
          assert.equal(await page.locator("#cart li").count(), +hasCart);
          await Promise.all([
            page.waitForNavigation(),
            page.click("header button"), // signs out
          ]);
          await page.context().close();
        },
      );
    }
  }

  await t.step(
    "axe finds nothing, light or dark, and nothing scrolls sideways",
    async () => {
      const viewport = { width: 320, height: 700 };
      const page = await open({ bypassCSP: true, viewport });
      const check = async () => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const at = `${colorScheme} ${page.url()}`;
          assert.deepEqual(await faultsOf(page), [], at);
          const over = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          assert.equal(over, 0, at);
        }
      };
      await page.click(ASSAM);
      const name = "w".repeat(30);
      for (const path of ["/", "/nowhere", "/sign-in"]) {
        await page.goto(`${url}${path}`);
        await check();
      }
      await send(page, { name: "eve", password: PASSWORD });
      await check();
      await page.goto(`${url}/sign-up`);
      await check();
      await send(page, { name: "a", password: "short" });
      await check();
      await send(page, { name, password: PASSWORD });
      const phone = await open({ userAgent: "iPhone Safari" });
      await phone.goto(`${url}/sign-in`);
      await send(phone, { name, password: PASSWORD });
      await page.reload();
      await check();
      await send(page, { current: "wrong", password: PASSWORD });
      await check();
    },
  );
  assert.doesNotMatch(server.output(), /horse|v1\./);
}, { sanitizeOps: false, sanitizeResources: false }); // Playwright keeps timers for a moment
