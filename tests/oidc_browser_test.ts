// examples/oidc as people use it: real Chromium, and the provider that its task starts.
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { noChromium, startChromium } from "./support/chromium.ts";
import { clickTwice, startExample } from "./support/examples.ts";
import { testWhere } from "./support/missing.ts";

testWhere(noChromium, "oidc in Chromium", async (t) => {
  await using server = await startExample("example:oidc");
  await server.prints(/provider is \S+/);
  const { url } = server;
  await using chromium = await startChromium();
  /** A shop with a cart in it, and a user of this step alone. */
  const step = (name: string, fn: (page: Page, user: string) => unknown) =>
    t.step(name, async () => {
      await using context = await chromium.newContext();
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      await page.goto(url);
      await page.click("text=Add a packet");
      await fn(page, name);
    });
  /** From the shop to the provider, and its form filled in. */
  async function begin(page: Page, user: string, link = "#sign-in") {
    await page.click(link);
    await page.waitForURL(/\/in\//);
    await page.fill("[name=name]", user);
  }
  async function enter(page: Page) {
    await page.click("[name=enter]");
    await page.waitForURL(`${url}/account`);
  }
  /** One session in the list, and the cart there. */
  async function isWhole(page: Page) {
    await page.goto(`${url}/account`);
    assert.equal(await page.innerText("#sessions"), "1");
    await page.goto(url);
    assert.equal(await page.innerText("#cart"), "1");
  }

  await step("by form_post, from another site", async (page, user) => {
    await begin(page, user, "#sign-in-post");
    await enter(page);
    await isWhole(page);
  });

  await step("two tabs, and Back in the middle", async (page, user) => {
    await begin(page, user);
    await page.goBack();
    await begin(page, user);
    const other = await page.context().newPage();
    await other.goto(url);
    await begin(other, user);
    await enter(other);
    await enter(page);
    await page.goBack(); // to a form that was sent
    await isWhole(page);
  });

  for (const gap of [0, 40, 150]) {
    await step(`a double click, ${gap} ms between`, async (page, user) => {
      await clickTwice(page.locator("#sign-in"), gap);
      await page.waitForURL(/\/in\//);
      await page.fill("[name=name]", user);
      await clickTwice(page.locator("[name=enter]"), gap);
      const isBack = (at: URL) =>
        at.origin === url && !at.pathname.startsWith("/callback");
      // The second click aborts the first one's navigation, which ends the waiting.
      await page.waitForURL(isBack).catch(() => page.waitForURL(isBack));
      // A provider whose form was sent twice may forget both, and lead back
      // to the shop: then there is one more way to it.
      if (await page.locator("#sign-in").count() > 0) {
        await page.click("#sign-in");
        await page.waitForURL(/\/in\/|\/account/);
        if (!page.url().startsWith(url)) {
          await page.fill("[name=name]", user);
          await enter(page);
        }
      }
      await isWhole(page);
    });
  }

  await step(
    "ten questions at once, and a logout at the provider in another tab",
    async (page, user) => {
      await begin(page, user);
      await enter(page);
      const statuses = await page.evaluate(
        "Promise.all(Array.from({ length: 10 }, () => fetch('/api/me').then(({ status }) => status)))",
      );
      assert.deepEqual(statuses, Array(10).fill(200));
      await page.click("#ask");
      await page.locator("#answer", { hasText: user }).waitFor();

      const issuer = /provider is (\S+)/.exec(server.output())?.[1];
      const other = await page.context().newPage();
      await other.goto(`${issuer}/session/end`);
      await other.click("[name=logout]");
      await server.prints(/backchannel logout/);
      await page.click("#ask");
      await page.waitForURL(`${url}/?why=unknown&to=/account`);
      assert.match(await page.innerText("[role=status]"), /was ended/);
    },
  );

  await step("signs out here and at the provider", async (page, user) => {
    await begin(page, user);
    await enter(page);
    await page.click("[value=provider]");
    await page.click("[name=logout]");
    await page.waitForURL(`${url}/`);
    await page.goto(`${url}/account`);
    assert.equal(page.url(), `${url}/?why=none&to=%2Faccount`);
    await page.click("#sign-in");
    await page.waitForURL(/\/in\//); // the provider asks again
  });
  assert.doesNotMatch(server.output(), /invalid_grant|expected 200/);
}, { sanitizeOps: false, sanitizeResources: false }); // Playwright keeps timers for a moment
