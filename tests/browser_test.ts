// The pages in a real Chromium. They need no JavaScript: what has it on here asks the page how it looks.
import assert from "node:assert/strict";
import type {
  Browser,
  BrowserContextOptions,
  Page,
} from "npm:playwright-core@1.65.1";
import { PAGES } from "../pages.ts";
import { faultsOf, noChromium, startChromium } from "./support/chromium.ts";
import { testWhere } from "./support/missing.ts";
import { payloadOf } from "./support/open_app.ts";
import { type Server, startServer } from "./support/server.ts";

let chromium: Browser;
let server: Server;

Deno.test.beforeAll(async () => {
  if (noChromium !== null) return;
  [chromium, server] = await Promise.all([startChromium(), startServer()]);
});

Deno.test.afterAll(async () => {
  if (noChromium !== null) return;
  await chromium.close();
  await server[Symbol.asyncDispose]();
});

/** Before a click or a page that does not come is a failure; a busy machine needs seconds. */
const PATIENCE_MS = 30_000;

/** A new visitor, with cookies and a cache of its own. */
async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await chromium.newContext({
    ...{ baseURL: server.url, javaScriptEnabled: false, locale: "en" },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return await context.newPage();
}

/** `log` is what the server printed since the beginning of the test. */
function test(name: string, fn: (log: () => string) => Promise<void>): void {
  testWhere(noChromium, name, async () => {
    const before = server.output().length;
    try {
      await fn(() => server.output().slice(before));
    } finally {
      for (const context of chromium.contexts()) await context.close();
    }
  }, { sanitizeOps: false, sanitizeResources: false }); // the browser and the server outlive each test
}

/** The path and query of a page's address. */
const path = (page: Page) => page.url().slice(server.url.length);

/** Presses a button, and waits for the page that it leads to. */
async function submit(page: Page, button: string): Promise<void> {
  await Promise.all([page.waitForEvent("load"), page.click(button)]);
}

async function fillIn(page: Page, name: string, email: string): Promise<void> {
  await page.fill("#name", name);
  await page.fill("#email", email);
  await submit(page, "main form button");
}

test("without JavaScript: the whole way, each page leads to the next; a wrong form, reload, Back, another language", async (log) => {
  const page = await open({ locale: "ar" });
  const step = () => page.getAttribute("nav [aria-current]", "href");
  const next = () => submit(page, ".next a");
  const told = () => page.innerText(":focus");
  await page.goto("/forget");
  assert.equal(await page.getAttribute("html", "dir"), "rtl");
  /** The typed text stays. */
  const changeLanguage = async (name: string) => {
    await submit(page, "text=Español");
    assert.equal(await page.getAttribute("html", "lang"), "es");
    assert.equal(await page.inputValue("#name"), name);
    await submit(page, "text=العربية");
  };
  await page.fill("#name", "Jo");
  await changeLanguage("Jo");
  await fillIn(page, "Jay", "kpatel@codingdojo.com");
  assert.equal(path(page), "/forget/show");
  assert.doesNotMatch(await page.innerText("main"), /Jay|kpatel/);
  assert.equal(await step(), "/forget");
  await next();
  assert.equal(await step(), "/");
  await fillIn(page, "Jay", "nope");
  assert.equal(path(page), "/users");
  assert.equal(await page.inputValue("#email"), "nope");
  assert.match(await page.innerText("#email-error"), /jay@example\.com/);
  assert.equal(await page.getAttribute(":focus", "class"), "notice bad");
  await changeLanguage("Jay");
  await page.fill("#email", "kpatel@codingdojo.com");
  await Promise.all([page.waitForEvent("load"), page.press("#email", "Enter")]);
  assert.equal(path(page), "/show");
  assert.equal(await page.title(), "Form Test Show");
  assert.equal(await page.innerText("h1"), "User:");
  const shown = await page.locator("h3").allInnerTexts();
  assert.deepEqual(shown, ["Jay", "kpatel@codingdojo.com"]);
  await page.reload();
  await page.goto("/");
  assert.equal(await page.inputValue("#name"), "Jay");
  await page.goBack();
  assert.equal(path(page), "/show");
  assert.equal(log().split("Got Post Info").length - 1, 1);
  assert.equal(await step(), "/");
  await next();

  assert.equal(await step(), "/session");
  assert.match(await page.innerText("main"), /"kpatel@codingdojo\.com"/);
  const id = async () => {
    const cookies = await page.context().cookies();
    const { value } = cookies.find(({ name }) => name === "baton")!;
    return JSON.parse(payloadOf(value))[0];
  };
  const before = await id();
  await submit(page, "form[action='/session/renew'] button");
  assert.equal(path(page), "/session?done=renewed");
  assert.notEqual(await told(), "");
  assert.notEqual(await id(), before);
  await next();

  assert.equal(await step(), "/lab");
  const text = await page.inputValue("#payload");
  await page.fill("#payload", text.replace("Ada", "Eve"));
  await submit(page, "main form button");
  assert.match(await told(), /Eve/);
  await next();
  const signed = await page.inputValue("#payload");
  await page.fill("#payload", signed.replace("Ada", "Eve"));
  await submit(page, "main form button");
  assert.equal(await page.locator("mark").count(), 1);
  await next();
  await page.fill("#guess", "qwerty");
  await submit(page, "main form button");
  assert.match(await told(), /Eve/);
  await next();
  await submit(page, "[value=replay]"); // a copied cookie
  await next();
  await submit(page, "[value=replay]"); // of a session that is over
  await next();
  await next();
  await submit(page, "[value=make]");
  await submit(page, "[value=use]");
  assert.match(await told(), /فُتح/);
  await next();

  assert.equal(await step(), "/end");
  await submit(page, "main form button");
  assert.equal(path(page), "/end?done=ended");
  assert.notEqual(await told(), "");
  await next();
  assert.equal(await step(), "/check");
  await page.check("[name=holds][value=data]");
  await submit(page, "text=Español"); // which judges nothing
  assert.equal(await page.locator(".notice").count(), 0);
  await submit(page, "text=العربية");
  await submit(page, "main .actions button");
  assert.match(await told(), /1.*6/);
  await submit(page, "text=English");
  assert.equal(await page.locator(":checked").count(), 1);
  await submit(page, ".notice a"); // it is judged still
  assert.equal(path(page), "/summary");
  assert.equal(await page.locator("dd").count(), 6);
  await page.click("#build > summary");
  assert(await page.isVisible("#build details"));
});

interface Seen {
  readonly text: string;
  readonly pixels: number;
  readonly isFree: boolean;
}

/** The texts of the picture that one can see; and whether nothing else lies on them. */
const PICTURE = `
  [...document.querySelectorAll(".scene :is(b, code, span, bdi)")]
    .filter((node) => node.getClientRects().length > 0 && !node.children.length)
    .map((node) => {
      const box = node.getBoundingClientRect();
      const top = document.elementFromPoint(
        box.x + box.width / 2, box.y + box.height / 2);
      return {
        text: node.textContent,
        pixels: parseFloat(getComputedStyle(node).fontSize),
        isFree: node.contains(top) || top.contains(node),
      };
    })`;

test("the picture: the jar is empty and then is not, the baton changes, and every label can be read at any width", async () => {
  const page = await open({ javaScriptEnabled: true, reducedMotion: "reduce" });
  await page.goto("/");
  await fillIn(page, "Maximiliana-Konstantina", "max@example.com");
  for (const width of [360, 768, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    const jars: string[] = [];
    const batons: string[] = [];
    const read = async (part: string) =>
      (await page.innerText(part)).replace(/\s+/g, " ").trim();
    for (let step = 1; step <= 4; step++) {
      await page.check(`#step-${step}`);
      await page.locator(".scene").scrollIntoViewIfNeeded();
      for (const text of await page.evaluate(PICTURE) as Seen[]) {
        assert(text.pixels >= 14, `${width} ${text.text}: ${text.pixels} px`);
        assert(text.isFree, `${width} ${text.text} is covered`);
      }
      jars.push(await read(".jar"));
      batons.push(await read(".wire"));
    }
    const cookie = "Maximiliana… signature";
    assert.deepEqual(jars, [
      "Cookie jar: nothing of this session yet",
      ...Array(3).fill(`Cookie jar: ${cookie}`),
    ]);
    assert.deepEqual(batons, [
      "POST /users name=Maximiliana…",
      `303 + Set-Cookie ${cookie}`,
      `GET /show + Cookie ${cookie}`,
      "200 User: Maximiliana…",
    ]);
  }
});

test("/summary and /teach print on one sheet, with no form and no button", async () => {
  for (const locale of ["en", "es", "ar"]) {
    const page = await open({ locale });
    for (const [path, stays] of [["/summary", "dl"], ["/teach", ".lines"]]) {
      await page.goto(path!);
      const pdf = new TextDecoder("latin1")
        .decode(await page.pdf({ format: "A4" }));
      const [, pages] = /\/Type \/Pages\s.*?\/Count (\d+)/s.exec(pdf) ?? [];
      assert.equal(pages, "1", `${locale} ${path}`);
      await page.emulateMedia({ media: "print" });
      const screen = page.locator("form, .next, nav, table, .screen");
      assert.equal(await screen.locator("visible=true").count(), 0);
      assert(await page.isVisible(stays!));
      await page.emulateMedia({ media: null });
    }
  }
});

const PATHS = [
  ...[...Object.values(PAGES), "/forget/show"],
  ...["/lab?kind=signed", "/lab?kind=server", "/nowhere"],
];

/** Spanish has the longest lines. Direction and colours have nothing to do with each other. */
for (
  const [locale, colorScheme] of [["en", "light"], ["ar", "dark"]] as const
) {
  test(`each page is short, fits a phone, asks for its style sheet once, and axe finds nothing (${locale}, ${colorScheme})`, async (log) => {
    const page = await open({
      ...{
        javaScriptEnabled: true,
        locale,
        colorScheme,
        reducedMotion: "reduce",
      },
      bypassCSP: true, // for axe, which is a script
    });
    /** After these buttons were pressed, one after the other. */
    const check = async (...buttons: string[]) => {
      for (const button of buttons) await submit(page, button);
      assert.deepEqual(await faultsOf(page), [], page.url());
    };
    /** Its height and width, and how much wider its content is. */
    const look = async (width: number) => {
      await page.setViewportSize({ width, height: 800 });
      const [height = 0, over] = await page.evaluate(`
        const { scrollHeight, scrollWidth, clientWidth } = document.documentElement;
        [scrollHeight, scrollWidth - clientWidth]`) as number[];
      return { height, over };
    };
    await page.goto("/session"); // before there is one
    await check();
    await page.goto("/");
    await fillIn(page, "", "nope");
    await check();
    await fillIn(page, "W".repeat(100), `${"w".repeat(60)}@example.com`);
    for (const path of PATHS) {
      await page.goto(path);
      const { height } = await look(1280);
      const twoScreens = path === "/teach" ? 2400 : 1500;
      assert(height <= twoScreens, `${path}: ${height}`);
      await check();
      const { over } = await look(320); // with all that is folded away
      assert.equal(over, 0, `${path} scrolls sideways`);
      if (path === "/lab?kind=signed") await check("main form button");
      if (path === "/lab?kind=server") await check("[value=replay]");
      if (path === "/lab/limits") {
        await check("[value=make]", "[value=use]");
        await check("[value=fill]");
      }
    }
    assert.equal(log().split("GET /assets/style.").length - 1, 1);

    await page.goto("/lab/secret");
    await page.fill("#guess", "qwerty");
    await check("main form button");
    await page.goto("/check");
    await page.check("[value=id]");
    await check("main .actions button");
    await page.goto("/session");
    await check("form[action='/session/renew'] button");
    await page.goto("/end");
    await check("main form button");
  });
}
