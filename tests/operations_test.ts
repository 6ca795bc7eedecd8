// docs/operations.md is true: its commands do what they should, its files are accepted.
import assert from "node:assert/strict";
import {
  ask,
  documented,
  fakeSystemctl,
  isKnown,
  isThere,
  JAY,
  lacks,
  shell,
  signIn,
} from "./support/operations.ts";
import { eventually } from "./support/eventually.ts";
import { noProxy, rollingRestarts, startSite } from "./support/proofs_proxy.ts";
import { testWhere } from "./support/missing.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import {
  cannotStart,
  type Server,
  startProgram,
  startServer,
} from "./support/server.ts";

const root = new URL("../", import.meta.url).pathname;

async function health(url: string): Promise<unknown> {
  return await (await fetch(`${url}/healthz`)).json();
}

async function post(url: string, cookie: string): Promise<void> {
  const { status } = await ask(url, { method: "POST", headers: { cookie } });
  assert.equal(status, 303);
}

/** Starts a documented command where nothing can be downloaded, with its own environment alone. */
function startOffline(
  ...[args, cwd, env]: [string[], string, Record<string, string>]
): Promise<Server> {
  const here = { PATH: Deno.env.get("PATH") ?? "", NO_COLOR: "1", PORT: "0" };
  return startProgram(Deno.execPath(), {
    ...{ args, cwd, clearEnv: true },
    env: { ...env, ...here, HTTPS_PROXY: "http://127.0.0.1:1" },
  });
}

const folder = cannotStart === null ? Deno.makeTempDirSync() : "";
const app = `${folder}/app`;
const DENO_DIR = `${folder}/deno`;
const here = { "/opt/baton-deno": DENO_DIR, "/opt/baton": app };

/** A clean copy of what the Dockerfile takes along, and its packages. */
Deno.test.beforeAll(async () => {
  if (cannotStart !== null) return;
  await Deno.mkdir(app);
  const copies = documented("Dockerfile").matchAll(/^COPY (.+) (\S+)$/gm);
  for (const [, from, to] of copies) {
    await shell(`cp -R ${from} ${app}/${to}`, { cwd: root });
  }
  await shell(documented("install", here));
});

Deno.test.afterAll(async () => {
  if (folder !== "") await Deno.remove(folder, { recursive: true });
});

/** Every file, and when it was changed. */
const files = (cwd: string) =>
  shell("find . -type f -exec ls -l {} +", { cwd });

/** A Redis whose users are the documented ones. */
async function startDocumentedRedis() {
  const file = await Deno.makeTempFile();
  const password = { "change-this-password": "a/b%c" };
  await Deno.writeTextFile(file, documented("users.acl", password));
  const redis = await startRedis({ args: ["--aclfile", file] });
  return { ...redis, url: redis.url.replace("//", "//baton:a%2Fb%25c@") };
}

/** A server with each SESSION_STORE that runs on a machine keeps a session; files go into `folder`. */
async function everyStoreServes(
  folder: string,
  start: (store: string) => Promise<Server>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const stores = [
    ...["cookie", "memory"],
    ...[`sqlite:${folder}/sessions.db`, `denokv:${folder}/sessions.kv`],
  ];
  if (noRedis === null) {
    stores.push(stack.use(await startDocumentedRedis()).url);
  }
  if (noPostgres === null) stores.push(stack.use(await startPostgres()).url);
  await Promise.all(stores.map(async (store) => {
    await using server = await start(store);
    const [kind] = store.split(":");
    // On a busy machine the first question may take longer than a store is given.
    await eventually(async () =>
      assert.deepEqual(await health(server.url), { status: "ok", store: kind })
    );
    const cookie = await signIn(server.url);
    assert(await isKnown(server.url, cookie), store);
    await post(`${server.url}/session/renew`, cookie);
    if (kind !== "cookie") assert(!await isKnown(server.url, cookie), store);
    await post(`${server.url}/session/end`, await signIn(server.url));
    assert.equal(await server.stop("SIGTERM"), 0);
    assert.doesNotMatch(server.output(), /Download|secret|Error/);
  }));
}

