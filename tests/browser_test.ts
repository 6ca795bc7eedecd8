// The pages in a real Chromium, with JavaScript off.
import assert from "node:assert/strict";
import type {
  Browser,
  BrowserContextOptions,
  Page,
} from "npm:playwright-core@1.65.1";
import { noChromium, startChromium } from "./support/chromium.ts";
import { testWhere } from "./support/missing.ts";
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

/** The browser and the server outlive each test. */
const SHARED = { sanitizeOps: false, sanitizeResources: false };

/** Each has its own cookies and cache; `log` is what the server printed since its beginning. */
function test(
  name: string,
  fn: (
    url: string,
    open: (options?: BrowserContextOptions) => Promise<Page>,
    log: () => string,
  ) => Promise<void>,
): void {
  testWhere(noChromium, name, async () => {
    const before = server.output().length;
    const open = async (options: BrowserContextOptions = {}) => {
      const context = await chromium.newContext({
        javaScriptEnabled: false,
        locale: "en",
        ...options,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      return await context.newPage();
    };
    try {
      await fn(server.url, open, () => server.output().slice(before));
    } finally {
      for (const context of chromium.contexts()) await context.close();
    }
  }, SHARED);
}

/** Presses a button, and waits for the page that it leads to. */
async function submit(page: Page, button: string): Promise<void> {
  await Promise.all([page.waitForEvent("load"), page.click(button)]);
}

async function fillIn(page: Page, name: string, email: string): Promise<void> {
  await page.fill("#name", name);
  await page.fill("#email", email);
  await submit(page, "main form button");
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
    assert.equal(await focused.getAttribute("class"), "notice bad");

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
  "without JavaScript: look inside, another id, end; an address alone claims nothing",
  async (url, open) => {
    const page = await open();
    await signIn(page, url);
    await page.click(".next a");
    assert.equal(page.url(), `${url}/session`);
    assert.match(await page.innerText("main"), /"kpatel@codingdojo\.com"/);
    const id = () => page.textContent(".decoded li:first-child code");
    const before = await id();
    await page.click("text=Ask for another id");
    assert.equal(page.url(), `${url}/session?done=renewed`);
    assert.match(await page.innerText(":focus"), /^The session has another id/);
    assert.notEqual(await id(), before);
    assert.deepEqual(await page.locator(".trail li").allTextContents(), [
      "/show",
      "/session",
    ]);
    await page.goto(`${url}/end`);
    await page.click("text=End the session");
    assert.equal(page.url(), `${url}/end?done=ended`);
    assert.match(await page.innerText(":focus"), /^Ended/);
    assert.equal(await page.innerText(".known"), "Not known yet");
    const fresh = await open();
    await fresh.goto(`${url}/end?done=ended`);
    assert.equal(await fresh.locator(".notice").count(), 0);
    await page.goto(`${url}/show`);
    assert.equal(page.url(), `${url}/?why=none`);
  },
);

test(
  "without JavaScript: another language, and what was typed stays; Enter sends the form",
  async (url, open) => {
    const page = await open();
    await page.goto(url);
    await page.fill("#name", "Jay");
    await page.click("text=Español");
    assert.equal(
      await heading(page),
      "¿Cómo pasan los datos de una ruta a otra?",
    );
    assert.equal(await page.inputValue("#name"), "Jay");
    await page.click("text=العربية");
    assert.equal(await page.getAttribute("html", "dir"), "rtl");
    await page.fill("#email", "kpatel@codingdojo.com");
    await page.press("#email", "Enter");
    assert.equal(page.url(), `${url}/show`);
    assert.equal(await page.getAttribute("html", "lang"), "ar");
    await page.click("text=English");
    assert.equal(page.url(), `${url}/show`);
    assert.equal(await page.getAttribute("html", "lang"), "en");
  },
);

for (const locale of ["en", "es", "ar"]) {
  test(
    `without JavaScript: the whole way, each page leads to the next (${locale})`,
    async (url, open) => {
      const page = await open({ locale });
      const step = () => page.getAttribute("nav [aria-current]", "href");
      const next = () => page.click(".next a");
      await page.goto(`${url}/forget`);
      await fillIn(page, "Jay", "kpatel@codingdojo.com");
      assert.equal(page.url(), `${url}/forget/show`);
      assert.doesNotMatch(await page.innerText("main"), /Jay|kpatel/);
      assert.equal(await step(), "/forget");
      await next();
      assert.equal(await step(), "/");
      await fillIn(page, "Jay", "kpatel@codingdojo.com");
      assert.equal(page.url(), `${url}/show`);
      assert.equal(await step(), "/");
      await next();
      assert.equal(await step(), "/session");
      await next();
      assert.equal(await step(), "/lab");
      const won = () => page.locator(".notice:not(.bad)").count();
      const text = await page.inputValue("#payload");
      await page.fill("#payload", text.replace("Ada", "Eve"));
      await page.click("main form button");
      assert.match(await page.innerText(":focus"), /Eve/);
      await next();
      await page.click("[value=name]");
      assert.equal(await page.locator("mark").count(), 1);
      assert.equal(await won(), 0);
      await next();
      await page.fill("#guess", "qwerty");
      await page.fill("#be", "Eve");
      await page.click("main form button");
      assert.match(await page.innerText(":focus"), /Eve/);
      await next();
      await page.click("[value=replay]");
      assert.equal(await won(), 1);
      await next();
      await page.click("[value=replay]");
      assert.equal(await won(), 0);
      await next();
      await next();
      await page.click("[value=make]");
      await page.click("[value=use]");
      assert.match(await page.innerText(":focus"), /\d/);
      await page.click("[value=fill]");
      assert.match(await page.innerText(":focus"), /4[.,]?096/);
      await next();
      assert.equal(await step(), "/end");
      await page.click("main form button");
      assert.equal(page.url(), `${url}/end?done=ended`);
      await next();
      assert.equal(await step(), "/check");
      const right = {
        ...{ holds: "data", reads: "yes", changes: "refused" },
        ...{ where: "browser", secret: "signs", ends: "until" },
        ...{ restart: "refused", password: "no" },
      };
      for (const [topic, answer] of Object.entries(right)) {
        await page.check(`[name=${topic}][value=${answer}]`);
      }
      await page.click("main .actions button");
      assert.match(await page.innerText(":focus"), /8.*8/);
      assert.equal(await page.locator(".result:not(.bad)").count(), 8);
      await page.click(".languages button:nth-of-type(2)");
      assert.equal(await page.locator(":checked").count(), 8);
      await page.click(".notice a");
      assert.equal(page.url(), `${url}/summary`);
      assert.equal(await page.locator("dd").count(), 8);
      await page.click("#build > summary");
      assert(await page.isVisible("#build details"));
    },
  );
}

/** The texts of the picture that one can see, with their places; and what is on each of them but not in it. */
const PICTURE = `(() => {
  const isSeen = (node) => node.getClientRects().length > 0;
  const texts = [...document.querySelectorAll(".scene :is(b, code, i, span)")]
    .filter((node) => isSeen(node) && node.children.length === 0);
  return texts.map((node) => {
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(
      box.x + box.width / 2, box.y + box.height / 2);
    return {
      text: node.textContent,
      y: Math.round(box.y),
      pixels: parseFloat(getComputedStyle(node).fontSize),
      isFree: node.contains(top) || top.contains(node),
    };
  });
})()`;

interface Seen {
  readonly text: string;
  readonly y: number;
  readonly pixels: number;
  readonly isFree: boolean;
}

test(
  "the picture: the jar is empty and then is not, the baton changes, and every label can be read at any width",
  async (url, open) => {
    for (const width of [360, 768, 1280, 1920]) {
      const page = await open({
        javaScriptEnabled: true, // to ask what is seen; the page itself has none
        reducedMotion: "reduce",
        viewport: { width, height: 800 },
      });
      await page.goto(url);
      await fillIn(page, "Maximiliana-Konstantina", "max@example.com");
      const jars: string[] = [];
      const batons: string[] = [];
      for (let step = 1; step <= 4; step++) {
        await page.check(`#step-${step}`);
        await page.locator(".scene").scrollIntoViewIfNeeded();
        for (const text of await page.evaluate(PICTURE) as Seen[]) {
          assert(text.pixels >= 14, `${width} ${text.text}: ${text.pixels} px`);
          assert(text.isFree, `${width} ${text.text} is covered`);
        }
        jars.push((await page.innerText(".jar")).replace(/\s+/g, " "));
        batons.push((await page.innerText(".wire")).replace(/\s+/g, " "));
      }
      const cookie = "Maximiliana… signature";
      assert.deepEqual(jars, [
        "Cookie jar: nothing of this session yet",
        ...Array(3).fill(`Cookie jar: ${cookie}`),
      ]);
      assert.deepEqual(batons.map((text) => text.trim()), [
        "POST /users name=Maximiliana…",
        `303 + Set-Cookie ${cookie}`,
        `GET /show + Cookie ${cookie}`,
        "200 User: Maximiliana…",
      ]);
    }
  },
);

test(
  "each step is less than two screens on a desktop",
  async (url, open) => {
    for (const locale of ["en", "es", "ar"]) {
      const page = await open({
        javaScriptEnabled: true,
        locale,
        viewport: { width: 1280, height: 800 },
      });
      await signIn(page, url);
      for (const path of PAGES) {
        await page.goto(url + path);
        const height = await page.evaluate(
          "document.documentElement.scrollHeight",
        );
        const most = path === "/teach" ? 2400 : 1500;
        assert(Number(height) <= most, `${locale} ${path}: ${height}`);
      }
    }
  },
);

for (const path of ["/summary", "/teach"]) {
  test(
    `${path} prints on one sheet, with no form and no button`,
    async (url, open) => {
      for (const locale of ["en", "es", "ar"]) {
        const page = await open({ locale });
        await page.goto(url + path);
        const pdf = new TextDecoder("latin1").decode(
          await page.pdf({ format: "A4" }),
        );
        const [, pages] = /\/Type \/Pages\s.*?\/Count (\d+)/s.exec(pdf) ?? [];
        assert.equal(pages, "1", locale);
        await page.emulateMedia({ media: "print" });
        const screen = page.locator("form, .next, nav, table, .screen");
        assert.equal(await screen.locator("visible=true").count(), 0);
        assert(await page.isVisible(path === "/teach" ? ".lines" : "dl"));
      }
    },
  );
}

const PAGES = [
  "/forget",
  "/forget/show",
  "/",
  "/?why=expired",
  "/show",
  "/session",
  "/lab",
  "/lab?kind=signed",
  "/lab/secret",
  "/lab?kind=copy",
  "/lab?kind=server",
  "/lab?kind=encrypted",
  "/lab/limits",
  "/end",
  "/check",
  "/summary",
  "/teach",
  "/nowhere",
];

/** The themes differ in colours alone: the same page, and once more what depends on them. */
const RULES = {
  light: {
    type: "tag",
    values: [
      ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      "best-practice",
    ],
  },
  dark: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
};

for (const language of ["en", "ar"]) {
  test(
    `axe finds nothing on any page, light or dark (${language})`,
    async (url, open) => {
      const page = await open({
        javaScriptEnabled: true,
        bypassCSP: true, // for axe, which is a script
        locale: language,
        reducedMotion: "reduce",
      });
      const { default: axe } = await import("npm:axe-core@4.14.1"); // reads the environment at once
      await page.addInitScript(axe.source);
      const check = async () => {
        for (const [colorScheme, rules] of Object.entries(RULES)) {
          await page.emulateMedia({
            colorScheme: colorScheme as "light" | "dark",
          });
          const options = {
            runOnly: rules,
            resultTypes: ["violations"],
            preload: false, // only an experimental rule reads style sheets
          };
          const violations = await page.evaluate(
            `axe.run(${JSON.stringify(options)})
              .then(({ violations }) => violations.map(({ id, nodes }) =>
                id + ": " + nodes.map((node) => node.html).join(" ")))`,
          );
          assert.deepEqual(violations, [], `${page.url()} ${colorScheme}`);
        }
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
      for (const [kind, attempt] of [["signed", "name"], ["copy", "replay"]]) {
        await page.goto(`${url}/lab?kind=${kind}`);
        await submit(page, `[value=${attempt}]`);
        await check();
      }
      await page.goto(`${url}/lab/secret`);
      await page.fill("#guess", "qwerty");
      await submit(page, "main form button");
      await check();
      await page.goto(`${url}/lab/limits`);
      for (const what of ["make", "use", "fill"]) {
        await submit(page, `[value=${what}]`);
        await check();
      }
      for (
        const path of ["/show", "/lab?kind=server", "/summary", "/session"]
      ) {
        await page.goto(url + path);
        for (const fold of await page.locator("details").all()) {
          await fold.locator("> summary").click();
        }
        await check();
      }
      await submit(page, "form[action='/session/renew'] button");
      await check();
      await page.goto(`${url}/end`);
      await submit(page, "main form button");
      await check();
      await page.goto(`${url}/check`);
      await page.check("[value=id]");
      await submit(page, "main .actions button");
      await check();
    },
  );
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
