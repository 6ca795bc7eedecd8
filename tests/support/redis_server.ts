// A real redis-server on a free port of the loopback, in a temporary folder.
import { missing } from "./missing.ts";

const PATHS = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"];
const path = find();

/** Why no Redis can be started, or null when it can. */
export const noRedis: string | null = path === undefined
  ? missing("redis-server")
  : null;

function find(): string | undefined {
  if (Deno.permissions.querySync({ name: "run" }).state !== "granted") {
    return undefined;
  }
  return PATHS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Where it listens for TLS, if it was given a certificate; else as `port`. */
  readonly tlsPort: number;
  readonly pid: number;
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with the same files. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: it is there, and does not answer. */
  signal(signal: Deno.Signal): void;
}

/** Paths of files. */
export interface RedisCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

export interface RedisServerOptions {
  readonly args?: readonly string[];
  readonly password?: string;
  /** For TLS, beside plain connections. */
  readonly certificate?: RedisCertificate;
  /** The lines of a sentinel's file; it is a sentinel then. */
  readonly config?: readonly string[];
}

export async function startRedis(
  { args = [], password, certificate, config }: RedisServerOptions = {},
): Promise<RedisServer> {
  const folder = await Deno.makeTempDir({ prefix: "redis-" });
  const port = freePort();
  const tlsPort = certificate === undefined ? port : freePort();
  const file = `${folder}/sentinel.conf`;
  if (config !== undefined) await Deno.writeTextFile(file, config.join("\n"));
  let child = await start();

  async function start(): Promise<Deno.ChildProcess> {
    const child = new Deno.Command(path ?? "redis-server", {
      args: [
        ...(config === undefined ? ["--save", ""] : [file, "--sentinel"]),
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
        ...["--daemonize", "no"],
        ...(password === undefined ? [] : ["--requirepass", password]),
        ...(certificate === undefined ? [] : [
          ...["--tls-port", String(tlsPort), "--tls-auth-clients", "no"],
          ...["--tls-cert-file", certificate.certificate],
          ...["--tls-key-file", certificate.key],
          ...["--tls-ca-cert-file", certificate.authority],
          ...["--tls-replication", "yes"],
        ]),
        ...args,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let text = "";
    const isReady = /Ready to accept connections|Sentinel ID is/; // it says so itself
    while (!isReady.test(text)) {
      const { done, value } = await output.read();
      if (done) throw new Error(`redis-server did not start:\n${text}`);
      text += value;
    }
    void (async () => {
      while (!(await output.read()).done); // so that it never waits for a reader
    })();
    return child;
  }

  async function kill(): Promise<void> {
    try {
      child.kill("SIGKILL");
    } catch {
      // already gone
    }
    await child.status;
  }

  return {
    url: `redis://${
      password === undefined ? "" : `:${password}@`
    }127.0.0.1:${port}`,
    ...{ port, tlsPort },
    get pid() {
      return child.pid;
    },
    kill,
    async restart() {
      child = await start();
    },
    signal: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