/** The words of a command line in a unit file, and its Environment. */
function unit(here: Record<string, string>) {
  const text = documented("/etc/systemd/system/baton@.service", here)
    .replaceAll("\\\n", " ");
  const [, ...args] = /^ExecStart=(.+)$/m.exec(text)?.[1]?.split(/ +/) ?? [];
  const env = Object.fromEntries(
    [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)]
      .map(([, name, value]) => [name ?? "", value ?? ""]),
  );
  return { text, args, env };
}

testWhere(
  cannotStart ?? lacks("openssl"),
  "the documented service starts offline with every store from a checkout it does not write to, and stops with 0",
  async () => {
    const before = await files(app);
    await shell(
      documented("secret", {
        "useradd ": ": ", // the tests' user is there already
        "/etc/baton": `${folder}/etc`,
      }),
    );
    const { args, env } = unit({
      ...here,
      "%i": "0",
      "%d": `${folder}/etc`,
      "%S": folder,
    });
    await Deno.mkdir(`${folder}/baton`, { mode: 0o700 });
    assert.equal(env["SESSION_STORE"], `sqlite:${folder}/baton/sessions.db`);
    await everyStoreServes(
      `${folder}/baton`,
      (SESSION_STORE) => startOffline(args, app, { ...env, SESSION_STORE }),
    );
    assert.equal(await files(app), before);
  },
);

testWhere(
  isThere("systemd-analyze") && cannotStart === null
    ? null
    : "needs systemd-analyze",
  "the unit file is one that systemd takes",
  async () => {
    const folder = await Deno.makeTempDir();
    const { text } = unit({
      "User=baton": "User=daemon",
      "/usr/local/bin/deno": "/bin/true",
    });
    await Deno.writeTextFile(`${folder}/baton@.service`, text);
    const verify = `systemd-analyze verify ${folder}/baton@.service 2>&1`;
    assert.equal(await shell(verify), "");
  },
);

testWhere(
  cannotStart,
  "the commands of the Dockerfile make a server, for every store",
  async () => {
    const data = `${folder}/data`;
    const secret = `${folder}/session_secret`;
    await Deno.writeTextFile(secret, crypto.randomUUID(), { mode: 0o600 });
    const dockerfile = documented("Dockerfile", {
      "/run/secrets": folder,
      "/data": data,
      "-o deno -g deno ": "", // the tests' user is there already
    });
    for (const [, command = ""] of dockerfile.matchAll(/^RUN (.+)$/gm)) {
      await shell(command, { cwd: app, env: { DENO_DIR } });
    }
    const list = (name: string): string[] =>
      JSON.parse(new RegExp(`^${name} (.+)$`, "m").exec(dockerfile)?.[1] ?? "");
    const [, settings = ""] = /^ENV (.+)$/m.exec(dockerfile) ?? [];
    const environment = Object.fromEntries(
      settings.split(" ").map((pair) => pair.split("=", 2)),
    );
    const [, ...args] = list("CMD");
    const start = (SESSION_STORE: string) =>
      startOffline(args, app, { ...environment, DENO_DIR, SESSION_STORE });
    await everyStoreServes(data, start);

    await using server = await start("cookie");
    const check = list("HEALTHCHECK CMD").map((word) =>
      word.replace("http://127.0.0.1:5000", server.url)
    );
    const isHealthy = async () =>
      (await new Deno.Command(Deno.execPath(), {
        args: check.slice(1),
        stderr: "null",
      }).output()).success;
    assert(await isHealthy());
    await server.stop("SIGTERM");
    assert(!await isHealthy());
  },
);

