// examples/oidc as people use it: real Chromium, and the provider that its task starts.
import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { noChromium, startChromium } from "./support/chromium.ts";
import { testWhere } from "./support/missing.ts";
import { startExample } from "./support/oidc.ts";

type Open = () => Promise<Page>;

/** The one sign-in page that everything here begins with. */
async function atProvider(page: Page, url: string, link = "#sign-in") {
  await page.goto(url);
  await page.click(link);
  await page.waitForURL(/\/in\//);
}

async function signedIn(page: Page, url: string): Promise<void> {
  await atProvider(page, url);
  await page.click("[name=enter]");
  await page.waitForURL(`${url}/account`);
}

/** Sessions that this user has, as the page says. */
async function sessionsOf(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/account`);
  return await page.innerText("#sessions");
}

testWhere(noChromium, "oidc in Chromium", async (t) => {
  await using server = await startExample();
  await server.prints(/provider is \S+/);
  const { url } = server;
  const chromium: Browser = await startChromium();
  const step = (name: string, fn: (page: Page, open: Open) => Promise<void>) =>
    t.step(name, async () => {
      const context = await chromium.newContext();
      context.setDefaultTimeout(20_000);
      const open = () => context.newPage();
      try {
        await fn(await open(), open);
      } finally {
        await context.close();
      }
    });
  /** A user of this step alone. */
  let users = 0;
  const named = async (page: Page, name = `user${users++}`) => {
    await page.fill("[name=name]", name);
    return name;
  };
  try {
    await step("signs in; the cart comes along", async (page) => {
      await page.goto(url);
      await page.click("text=Add a packet");
      await page.click("#sign-in");
      await named(page);
      await page.click("[name=enter]");
      assert.match(await page.innerText("h1"), /Hello, user/);
      assert.equal(page.url(), `${url}/account`);
      await page.goto(url);
      assert.equal(await page.innerText("#cart"), "1");
      assert.equal(await sessionsOf(page, url), "1");
    });

    await step("by form_post, from another site", async (page) => {
      await page.goto(url);
      await page.click("text=Add a packet");
      await page.click("#sign-in-post");
      await named(page);
      await page.click("[name=enter]");
      await page.waitForURL(`${url}/account`);
      assert.equal(await sessionsOf(page, url), "1");
      await page.goto(url);
      assert.equal(await page.innerText("#cart"), "1");
    });

    await step("two tabs, and Back in the middle", async (page, open) => {
      await atProvider(page, url);
      await page.goBack();
      await page.click("#sign-in");
      await named(page);
      const other = await open();
      await atProvider(other, url);
      await other.fill("[name=name]", await page.inputValue("[name=name]"));
      await other.click("[name=enter]");
      await other.waitForURL(`${url}/account`);
      await page.click("[name=enter]");
      await page.waitForURL(`${url}/account`);
      assert.equal(await sessionsOf(other, url), "1");
      await page.goBack(); // to a form that was sent
      await page.goto(url);
      assert.match(await page.innerText("main"), /Hello, user/);
    });

    for (const gap of [0, 20, 50, 100, 150]) {
      await step(`a double click with ${gap} ms between`, async (page) => {
        await page.goto(url);
        await page.click("text=Add a packet");
        await page.click("#sign-in", {
          clickCount: 2,
          delay: gap,
          noWaitAfter: true,
        });
        await page.waitForURL(/\/in\//);
        const name = await named(page);
        const button = await page.locator("[name=enter]").boundingBox();
        assert(button);
        const { x, y } = button;
        await page.mouse.click(x + 5, y + 5);
        await new Promise((resolve) => setTimeout(resolve, gap));
        await page.mouse.click(x + 5, y + 5);
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
            await named(page, name);
            await page.click("[name=enter]");
            await page.waitForURL(`${url}/account`);
          }
        }
        assert.equal(await sessionsOf(page, url), "1");
        await page.goto(url);
        assert.equal(await page.innerText("#cart"), "1");
      });
    }

    await step("denied: a page that says so, and a way on", async (page) => {
      await atProvider(page, url);
      await page.click("[name=cancel]");
      assert.match(await page.innerText("[role=alert]"), /said no/);
      await page.click("text=Sign in again");
      await named(page);
      await page.click("[name=enter]");
      await page.waitForURL(`${url}/`);
    });

    await step(
      "a page that asks ten times at once, and a logout at the provider in another tab",
      async (page, open) => {
        await signedIn(page, url);
        const statuses = await page.evaluate(
          "Promise.all(Array.from({ length: 10 }, () => fetch('/api/me').then(({ status }) => status)))",
        );
        assert.deepEqual(statuses, Array(10).fill(200));
        await page.click("#ask");
        await page.locator("#answer", { hasText: "Ada" }).waitFor();

        const issuer = /provider is (\S+)/.exec(server.output())?.[1];
        const other = await open();
        await other.goto(`${issuer}/session/end`);
        await other.click("[name=logout]");
        await server.prints(/backchannel logout/);
        await page.click("#ask");
        await page.waitForURL(`${url}/?why=unknown&to=/account`);
        assert.match(
          await page.innerText("[role=status]"),
          /session was ended/,
        );
      },
    );

    await step(
      "signs out here and at the provider, and comes back",
      async (page) => {
        await signedIn(page, url);
        await page.click("text=at the provider");
        await page.click("[name=logout]");
        await page.waitForURL(`${url}/`);
        await page.goBack();
        await page.goto(`${url}/account`);
        assert.equal(page.url(), `${url}/?why=none&to=%2Faccount`);
        await page.click("#sign-in");
        await page.waitForURL(/\/in\//); // the provider asks again
      },
    );
    assert.doesNotMatch(
      server.output(),
      /invalid_grant|expected 200/,
    );
  } finally {
    await chromium.close();
  }
}, { sanitizeOps: false, sanitizeResources: false }); // Playwright keeps timers for a moment
