// A real redis-server on a free port of the loopback, in a temporary folder.
import { lacks } from "./operations.ts";
import { type Server, startProgram } from "./server.ts";

/** Why no Redis can be started, or null when it can. */
export const noRedis: string | null = lacks("redis-server");

export interface RedisServer extends Server {
  readonly port: number;
  /** Where it listens for TLS, if it was given a certificate; else as `port`. */
  readonly tlsPort: number;
}

/** Paths of files. */
export interface RedisCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

export interface RedisServerOptions {
  readonly args?: readonly string[];
  /** For TLS, beside plain connections. */
  readonly certificate?: RedisCertificate;
  /** The lines of a sentinel's file; it is a sentinel then. */
  readonly config?: readonly string[];
}

export async function startRedis(
  { args = [], certificate, config }: RedisServerOptions = {},
): Promise<RedisServer> {
  const folder = await Deno.makeTempDir({ prefix: "redis-" });
  const port = freePort();
  const tlsPort = certificate === undefined ? port : freePort();
  const file = `${folder}/sentinel.conf`;
  if (config !== undefined) await Deno.writeTextFile(file, config.join("\n"));
  const all = [
    ...(config === undefined ? ["--save", ""] : [file, "--sentinel"]),
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
    ...(certificate === undefined ? [] : [
      ...["--tls-port", String(tlsPort), "--tls-auth-clients", "no"],
      ...["--tls-cert-file", certificate.certificate],
      ...["--tls-key-file", certificate.key],
      ...["--tls-ca-cert-file", certificate.authority],
      ...["--tls-replication", "yes"],
    ]),
    ...args,
  ];
  const ready = /Ready to accept connections|Sentinel ID is/;
  const server = await startProgram("redis-server", {
    ...{ args: all, ready, folder },
  });
  return { ...server, url: `redis://127.0.0.1:${port}`, port, tlsPort };
}

/** Below the ports of outgoing connections (from 32768 on), one of which could take it before the server does. */
export function freePort(): number {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  try {
    using _ = Deno.listen({ hostname: "127.0.0.1", port });
    return port;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return freePort();
    throw error;
  }
}
