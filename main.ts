// Deno's entry, on a machine of one's own and on Deno Deploy.
import { createApp } from "./app.ts";
import { type Config, DEPLOY_VARIABLES, readConfig } from "./config.ts";
import settings from "./deno.json" with { type: "json" };
import { lineFormat, type Log } from "./middleware/log.ts";
import type { SessionStore } from "./middleware/session/mod.ts";
import { telemetry } from "./middleware/telemetry.ts";
import { listeningOn } from "./server/addresses.ts";
import { endBeforeDeath, LogWriter } from "./server/log_writer.ts";
import { openStore } from "./server/open_store.ts";
import { ConfigError, reasonOf } from "./server/reason.ts";
import { type Fetch, GracefulServer } from "./server/serve.ts";
import { loadOrCreateSecrets, warnOfReaders } from "./server/session_secret.ts";
import { within } from "./server/within.ts";

/** For what should not hold up the start's line, or the end. */
const SECOND = 1000;

async function main(): Promise<void> {
  let writer: LogWriter | undefined;
  let code = 0;
  let isTraced = false;
  try {
    const isDeploy = DEPLOY_VARIABLES.some((name) => Deno.env.has(name));
    const config = readConfig(Deno.env.get, isDeploy ? "deploy" : "machine");
    isTraced = config.isTraced;
    const format = lineFormat(config.logFormat, !Deno.stdout.isTerminal());
    writer = new LogWriter(
      Deno.stdout,
      (lines) =>
        format(`${lines} lines of the log were lost before this one`, {
          ...{ level: "warn", event: "log lost" },
        }),
    );
    endBeforeDeath(writer);
    // Traces want each line within its request.
    const write = isTraced ? console.log : writer.write;
    await serve(config, (line, fields) => write(format(line, fields)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    code = 1;
  }
  await writer?.end();
  if (!isTraced) Deno.exit(code);
  // Deno.exit() sends the last telemetry while JavaScript stands still. When the
  // time for the metrics comes meanwhile, their reader asks JavaScript, for ever.
  Deno.exitCode = code;
  Deno.unrefTimer(setTimeout(Deno.exit, SECOND));
}

/** Resolves when the server was told to stop, and has. */
async function serve(config: Config, log: Log): Promise<void> {
  const secrets = config.secrets ??
    await loadOrCreateSecrets(".data", (line) => log(line));
  if (config.secretFile) await warnOfReaders(config.secretFile, log);
  const store = await openStore(config.store);
  const server = new GracefulServer(log);
  const { cookieName, seal, lifetime, trustProxy, hsts } = config;
  const app = createApp({
    ...{ secrets, store, cookieName, seal, lifetime, trustProxy, hsts, log },
    ...(config.isTraced && { telemetry: await telemetry() }),
    isTimed: Deno.args.includes("--dev"),
    isStopping: () => server.isStopping,
  });
  listen(server, config, log, app.fetch);
  introduce(config, store).then((line) => log(line));
  await server.stopped();
  if (store !== "cookie") await within(SECOND, store[Symbol.asyncDispose]?.());
}

/** The line at the start that says what runs here. */
async function introduce(
  { seal, trustProxy }: Config,
  store: "cookie" | SessionStore,
): Promise<string> {
  const kind = store === "cookie" ? store : store.kind;
  const ping = store === "cookie" ? Promise.resolve() : store.ping();
  const answered = ping.then(
    () => "answers",
    (error) => `does not answer: ${reasonOf(error)}`,
  );
  const answer = await within(2 * SECOND, answered) ?? "does not answer";
  const proxy = trustProxy ? "trusted" : "not trusted";
  return `Baton ${settings.version}: store ${kind} (${answer}), seal ${seal}, X-Forwarded-Proto ${proxy}`;
}

function listen(
  server: GracefulServer,
  { host, port }: Config,
  log: Log,
  fetch: Fetch,
): void {
  const onListen = (address: Deno.NetAddr) => log(listeningOn(address));
  try {
    server.listen({ hostname: host, port, onListen }, fetch);
  } catch (error) {
    throw new ConfigError(
      error instanceof Deno.errors.AddrInUse
        ? `Port ${port} is taken: stop what listens there, or set PORT to another`
        : `Cannot listen on ${host}, port ${port} (${
          reasonOf(error)
        }): set HOST and PORT`,
    );
  }
}

await main();
