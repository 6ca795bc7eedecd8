// A real PostgreSQL on a free port of the loopback, in a temporary folder, and a PgBouncer before it.
import { mayDoAll, missing } from "./missing.ts";
import { lacks } from "./operations.ts";
import { freePort, type RedisCertificate } from "./redis_server.ts";
import { printed, type Restartable, restartable } from "./restartable.ts";

const binaries = find();

/** Why no PostgreSQL can be started, or null when it can. */
export const noPostgres: string | null = binaries === undefined
  ? missing("postgresql")
  : null;

/** Why no PgBouncer can be started, or null when it can. */
export const noPgBouncer: string | null = noPostgres ?? lacks("pgbouncer");

/** Debian keeps them off the PATH, in a folder a version. */
function find(): string | undefined {
  if (!mayDoAll) return undefined;
  const list = "ls -d /usr/lib/postgresql/*/bin /usr/bin /usr/local/bin";
  const { stdout } = new Deno.Command("sh", { args: ["-c", list] })
    .outputSync();
  return new TextDecoder().decode(stdout).split("\n").find((folder) => {
    try {
      return folder !== "" && Deno.statSync(`${folder}/initdb`).isFile;
    } catch {
      return false;
    }
  });
}

export interface PostgresServer extends Restartable {
  readonly url: string;
  /** The folder of its Unix socket. */
  readonly folder: string;
  readonly port: number;
}

export interface PostgresServerOptions {
  /** For TLS. */
  readonly certificate?: Omit<RedisCertificate, "authority">;
  /** Such as `synchronous_commit=off`. */
  readonly settings?: readonly string[];
  readonly password?: string;
}

/** It does not run as root, and neither do tests have to. */
function asPostgres(...command: string[]): Deno.Command {
  const as = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"];
  const [path = "", ...args] = Deno.uid() === 0
    ? ["setpriv", ...as, ...command]
    : command;
  const options = { stdin: "null", stdout: "null", stderr: "piped" } as const;
  return new Deno.Command(path, { args, ...options });
}

export async function startPostgres(
  { settings = [], password, certificate }: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "postgres-" });
  const data = `${folder}/data`;
  if (Deno.uid() === 0) {
    await new Deno.Command("chown", { args: ["postgres", folder] }).output();
  }
  const secret = `${folder}/password`;
  await Deno.writeTextFile(secret, password ?? "unused");
  await Deno.chmod(secret, 0o644);
  const { success, stderr } = await asPostgres(
    `${binaries}/initdb`,
    ...["-D", data, "-U", "baton", `--pwfile=${secret}`],
    ...["-A", password === undefined ? "trust" : "scram-sha-256"],
    ...["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"],
  ).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  if (certificate !== undefined) {
    const [cert, key] = [`${data}/server.crt`, `${data}/server.key`];
    await Deno.copyFile(certificate.certificate, cert);
    await Deno.copyFile(certificate.key, key);
    await Deno.chmod(key, 0o640); // so that root may own it
    await new Deno.Command("chgrp", { args: ["postgres", key] }).output();
  }
  const port = freePort();

  async function start(): Promise<Deno.ChildProcess> {
    const child = asPostgres(
      `${binaries}/postgres`,
      ...["-D", data, "-p", String(port), "-k", folder],
      ...[
        "listen_addresses=127.0.0.1,::1",
        ...(certificate === undefined ? [] : ["ssl=on"]),
        "shared_buffers=32MB",
        "fsync=off", // a killed process loses nothing that it wrote: that is the machine's power
        ...settings,
      ].flatMap((setting) => ["-c", setting]),
    ).spawn();
    await printed(child.stderr, /ready to accept connections/);
    return child;
  }

  /** The server and those that it has started. */
  function pidsOf({ pid }: Deno.ChildProcess): number[] {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return [pid, ...children.split(" ").filter(Boolean).map(Number)];
  }

  const user = password === undefined ? "baton" : `baton:${password}`;
  return {
    url: `postgres://${user}@127.0.0.1:${port}/postgres`,
    ...{ folder, port, ...await restartable(folder, start, pidsOf) },
  };
}

/** Transaction pooling as this user, over so many of the server's connections for each database. */
export async function startPgBouncer(
  server: PostgresServer,
  poolSize: number,
  user: string,
) {
  const folder = await Deno.makeTempDir({ prefix: "pgbouncer-" });
  await Deno.chmod(folder, 0o755);
  const port = freePort();
  const file = `${folder}/pgbouncer.ini`;
  const settings = `[databases]
* = host=127.0.0.1 port=${server.port} user=${user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
`;
  await Deno.writeTextFile(file, settings);
  const bouncer = await restartable(folder, async () => {
    const child = asPostgres("/usr/sbin/pgbouncer", file).spawn();
    await printed(child.stderr, /process up/);
    return child;
  });
  return { ...bouncer, url: `postgres://baton@127.0.0.1:${port}/postgres` };
}
