// Cookies on their journeys between sites, and over a restart: real Chromium, https on loopback, JavaScript off.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import type { BrowserContext, Page } from "npm:playwright-core@1.65.1";
import { type SameSite, session } from "../middleware/session/mod.ts";
import { noChromium, QUIET, shellPath } from "./support/chromium.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { lacks, makeCertificate } from "./support/operations.ts";
import { SECRET } from "./support/test_app.ts";

const schema = z.object({
  visits: z.number().default(0),
  name: z.string().optional(),
  state: z.string().optional(),
  cart: z.array(z.string()).default([]),
});

/** Routes over a session whose cookie is sent like this, and is named after it. */
function kept(sameSite: SameSite) {
  return new Hono()
    .use(session({ schema, secrets: [SECRET], sameSite, cookieName: sameSite }))
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
      async (c) => c.text((await c.var.session()).data.name ?? "signed out"),
    )
    .post("/callback", async (c) => {
      const { state } = await c.req.parseBody();
      return c.redirect(`/${sameSite}/callback?state=${String(state)}`, 303);
    })
    .get("/callback", async (c) => {
      const session = await c.var.session();
      const isMine = session.take("state") === c.req.query("state");
      return c.text(`${isMine} ${session.data.cart.join()}`);
    });
}

/** The app, and a page on another site that leads to it in each way. */
const server = new Hono()
  .get("/elsewhere/:sameSite", (c) => {
    const { port } = new URL(c.req.url);
    const app = `https://app.test:${port}/${c.req.param("sameSite")}`;
    return c.html(`<!DOCTYPE html><title>Elsewhere</title>
      <iframe src="${app}/count"></iframe>
      <a href="${app}/me">link</a>
      <form method="post" action="${app}/callback">
        <input name="state" value="s1"><button>post</button>
      </form>`);
  })
  .route("/lax", kept("lax"))
  .route("/strict", kept("strict"))
  .route("/none", kept("none"));

/** All that the page shows that an action leads to. */
async function shows(page: Page, text: string): Promise<void> {
  await eventually(async () =>
    assert.equal(await page.innerText("body"), text)
  );
}

testWhere(
  noChromium ?? lacks("openssl"),
  "a session's cookie in Chromium",
  async (t) => {
    const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
    const sites = ["app.test", "elsewhere.test"];
    await using certificate = await makeCertificate(sites);
    await using served = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, onListen() {} },
      ...certificate.pem,
    }, (request) => server.fetch(request));
    const [app, elsewhere] = sites.map((site) =>
      `https://${site}:${served.addr.port}`
    );
    const profile = await Deno.makeTempDir();
    const start = async () => {
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: shellPath,
        javaScriptEnabled: false,
        args: [
          ...QUIET,
          `--ignore-certificate-errors-spki-list=${certificate.pin}`,
          "--host-resolver-rules=MAP *.test 127.0.0.1",
        ],
      });
      context.setDefaultTimeout(60_000);
      return context;
    };
    let context: BrowserContext = await start();
    try {
      const page = await context.newPage();
      const countInFrame = async (sameSite: SameSite) => {
        await page.goto(`${elsewhere}/elsewhere/${sameSite}`);
        return await page.frameLocator("iframe").locator("body").innerText();
      };

      await t.step("in an iframe on another site, none counts", async () => {
        for (const visits of ["1", "2", "3"]) {
          assert.equal(await countInFrame("none"), visits);
        }
      });

      await t.step(
        "lax is not sent to an iframe, and is with a link; a post from another site that is answered with a 303 keeps state and cart",
        async () => {
          await page.goto(`${app}/lax/sign-in/remember`);
          for (let i = 0; i < 2; i++) {
            assert.equal(await countInFrame("lax"), "1");
          }
          await page.click("a");
          await shows(page, "Jay");
          await page.goto(`${app}/lax/begin`);
          await page.goto(`${elsewhere}/elsewhere/lax`);
          await page.click("button");
          await shows(page, "true apple");
        },
      );

      await t.step("strict is not sent with a link", async () => {
        await page.goto(`${app}/strict/sign-in/close`);
        await page.goto(`${elsewhere}/elsewhere/strict`);
        await page.click("a");
        await shows(page, "signed out");
        await page.goto(`${app}/strict/me`);
        await shows(page, "Jay");
      });

      await t.step(
        "after a restart of the browser, remember me is there, and persistent: false is not",
        async () => {
          await context.close();
          context = await start();
          const page = await context.newPage();
          await page.goto(`${app}/lax/me`);
          await shows(page, "Jay");
          await page.goto(`${app}/strict/me`);
          await shows(page, "signed out");
        },
      );
    } finally {
      await context.close();
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // Chromium may still write
    }
  },
  { sanitizeOps: false, sanitizeResources: false },
);
