// Two servers behind a proxy, with its configuration of docs/operations.md. `deno task prove
// nginx` and `deno task prove caddy` restart them more often.
import {
  documented,
  fakeSystemctl,
  JAY,
  lacks,
  makeCertificate,
  shell,
} from "./operations.ts";
import { freePort } from "./redis_server.ts";
import { figures, SCALE } from "./scale.ts";
import { type Server, startProgram, startServer } from "./server.ts";

const noOpenssl = lacks("openssl");

/** Why it cannot be started, or null when it can. */
export const noProxy = {
  nginx: lacks("nginx") ?? noOpenssl,
  caddy: lacks("caddy") ?? noOpenssl,
};

/** Where a proxy listens, what it needs, and where its two servers are. */
interface Place {
  readonly folder: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly https: number;
  readonly http: number;
  /** The documented ports, and those that are free here. */
  readonly ports: Readonly<Record<string, string>>;
  /** Where its configuration goes. */
  readonly file: string;
}

/** The configuration and the commands that restart the servers behind it, as documented; how it is started. */
const PROXIES = {
  nginx({ folder, certificate, key, https, http, ports, file }: Place) {
    const site = documented("/etc/nginx/conf.d/baton.conf", {
      "listen 443": `listen 127.0.0.1:${https}`,
      "listen 80": `listen 127.0.0.1:${http}`,
      "/etc/ssl/baton.pem": certificate,
      "/etc/ssl/baton.key": key,
      ...ports,
    });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${folder}/${kind};`);
    return {
      text: `daemon off; master_process off; pid ${folder}/pid;
        error_log stderr notice;
        events { worker_connections 1024; }
        http { access_log off; ${temporary.join(" ")}\n${site}\n}`,
      restart: documented("restart", ports),
      args: ["-c", file, "-e", "stderr"],
      ready: /event method/,
    };
  },
  caddy(
    { folder, certificate, key, https, http, ports, file, authority }: Place,
  ) {
    const own = `admin off
      http_port ${http}
      https_port ${https}
      skip_install_trust
      storage file_system ${folder}`;
    return {
      text: documented("/etc/caddy/Caddyfile", {
        "{\n\tservers": `{\n${own}\n\tservers`,
        "baton.example {": `https://localhost {\n\ttls ${certificate} ${key}\n`,
        ...ports,
      }),
      restart: documented("restart behind Caddy", {
        "curl ": `curl --cacert ${authority} `,
        "https://baton.example/": `https://localhost:${https}/`,
        "baton.example:443": `localhost:${https}`,
        ...ports,
      }),
      args: ["run", "--config", file],
      ready: /serving initial configuration/,
    };
  },
};

export type Site = Awaited<ReturnType<typeof startSite>>;

/** A proxy and two servers, started as any program is, in a folder of its own. */
export async function startSite(kind: keyof typeof PROXIES) {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: `${kind}-` });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const issued = stack.use(await makeCertificate());
  const [https = 0, http = 0, first = 0, second = 0] = [1, 2, 3, 4].map(
    freePort,
  );
  const ports = { "5001": String(first), "5002": String(second) };
  const file = `${folder}/Caddyfile`; // a name that Caddy knows
  const place = { ...issued, folder, https, http, ports, file };

  const secret = { SESSION_SECRET: crypto.randomUUID(), TRUST_PROXY: "1" };
  const servers: Record<string, Server> = {};
  await Promise.all([first, second].map(async (port) => {
    const environment = { PORT: String(port), ...secret };
    servers[`baton@${port}`] = stack.use(await startServer({ environment }));
  }));
  const systemctl = stack.use(await fakeSystemctl((unit) => servers[unit]!));

  const { text, restart, args, ready } = PROXIES[kind](place);
  await Deno.writeTextFile(file, text);
  const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin` };
  stack.use(await startProgram(kind, { args, env, ready }));
  const caCerts = [await Deno.readTextFile(issued.authority)];
  const client = Deno.createHttpClient({ caCerts });
  stack.defer(() => client.close());

  const origin = `https://localhost:${https}`;
  const all = stack.move();
  return {
    ...{ origin, httpOrigin: `http://localhost:${http}` },
    /** By the proxy; it knows the proxy's certificate, and follows no redirect. */
    fetch: (path: string, init?: RequestInit) =>
      fetch(new URL(path, origin), { redirect: "manual", ...init, client }),
    /** As the documented commands do: one server after the other, without a break. */
    restartAll: () => shell(restart, { env: systemctl.env }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Visitors at work while the servers are restarted, again and again: at least one round, and so many requests. */
export async function rollingRestarts(
  site: Site,
  least: number,
  visitors: number,
): Promise<{ requests: number; lost: string[] }> {
  let [requests, restarts] = [0, 0];
  /** Other answers than a server without restarts gives. */
  const lost: string[] = [];
  let isOver = false;
  const ask = async (path: string, init: RequestInit, expected: number) => {
    requests++;
    try {
      const response = await site.fetch(path, init);
      await response.body?.cancel();
      if (response.status !== expected) throw new Error(`${response.status}`);
      return response.headers.getSetCookie()[0]?.split(";")[0];
    } catch (error) {
      lost.push(`${init.method ?? "GET"} ${path}: ${error}`);
    }
  };
  const visit = async () => {
    while (!isOver) {
      const body = new URLSearchParams(JAY);
      const cookie = await ask("/users", { method: "POST", body }, 303);
      for (let i = 0; cookie !== undefined && i < 4; i++) {
        await ask("/show", { headers: { cookie } }, 200);
        // Readers leave the machine time to restart its servers.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };
  const all = Promise.all(Array.from({ length: visitors }, visit));
  try {
    do {
      await site.restartAll();
      restarts += 2;
    } while (requests < least * SCALE);
  } finally {
    isOver = true;
    await all;
  }
  figures(`${site.origin} restarted`, { requests, restarts, lost });
  return { requests, lost };
}