testWhere(
  cannotStart ?? lacks("openssl"),
  "the container's secret is its user's alone, and the documented run mounts it where the image reads it",
  async () => {
    const cwd = await Deno.makeTempDir();
    // Builds nothing: `docker run --rm baton COMMAND` runs the command here.
    await Deno.writeTextFile(
      `${cwd}/docker`,
      '#!/bin/sh\n[ "$1 $2 $3" != "run --rm baton" ] || { shift 3; exec "$@"; }\necho "$@"\n',
      { mode: 0o755 },
    );
    const ran = await shell(documented("container"), {
      cwd,
      env: { PATH: `${cwd}:${Deno.env.get("PATH")}` },
    });
    const { mode, uid } = await Deno.stat(`${cwd}/session_secret`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.equal(uid, Deno.uid());
    const mounts = [...ran.matchAll(/-v \S+?:(\/\S+?)(?::ro)? /g)];
    assert.deepEqual(mounts.map(([, path]) => path), [
      /SESSION_SECRET_FILE=(\S+)/.exec(documented("Dockerfile"))?.[1],
      /^VOLUME (.+)$/m.exec(documented("Dockerfile"))?.[1],
    ]);
  },
);

testWhere(
  cannotStart ?? lacks("sqlite3"),
  "a backup is whole while the server runs; restored, it brings back what was ended since, until the secret is changed",
  async () => {
    const cwd = await Deno.makeTempDir();
    const here = {
      "/var/backups/baton": `${cwd}/backups`,
      "/var/lib/baton": `${cwd}/.data`,
    };
    const environment = {
      SESSION_SECRET: crypto.randomUUID(),
      SESSION_STORE: "sqlite:.data/sessions.db",
    };
    await using server = await startServer({ cwd, environment });
    await using systemctl = await fakeSystemctl(() => server);

    const [stays, ends] = [await signIn(server.url), await signIn(server.url)];
    await shell(documented("backup", here));
    const backup = await Deno.stat(`${cwd}/backups/sessions.db`);
    assert.equal((backup.mode ?? 0) & 0o777, 0o600);
    await post(`${server.url}/session/end`, ends);
    const later = await signIn(server.url);
    assert(!await isKnown(server.url, ends));

    await shell(documented("restore", { ...here, " -o baton -g baton": "" }), {
      env: systemctl.env,
    });
    assert(await isKnown(server.url, stays));
    assert(await isKnown(server.url, ends), "back to life, as the page says");
    assert(!await isKnown(server.url, later));

    await server.stop();
    environment.SESSION_SECRET = crypto.randomUUID();
    await using changed = await startServer({ cwd, environment });
    assert(!await isKnown(changed.url, stays));
    assert(!await isKnown(changed.url, ends));
  },
);

/** The environment of the documented command, sent to this port; in JSON, for tests to read. */
function otel(port: number): Record<string, string> {
  const command = documented("telemetry", { "4318": String(port) });
  const settings = [...command.matchAll(/(OTEL_\w+)=(\S+)/g)];
  return {
    ...Object.fromEntries(settings.map(([, name, value]) => [name, value])),
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  };
}

testWhere(
  cannotStart,
  "OTEL_DENO sends spans, the log and the documented metrics, and no cookie",
  async () => {
    const sent = new Map<string, string>();
    await using collector = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        sent.set(pathname, (sent.get(pathname) ?? "") + await request.text());
        return Response.json({});
      },
    );
    const environment = otel(collector.addr.port);
    await using server = await startServer({ environment });
    const cookie = await signIn(server.url);
    for (const value of [cookie, "baton=v1.a.b"]) {
      const headers = { cookie: value };
      await ask(`${server.url}/show?private=words`, { headers });
    }
    assert.equal(await server.stop("SIGTERM"), 0);
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const SESSION_STORE = `redis://127.0.0.1:${silent.addr.port}`;
    await using outage = await startServer({
      environment: { ...environment, SESSION_STORE },
    });
    const status = "unavailable";
    assert.deepEqual(await health(outage.url), { status, store: "redis" });
    assert.equal(await outage.stop("SIGTERM"), 0);

    const secret = cookie.split("=")[1] ?? assert.fail();
    for (const text of sent.values()) assert(!text.includes(secret));
    const traces = sent.get("/v1/traces") ?? "";
    assert.match(
      traces,
      /"url\.full",\s*"value": \{\s*"stringValue": "http:\S+\?private=words"/,
    );
    assert.match(traces, /"url\.query"/);
    assert.match(sent.get("/v1/logs") ?? "", /Got Post Info/);
    const metrics = sent.get("/v1/metrics") ?? "";
    const page = await Deno.readTextFile(`${root}docs/operations.md`);
    const names = [
      ...page.matchAll(/^\| `([a-z]+\.[a-z.]+)` +\| `[a-z_]+` /gm),
    ];
    assert.equal(names.length, 3);
    for (const [, name] of names) assert(metrics.includes(`"${name}"`), name);
    for (const value of ["began", "rejected", "malformed", "redis"]) {
      assert(metrics.includes(`"stringValue": "${value}"`), value);
    }
  },
);

