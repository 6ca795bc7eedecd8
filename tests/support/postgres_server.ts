// A real PostgreSQL on a free port of the loopback, in a temporary folder, and a PgBouncer before it.
import { mayDoAll, missing } from "./missing.ts";
import { lacks, shell } from "./operations.ts";
import { freePort, type RedisCertificate } from "./redis_server.ts";
import { type Server, startProgram } from "./server.ts";

/** Debian keeps them off the PATH, in a folder a version. */
const binaries = mayDoAll
  ? await shell("dirname $(ls /usr/lib/postgresql/*/bin/initdb)")
    .catch(() => shell("dirname $(command -v initdb)"))
    .then((text) => text.split("\n")[0], () => undefined)
  : undefined;

/** Why no PostgreSQL can be started, or null when it can. */
export const noPostgres: string | null = binaries === undefined
  ? missing("postgresql")
  : null;

/** Why no PgBouncer can be started, or null when it can. */
export const noPgBouncer: string | null = noPostgres ?? lacks("pgbouncer");

export interface PostgresServer extends Server {
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

/** PostgreSQL and PgBouncer do not run as root, whose checkout they may not enter. */
async function asPostgres(folder: string) {
  if (Deno.uid() !== 0) return { cwd: folder };
  await shell(`chown postgres ${folder}`);
  const ids = await shell("id -u postgres; id -g postgres");
  const [uid = 0, gid = 0] = ids.split("\n").map(Number);
  return { uid, gid, cwd: folder };
}

export async function startPostgres(
  { settings = [], password, certificate }: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "postgres-" });
  const data = `${folder}/data`;
  const user = await asPostgres(folder);
  const secret = `${folder}/password`;
  await Deno.writeTextFile(secret, password ?? "unused");
  await Deno.chmod(secret, 0o644);
  const method = password === undefined ? "trust" : "scram-sha-256";
  await shell(
    `${binaries}/initdb -D ${data} -U baton --pwfile=${secret} -A ${method} \
      -E UTF8 --locale=C --no-sync --no-instructions`,
    user,
  );
  if (certificate !== undefined) {
    const [cert, key] = [`${data}/server.crt`, `${data}/server.key`];
    await Deno.copyFile(certificate.certificate, cert);
    await Deno.copyFile(certificate.key, key);
    await Deno.chmod(key, 0o640); // so that root may own it
    await shell(`chgrp postgres ${key}`);
  }
  const port = freePort();
  const all = [
    "listen_addresses=127.0.0.1,::1",
    ...(certificate === undefined ? [] : ["ssl=on"]),
    "shared_buffers=32MB",
    "fsync=off", // a killed process loses nothing that it wrote: that is the machine's power
    ...settings,
  ].flatMap((setting) => ["-c", setting]);
  const server = await startProgram(`${binaries}/postgres`, {
    args: ["-D", data, "-p", String(port), "-k", folder, ...all],
    ...{ ...user, folder, ready: /ready to accept connections/ },
  });
  const name = password === undefined ? "baton" : `baton:${password}`;
  const url = `postgres://${name}@127.0.0.1:${port}/postgres`;
  return { ...server, url, folder, port };
}

/** Transaction pooling as this user, over so many of the server's connections for each database. */
export async function startPgBouncer(
  server: PostgresServer,
  poolSize: number,
  user: string,
): Promise<Server> {
  const folder = await Deno.makeTempDir({ prefix: "pgbouncer-" });
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
  const bouncer = await startProgram("/usr/sbin/pgbouncer", {
    ...{ args: [file], folder, ready: /process up/ },
    ...await asPostgres(folder),
  });
  return { ...bouncer, url: `postgres://baton@127.0.0.1:${port}/postgres` };
}
