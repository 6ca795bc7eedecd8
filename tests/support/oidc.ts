// examples/oidc with its provider, and a visitor who goes from one to the other.
import settings from "../../deno.json" with { type: "json" };
import { createApp } from "../../examples/oidc/app.ts";
import { type Client, connect } from "../../examples/oidc/client.ts";
import {
  type ProviderOptions,
  startProvider,
} from "../../examples/oidc/provider.ts";
import { type Server, startProgram } from "./server.ts";
import { SECRET } from "./test_app.ts";

export interface Rig extends AsyncDisposable {
  readonly url: string;
  readonly provider: Awaited<ReturnType<typeof startProvider>>;
  /** What the provider says it did, such as "authorization_code". */
  readonly log: string[];
}

export interface RigOptions extends Omit<ProviderOptions, "redirectUri"> {
  readonly store: Parameters<typeof createApp>[2]["store"];
  readonly now?: () => number;
  /** Stands in for a part of the client. */
  readonly client?: Partial<Client>;
}

/** The app and its provider, each on a free port. */
export async function startRig(
  { store, now, client = {}, ...settings }: RigOptions,
): Promise<Rig> {
  const log: string[] = [];
  const app = Promise.withResolvers<ReturnType<typeof createApp>>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => (await app.promise).fetch(request),
  );
  const url = `http://localhost:${server.addr.port}`;
  const redirectUri = `${url}/callback`;
  const provider = await startProvider({
    ...{ redirectUri, log: (line) => void log.push(line) },
    ...settings,
  });
  const own = { ...await connect(provider, redirectUri), ...client };
  const options = { store, secrets: [SECRET], ...(now && { now }) };
  app.resolve(createApp(own, redirectUri, options));
  return {
    ...{ url, provider, log },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** Somebody with a browser: it keeps cookies, and stops at no redirect. */
export class Visitor {
  readonly jars = new Map<string, Map<string, string>>();

  /** One question; the cookies of the answer are kept, unless the answer is `lost`. */
  async ask(
    url: string,
    { lost = false, ...init }: RequestInit & { lost?: boolean } = {},
  ): Promise<Response> {
    const { hostname } = new URL(url);
    const jar = this.jars.get(hostname) ?? new Map<string, string>();
    this.jars.set(hostname, jar);
    const headers = new Headers(init.headers);
    headers.set("Cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of lost ? [] : response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isOver = value === "" || /expires=Thu, 01 Jan 1970/i.test(line);
      isOver ? jar.delete(name) : jar.set(name, value);
    }
    return response;
  }

  /** The same visitor, in another tab that asks with the cookies of now. */
  copy(): Visitor {
    const other = new Visitor();
    for (const [host, jar] of this.jars) other.jars.set(host, new Map(jar));
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
        const body = new URLSearchParams({
          name,
          [cancel ? "cancel" : "enter"]: "",
        });
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

const root = new URL("../../", import.meta.url).pathname;

/** `deno task example:oidc`, on free ports and in a new folder. */
export function startExample(): Promise<Server> {
  const [, ...all] = settings.tasks["example:oidc"].command.split(" ");
  const args = all.map((arg) =>
    arg.replace(/^(?:--lock=)?(?=examples\/|deno\.lock)/, `$&${root}`)
  );
  const config = ["--config", `${root}deno.json`];
  return startProgram(Deno.execPath(), {
    args: args.toSpliced(1, 0, ...config),
    cwd: Deno.makeTempDirSync(),
    env: { PORT: "0" },
  });
}

/** One process of the app over a store, with this provider. */
export function startProcess(
  store: string,
  port: number,
  redirectUri: string,
  provider: object,
): Promise<Server> {
  const program = `${root}tests/support/oidc_process.ts`;
  const given = [store, String(port), redirectUri, JSON.stringify(provider)];
  return startProgram(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, ...given],
    cwd: root,
  });
}
