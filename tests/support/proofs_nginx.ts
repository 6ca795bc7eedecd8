// Two servers behind nginx, with the configuration of docs/operations.md.
import {
  documented,
  fakeSystemctl,
  lacks,
  makeCertificate,
  shell,
} from "./operations.ts";
import { freePort } from "./redis_server.ts";
import { type Server, startServer } from "./server.ts";

/** Why nginx cannot be started, or null when it can. */
export const noNginx: string | null = lacks("nginx") ?? lacks("openssl");

export interface Site extends AsyncDisposable {
  /** Such as "https://localhost:8443". */
  readonly origin: string;
  /** Where nginx listens for plain http. */
  readonly httpOrigin: string;
  /** By nginx; it knows nginx' certificate, and follows no redirect. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** As the documented commands do: one server after the other, without a break. */
  restartAll(): Promise<void>;
  /** The error log of nginx. */
  errors(): Promise<string>;
}

/** nginx, started as any program is, in a folder of its own. */
export async function startSite(): Promise<Site> {
  const folder = await Deno.makeTempDir({ prefix: "nginx-" });
  const certificate = await makeCertificate();
  const [https, http, first, second] = [
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ];
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

  const site = documented("/etc/nginx/conf.d/baton.conf", {
    "listen 443": `listen 127.0.0.1:${https}`,
    "listen 80": `listen 127.0.0.1:${http}`,
    "/etc/ssl/baton.pem": certificate.certificate,
    "/etc/ssl/baton.key": certificate.key,
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
  const nginx = new Deno.Command("nginx", {
    args: [
      "-p",
      folder,
      "-c",
      `${folder}/nginx.conf`,
      "-e",
      `${folder}/errors`,
    ],
    env: { PATH: `${Deno.env.get("PATH")}:/usr/sbin` },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const errors = () => Deno.readTextFile(`${folder}/errors`);
  let isOver = false;
  nginx.status.then(() => isOver = true);
  while (!await isListening(https)) {
    if (isOver) throw new Error(`nginx did not start:\n${await errors()}`);
  }

  const client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(certificate.authority)],
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
    errors,
    fetch: (path, init) =>
      fetch(new URL(path, `https://localhost:${https}`), {
        redirect: "manual",
        ...init,
        client,
      }),
    async restartAll() {
      await shell(documented("restart", ports), { env: systemctl.env });
    },
    async [Symbol.asyncDispose]() {
      client.close();
      nginx.kill("SIGKILL");
      await nginx.status;
      await systemctl[Symbol.asyncDispose]();
      for (const server of servers.values()) {
        await server[Symbol.asyncDispose]();
      }
      await certificate[Symbol.asyncDispose]();
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
