// examples/oidc with its provider, and a visitor who goes from one to the other.
import { createApp } from "../../examples/oidc/app.ts";
import { connect } from "../../examples/oidc/client.ts";
import {
  type ProviderOptions,
  startProvider,
} from "../../examples/oidc/provider.ts";
import { controlledStore } from "./controlled_store.ts";
import { SECRET } from "./test_app.ts";

type Provider = Awaited<ReturnType<typeof startProvider>>;
type App = { fetch(request: Request): Response | Promise<Response> };

export interface RigOptions extends Pick<ProviderOptions, "seconds"> {
  /** An app for each of them. Default: one app, with a store in memory. */
  readonly stores?: Parameters<typeof createApp>[2]["store"][];
  /** Another app than examples/oidc. */
  readonly open?: (provider: Provider, redirectUri: string) => Promise<App>;
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** The apps and their provider, each on a free port. */
export async function startRig(
  { stores, open, ...settings }: RigOptions,
) {
  const log: string[] = [];
  const at: Record<string, NonNullable<ProviderOptions["before"]>> = {};
  const now = () => Date.now() / 1000 + rig.secondsAhead;
  const turn = (operation: string) => {
    if (operation !== "get") rig.writes++;
    return Promise.resolve();
  };
  stores ??= [controlledStore({ turn, now })];
  const starting = stores.map((store) => {
    const app = Promise.withResolvers<App>();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async (request) => (await app.promise).fetch(request),
    );
    const url = `http://localhost:${server.addr.port}`;
    return { store, app, server, url };
  });
  const urls = starting.map(({ url }) => url);
  const [url = ""] = urls;
  const redirectUri = `${url}/callback`;
  const provider = await startProvider({
    ...{ redirectUri, log: (line) => void log.push(line) },
    before: (ctx, next) => at[ctx.path]?.(ctx, next) ?? next(),
    ...settings,
  });
  const rig = {
    ...{ url, urls, provider },
    /** The provider's log, such as "authorization_code". */
    log,
    /** Answers for paths of the provider, until they are deleted. */
    at,
    /** By how much the app's clock is ahead. */
    secondsAhead: 0,
    /** Writes to the store in memory. */
    writes: 0,
    async [Symbol.asyncDispose]() {
      for (const { server } of starting) await server.shutdown();
      await provider[Symbol.asyncDispose]();
    },
  };
  for (const { store, app } of starting) {
    if (open) app.resolve(await open(provider, redirectUri));
    else {
      const client = await connect(provider, redirectUri);
      const options = { store, now, secrets: [SECRET] };
      app.resolve(createApp(client, redirectUri, options));
    }
  }
  return rig;
}

/** Somebody with a browser: it keeps cookies, and stops at no redirect. */
export class Visitor {
  readonly jar = new Map<string, string>();

  /** One question; the cookies of the answer are kept. */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { jar } = this; // for both hosts: no two cookies have the same name
    const headers = new Headers(init.headers);
    headers.set("Cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isOver = value === "" || /expires=Thu, 01 Jan 1970/i.test(line);
      isOver ? jar.delete(name) : jar.set(name, value);
    }
    return response;
  }

  /** The same visitor, in another tab that asks with the cookies of now. */
  copy(): Visitor {
    const other = new Visitor();
    for (const [name, value] of this.jar) other.jar.set(name, value);
    return other;
  }

  /** Follows redirects up to a page, or to an address that matches; fills in the provider's form. */
  async go(
    url: string,
    { until = /^$/, name = "Ada", cancel = false } = {},
  ): Promise<{ url: string; status: number; text: string }> {
    let init: RequestInit = {};
    for (let step = 0; step < 20; step++) {
      if (until.test(url)) return { url, status: 0, text: "" };
      const response = await this.ask(url, init);
      const text = await response.text();
      const location = response.headers.get("Location");
      init = {};
      if (location !== null) url = new URL(location, url).href;
      else if (response.status === 200 && /\/in\//.test(url)) {
        const button = cancel ? "cancel" : "enter";
        const body = new URLSearchParams({ name, [button]: "" });
        init = { method: "POST", body };
      } else return { url, status: response.status, text };
    }
    throw new Error(`It never stops: ${url}`);
  }

  async post(url: string, form: Record<string, string>): Promise<Response> {
    const headers = { Origin: new URL(url).origin };
    const body = new URLSearchParams(form);
    return await this.ask(url, { method: "POST", headers, body });
  }

  /** GET, with the answer's status and JSON. */
  async api(url: string): Promise<[number, Record<string, unknown>]> {
    const response = await this.ask(url);
    return [response.status, await response.json()];
  }
}