testWhere(
  cannotStart,
  "a collector that hangs holds up the end for less than the unit's limit, also when the metrics' time comes meanwhile",
  async () => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = silent.addr;
    const { text, env } = unit({});
    const timeout = env["OTEL_EXPORTER_OTLP_TIMEOUT"];
    assert.equal(otel(port)["OTEL_EXPORTER_OTLP_TIMEOUT"], timeout);
    await using server = await startServer({
      environment: { ...otel(port), OTEL_METRIC_EXPORT_INTERVAL: "300" },
    });
    // More than one batch.
    for (let i = 0; i < 60; i++) {
      const ten = Array.from({ length: 10 }, () => ask(`${server.url}/livez`));
      await Promise.all(ten);
    }
    const limit = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
    const start = performance.now();
    assert.equal(await server.stop("SIGTERM"), 0);
    assert((performance.now() - start) / 1000 < limit);
  },
);

// With the documented configuration of each.
for (const kind of ["nginx", "caddy"] as const) {
  const ignored = cannotStart ?? noProxy[kind];
  testWhere(ignored, `behind ${kind}`, async (t) => {
    await using site = await startSite(kind);
    const users = async (init: RequestInit = {}) => {
      const body = new URLSearchParams(JAY);
      const response = await site.fetch("/users", {
        ...{ method: "POST", body },
        ...init,
      });
      return new Response(await response.text(), response);
    };

    await t.step("forms, cookies, redirects and HSTS are right", async () => {
      const own = await users({ headers: { Origin: site.origin } });
      assert.equal(own.status, 303);
      const cookie = /^__Host-baton=v1\..*; HttpOnly; Secure; SameSite=Lax$/;
      assert.match(own.headers.getSetCookie()[0] ?? "", cookie);
      assert.equal(
        own.headers.get("Strict-Transport-Security"),
        "max-age=15552000",
      );
      const { port } = new URL(site.origin);
      const others = [
        ...["https://localhost", `http://localhost:${port}`],
        ...[`https://evil.example:${port}`, "null"],
      ];
      for (const Origin of others) {
        const { status } = await users({ headers: { Origin } });
        assert.equal(status, 403, Origin);
      }
      const plain = await ask(`${site.httpOrigin}/show?why=none`);
      assert.equal(plain.status, 308);
      assert.match(
        plain.headers.get("Location") ?? "",
        /^https:\/\/localhost(?::\d+)?\/show\?why=none$/,
      );
      // A visitor cannot say that the scheme is another.
      const forged = await users({ headers: { "X-Forwarded-Proto": "http" } });
      assert.match(forged.headers.getSetCookie()[0] ?? "", cookie);
    });

    await t.step("a form that is too large gets the app's answer", async () => {
      const name = "x".repeat(20_000);
      const body = new URLSearchParams({ ...JAY, name });
      const response = await users({ body });
      assert.equal(response.status, 413);
      assert.match(await response.text(), /<html lang="en"/);
    });

    await t.step("a rolling restart under load loses nothing", async () => {
      const figures = await rollingRestarts(site, 1000, 8);
      assert.deepEqual(figures.lost, []);
      assert(figures.requests >= 1000);
    });
  });
}
