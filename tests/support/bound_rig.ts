// Bound sessions in a real Chromium: an app over https on loopback, a browser with keys in software, and a thief.
import assert from "node:assert/strict";
import { Hono } from "hono";
import type { BrowserContext, Cookie, Page } from "npm:playwright-core@1.65.1";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { contractApp, type Me } from "./contract_app.ts";
import { chromiumPath, QUIET } from "./chromium.ts";
import { eventually } from "./eventually.ts";
import { mayDoAll, missing } from "./missing.ts";
import { lacks, makeCertificate } from "./operations.ts";
import { SECRET } from "./test_app.ts";

/** Since then Chrome knows Device Bound Session Credentials. */
const FIRST_VERSION = 145;

/** Why bound sessions cannot be tried here, or null when they can. */
export const cannotBind: string | null = chromiumVersion() < FIRST_VERSION
  ? missing(`Chromium ${FIRST_VERSION} or newer`)
  : lacks("openssl");

function chromiumVersion(): number {
  if (!mayDoAll || chromiumPath === undefined) return 0;
  const { stdout } = new Deno.Command(chromiumPath, {
    args: ["--version"],
    stderr: "null",
  }).outputSync();
  return Number(/ (\d+)\./.exec(new TextDecoder().decode(stdout))?.[1] ?? 0);
}

export interface Machine extends AsyncDisposable {
  /** An app, and a browser of its own. */
  rig(refreshSeconds: number, store: SessionStore | undefined): Promise<Rig>;
}

/** One Chromium for many rigs: each has cookies and keys of its own. */
export async function startMachine(): Promise<Machine> {
  const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
  const names = ["shop.site.test", "elsewhere.test"];
  await using certificate = await makeCertificate(names);
  const { pem } = certificate;
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
  return {
    async rig(refreshSeconds, store) {
      const context = await browser.newContext();
      const page = await context.newPage();
      return new Rig(pem, refreshSeconds, store, page);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

const KEY_COOKIE = "__Secure-session-key";

export class Rig implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #app: Hono;
  /** A line for each request: method, path, status, names of cookies. */
  readonly log: string[] = [];
  /** A proxy before the app answers the browser's own requests by 503. */
  isRefreshDown = false;
  readonly page: Page;
  readonly context: BrowserContext;

  constructor(
    pem: { readonly cert: string; readonly key: string },
    refreshSeconds: number,
    store: SessionStore | undefined,
    page: Page,
  ) {
    this.page = page;
    this.context = page.context();
    this.#app = new Hono();
    this.#server = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, onListen() {} },
      ...pem,
    }, this.#app.fetch);
    const app = contractApp({
      ...{ secrets: [SECRET], refreshSeconds, origin: this.origin },
      ...(store && { store }),
    });
    this.#app.use(async (c, next) => {
      await next();
      const names = [...(c.req.header("Cookie") ?? "").matchAll(/([\w-]+)=/g)];
      const cookies = names.map(([, name]) => name).join();
      this.log.push(`${c.req.method} ${c.req.path} ${c.res.status} ${cookies}`);
    });
    this.#app.all("*", (c) => {
      const isDown = this.isRefreshDown && c.req.path === "/session/refresh";
      return isDown ? c.text("The proxy says no", 503) : app.fetch(c.req.raw);
    });
  }

  get origin(): string {
    return `https://shop.site.test:${this.#server.addr.port}`;
  }

  /** The same app, but to the browser another site. */
  get elsewhere(): string {
    return `https://elsewhere.test:${this.#server.addr.port}`;
  }

  /** Until the browser has no proof any more. */
  async proofIsOver(): Promise<void> {
    await eventually(async () => {
      const names = [...(await this.jar()).keys()];
      assert.ok(!names.includes("__Host-session-proof"), "the proof is there");
    });
  }

  async jar(): Promise<ReadonlyMap<string, Cookie>> {
    const cookies = await this.context.cookies();
    return new Map(cookies.map((cookie) => [cookie.name, cookie]));
  }

  /** Puts a cookie beside that of the key, and before it, as another host of this site can. */
  async setFromSibling(value: string): Promise<void> {
    await this.context.addCookies([{
      ...{ name: KEY_COOKIE, value, domain: ".site.test" },
      ...{ path: "/session", secure: true, httpOnly: true, sameSite: "None" },
    }]);
  }

  /** What the browser sees. */
  async visit(path = "/me", page: Page = this.page): Promise<Me> {
    await page.goto(this.origin + path);
    return JSON.parse(await page.textContent("body") ?? "");
  }

  /** Status and text of what the page posts by itself. */
  async post(path: string): Promise<unknown> {
    return await this.page.evaluate(
      `fetch("${path}", { method: "POST" }).then(async (answer) => \`\${answer.status} \${await answer.text()}\`)`,
    );
  }

  /** The page after a click on its link or button. */
  async click(): Promise<string> {
    await Promise.all([
      this.page.waitForNavigation(),
      this.page.click("a, button"),
    ]);
    return await this.page.textContent("body") ?? "";
  }

  /** Any client's request, without the network. */
  readonly request = async (
    url: string,
    init?: RequestInit,
  ): Promise<Response> => await this.#app.request(url, init);

  /** A plain HTTP client with copied cookies. */
  async thief(
    cookies: Iterable<Pick<Cookie, "name" | "value">>,
    path = "/me",
    method = "GET",
  ): Promise<Response> {
    const cookie = [...cookies].map(({ name, value }) => `${name}=${value}`)
      .join("; ");
    return await this.request(this.origin + path, {
      method,
      headers: { cookie },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await this.#server.shutdown();
  }
}
