// Two servers behind a proxy, with its configuration of docs/operations.md.
import {
  documented,
  fakeSystemctl,
  lacks,
  makeCertificate,
  shell,
} from "./operations.ts";
import { freePort } from "./redis_server.ts";
import { type Server, startServer } from "./server.ts";

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
}

export interface Proxy {
  readonly name: string;
  /** Why it cannot be started, or null when it can. */
  readonly missing: string | null;
  /** The documented commands that restart the servers behind it, for this place. */
  restart(place: Place): string;
  /** Writes its files into the folder; its arguments. */
  configure(place: Place): Promise<string[]>;
}

const nginx: Proxy = {
  name: "nginx",
  missing: lacks("nginx") ?? lacks("openssl"),
  restart: ({ ports }) => documented("restart", ports),
  async configure({ folder, certificate, key, https, http, ports }) {
    const site = documented("/etc/nginx/conf.d/baton.conf", {
      "listen 443": `listen 127.0.0.1:${https}`,
      "listen 80": `listen 127.0.0.1:${http}`,
      "/etc/ssl/baton.pem": certificate,
      "/etc/ssl/baton.key": key,
      ...ports,
    });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${folder}/${kind};`);
    await Deno.writeTextFile(
      `${folder}/nginx.conf`,
      `daemon off; master_process off; pid ${folder}/pid;
      events { worker_connections 1024; }
      http { access_log off; ${temporary.join(" ")}\n${site}\n}`,
    );
    const config = ["-c", `${folder}/nginx.conf`];
    return ["-p", folder, ...config, "-e", `${folder}/errors`];
  },
};

const caddy: Proxy = {
  name: "Caddy",
  missing: lacks("caddy") ?? lacks("openssl"),
  restart: ({ authority, https, ports }) =>
    documented("restart behind Caddy", {
      "curl ": `curl --cacert ${authority} `,
      "https://baton.example/": `https://localhost:${https}/`,
      "baton.example:443": `localhost:${https}`,
      ...ports,
    }),
  async configure({ folder, certificate, key, https, http, ports }) {
    const own = `admin off
      http_port ${http}
      https_port ${https}
      skip_install_trust
      storage file_system ${folder}`;
    const site = documented("/etc/caddy/Caddyfile", {
      "{\n\tservers": `{\n${own}\n\tservers`,
      "baton.example {": `https://localhost {\n\ttls ${certificate} ${key}\n`,
      ...ports,
    });
    await Deno.writeTextFile(`${folder}/Caddyfile`, site);
    return ["run", "--config", `${folder}/Caddyfile`];
  },
};

export const PROXIES = { nginx, caddy } as const;

export interface Site extends AsyncDisposable {
  /** Such as "https://localhost:8443". */
  readonly origin: string;
  /** Where the proxy listens for plain http. */
  readonly httpOrigin: string;
  /** By the proxy; it knows the proxy's certificate, and follows no redirect. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** As the documented commands do: one server after the other, without a break. */
  restartAll(): Promise<void>;
}

/** A proxy and two servers, started as any program is, in a folder of its own. */
export async function startSite(
  kind: keyof typeof PROXIES,
): Promise<Site> {
  const proxy = PROXIES[kind];
  const folder = await Deno.makeTempDir({ prefix: `${kind}-` });
  const issued = await makeCertificate();
  const [https = 0, http = 0, first = 0, second = 0] = [1, 2, 3, 4].map(
    freePort,
  );
  const ports = { "5001": String(first), "5002": String(second) };
  const secret = crypto.randomUUID();
  const serve = (port: number) =>
    startServer({
      environment: {
        PORT: String(port),
        SESSION_SECRET: secret,
        TRUST_PROXY: "1",
      },
    });
  const servers = new Map<number, Server>();
  for (const port of [first, second]) servers.set(port, await serve(port));

  const { authority, certificate, key } = issued;
  const files = { folder, authority, certificate, key };
  const place = { ...files, https, http, ports };
  const args = await proxy.configure(place);
  const process = new Deno.Command(kind, {
    args,
    env: { PATH: `${Deno.env.get("PATH")}:/usr/sbin` },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  process.status.then(() => isOver = true);
  while (!await isListening(https)) {
    if (isOver) throw new Error(`${proxy.name} did not start`);
  }

  const client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(issued.authority)],
  });
  const systemctl = await fakeSystemctl(async (command, [unit = ""]) => {
    const port = Number(unit.split("@")[1]);
    if (command !== "restart") throw new Error(command);
    const code = await servers.get(port)?.stop("SIGTERM");
    if (code !== 0) throw new Error(`It ended with ${code}`);
    servers.set(port, await serve(port));
  });

  return {
    origin: `https://localhost:${https}`,
    httpOrigin: `http://localhost:${http}`,
    fetch: (path, init) =>
      fetch(new URL(path, `https://localhost:${https}`), {
        redirect: "manual",
        ...init,
        client,
      }),
    async restartAll() {
      await shell(proxy.restart(place), { env: systemctl.env });
    },
    async [Symbol.asyncDispose]() {
      client.close();
      process.kill("SIGKILL");
      await process.status;
      await systemctl[Symbol.asyncDispose]();
      for (const server of servers.values()) {
        await server[Symbol.asyncDispose]();
      }
      await issued[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

export interface RestartFigures {
  requests: number;
  restarts: number;
  /** How many got another answer than a server without restarts gives; by what they got. */
  lost: Record<string, number>;
  seconds: number;
}

/** Visitors at work while the servers are restarted, again and again: at least one round, and so many requests. */
export async function rollingRestarts(
  site: Site,
  least: number,
  visitors = 16,
): Promise<RestartFigures> {
  const start = performance.now();
  const figures: RestartFigures = {
    ...{ requests: 0, restarts: 0, lost: {}, seconds: 0 },
  };
  let isOver = false;
  const ask = async (path: string, init: RequestInit, expected: number) => {
    figures.requests++;
    let got: string;
    let cookie: string | undefined;
    try {
      const response = await site.fetch(path, init);
      await response.body?.cancel();
      got = String(response.status);
      cookie = response.headers.getSetCookie()[0]?.split(";")[0];
    } catch (error) {
      got = error instanceof Error ? error.message : String(error);
    }
    if (got !== String(expected)) {
      const what = `${init.method ?? "GET"} ${path}: ${got}`;
      figures.lost[what] = (figures.lost[what] ?? 0) + 1;
    }
    return cookie;
  };
  const visit = async () => {
    while (!isOver) {
      const body = new URLSearchParams({ name: "Jay", email: "a@example.com" });
      const cookie = await ask("/users", { method: "POST", body }, 303);
      for (let i = 0; cookie !== undefined && i < 4; i++) {
        await ask("/show", { headers: { cookie } }, 200);
      }
    }
  };
  const all = Promise.all(Array.from({ length: visitors }, visit));
  try {
    do {
      await site.restartAll();
      figures.restarts += 2;
    } while (figures.requests < least);
  } finally {
    isOver = true;
    await all;
  }
  figures.seconds = Math.round((performance.now() - start) / 1000);
  return figures;
}
