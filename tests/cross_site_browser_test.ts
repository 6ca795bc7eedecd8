// Cookies on their journeys between sites, and over a restart: real Chromium, https on loopback, JavaScript off.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import type { BrowserContext, Page } from "npm:playwright-core@1.65.1";
import { type SameSite, session } from "../middleware/session/mod.ts";
import { hasOpenssl, makeCertificate } from "./support/certificate.ts";
import { chromiumPath, noChromium, QUIET } from "./support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { mayDoAll, missing, testWhere } from "./support/missing.ts";
import { SECRET } from "./support/test_app.ts";

const SITES = ["app.test", "elsewhere.test"];

const cannotRun: string | null = noChromium ??
  (mayDoAll && !hasOpenssl() ? missing("openssl") : null);

/** The app under test, and a page on another site that leads to it in each way. */
function site(sameSite: SameSite, port: () => number): Hono {
  const app = new Hono().use(session({
    schema: z.object({
      visits: z.number().default(0),
      name: z.string().optional(),
      state: z.string().optional(),
      cart: z.array(z.string()).default([]),
    }),
    secrets: [SECRET],
    sameSite,
  }));
  const own = () => `https://app.test:${port()}`;
  return new Hono()
    .get("/elsewhere", (c) =>
      c.html(`<!DOCTYPE html><title>Elsewhere</title>
        <iframe src="${own()}/count"></iframe>
        <a href="${own()}/me">link</a>
        <form method="post" action="${own()}/callback">
          <input name="state" value="${c.req.query("state") ?? ""}">
          <button>post</button>
        </form>`))
    .route(
      "/",
      app
        .get("/count", async (c) => {
          const session = await c.var.session();
          session.update(({ visits }) => ({ visits: visits + 1 }));
          return c.text(String(session.data.visits));
        })
        .get("/sign-in/:how", async (c) => {
          const session = await c.var.session();
          session.restart(
            c.req.param("how") === "remember"
              ? { lifetime: { idle: 1e6, absolute: 1e6 } }
              : { persistent: false },
          );
          session.update({ name: "Jay" });
          return c.text("signed in");
        })
        .get("/begin", async (c) => {
          (await c.var.session()).update({ state: "s1", cart: ["apple"] });
          return c.text("begun");
        })
        .get(
          "/me",
          async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
        )
        .post("/callback", async (c) => {
          const { state } = await c.req.parseBody();
          return c.redirect(`/callback?state=${String(state)}`, 303);
        })
        .get("/callback", async (c) => {
          const session = await c.var.session();
          const isMine = session.take("state") === c.req.query("state");
          return c.text(`${isMine} ${session.data.cart.join()}`);
        }),
    );
}

function test(
  name: string,
  sameSite: SameSite,
  fn: (rig: {
    readonly app: string;
    readonly elsewhere: string;
    open(): Promise<BrowserContext>;
  }) => Promise<void>,
): void {
  testWhere(cannotRun, name, async () => {
    const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
    const { cert, key, pin } = await makeCertificate(SITES);
    const profile = await Deno.makeTempDir();
    let port = 0;
    const { fetch } = site(sameSite, () => port);
    await using server = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
    }, (request) => fetch(request));
    ({ port } = server.addr);
    const opened: BrowserContext[] = [];
    try {
      await fn({
        app: `https://app.test:${port}`,
        elsewhere: `https://elsewhere.test:${port}/elsewhere`,
        async open() {
          const context = await chromium.launchPersistentContext(profile, {
            executablePath: chromiumPath ?? "chromium",
            javaScriptEnabled: false,
            args: [
              ...QUIET,
              `--ignore-certificate-errors-spki-list=${pin}`,
              "--host-resolver-rules=MAP *.test 127.0.0.1",
            ],
          });
          context.setDefaultTimeout(60_000);
          opened.push(context);
          return context;
        },
      });
    } finally {
      for (const context of opened) await context.close();
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // Chromium may still write
    }
  }, { sanitizeOps: false, sanitizeResources: false });
}

/** All that the page shows that an action leads to. */
async function shows(page: Page, text: string): Promise<void> {
  await eventually(async () =>
    assert.equal(await page.innerText("body"), text)
  );
}

test(
  "in an iframe on another site, sameSite none counts 1, 2, 3",
  "none",
  async ({ elsewhere, open }) => {
    const page = await (await open()).newPage();
    const counted: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      await page.goto(elsewhere);
      counted.push(
        await page.frameLocator("iframe").locator("body").innerText(),
      );
    }
    assert.deepEqual(counted, ["1", "2", "3"]);
  },
);

test(
  "in an iframe on another site, sameSite lax stays at 1, and a link finds the visitor",
  "lax",
  async ({ app, elsewhere, open }) => {
    const page = await (await open()).newPage();
    await page.goto(`${app}/sign-in/remember`);
    for (let i = 0; i < 2; i++) {
      await page.goto(elsewhere);
      const frame = page.frameLocator("iframe").locator("body");
      assert.equal(await frame.innerText(), "1");
    }
    await page.click("a");
    await shows(page, "Jay");
  },
);

test(
  "a post from another site, answered with a 303, keeps state and cart",
  "lax",
  async ({ app, elsewhere, open }) => {
    const page = await (await open()).newPage();
    await page.goto(`${app}/begin`);
    await page.goto(`${elsewhere}?state=s1`);
    await page.click("button");
    await shows(page, "true apple");
  },
);

test(
  "sameSite strict hides the session from a link on another site",
  "strict",
  async ({ app, elsewhere, open }) => {
    const page = await (await open()).newPage();
    await page.goto(`${app}/sign-in/remember`);
    await page.goto(elsewhere);
    await page.click("a");
    await shows(page, "nobody");
    await page.goto(`${app}/me`);
    await shows(page, "Jay");
  },
);

test(
  "after a restart of the browser, remember me is there and persistent: false is not",
  "lax",
  async ({ app, open }) => {
    const seen: string[] = [];
    for (const how of ["remember", "close"]) {
      const context = await open();
      const page = await context.newPage();
      await page.goto(`${app}/sign-in/${how}`);
      await page.goto(`${app}/me`);
      await shows(page, "Jay");
      await context.close();
      const again = await open();
      const next = await again.newPage();
      await next.goto(`${app}/me`);
      seen.push(await next.innerText("body"));
      await again.close();
    }
    assert.deepEqual(seen, ["Jay", "nobody"]);
  },
);
