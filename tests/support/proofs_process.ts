// The started process survives: being stopped under load, slow clients, no descriptors left,
// requests that are none. process_test.ts takes seconds, `deno task prove` the whole of it.
import {
  address,
  type Answer,
  postUsers,
  readAnswer,
  send,
  writeAll,
} from "./raw_http.ts";
import { type HeadFigures, sendRandomRequests } from "./request_heads.ts";
import { type Server, startServer } from "./server.ts";

export interface StopFigures {
  readonly answered: number;
  readonly statuses: readonly number[];
  /** Requests that were sent, and got no answer or half of one. */
  readonly lost: number;
  readonly code: number;
  readonly seconds: number;
}

/** Clients that post without a pause, each on one connection for as long as it lasts, until they are refused one. */
export async function stopUnderLoad(
  { clients, warmUp }: { clients: number; warmUp: number },
  stop: (server: Server) => Promise<number> = (server) => server.stop(),
): Promise<StopFigures> {
  await using server = await startServer();
  let [answered, lost] = [0, 0];
  const statuses = new Set<number>();
  const warm = Promise.withResolvers<void>();
  const lanes = Array.from({ length: clients }, async (_, lane) => {
    let connection: Deno.Conn | undefined;
    try {
      while (true) {
        try {
          connection ??= await Deno.connect(address(server.url));
        } catch (error) {
          if (error instanceof Deno.errors.ConnectionRefused) return;
          throw error;
        }
        const answer = await ask(connection, postUsers(`Lane${lane}`));
        if (answer === null) lost++;
        else {
          statuses.add(answer.status);
          if (++answered === warmUp) warm.resolve();
        }
        if (answer === null || /^connection: close/im.test(answer.head)) {
          connection.close();
          connection = undefined;
        }
      }
    } finally {
      connection?.close();
    }
  });
  await warm.promise;
  const start = performance.now();
  const code = await stop(server);
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(lanes);
  return { answered, statuses: [...statuses], lost, code, seconds };
}

async function ask(
  connection: Deno.Conn,
  request: string,
): Promise<Answer | null> {
  try {
    await writeAll(connection, request);
    return await readAnswer(connection);
  } catch {
    return null; // reset
  }
}

const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
const HOST = "Host: localhost\r\n";

/** The requests of clients that never send the rest. */
export const UNFINISHED = {
  "half a head": "GET / HTTP/1.1\r\nHos",
  "a GET with half a body":
    `GET / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\na`,
  "a chunked body on a path that is not there":
    `PUT /nowhere HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`,
  "1 of 100 bytes of a form":
    `POST /users HTTP/1.1\r\n${HOST}${FORM}Content-Length: 100\r\n\r\na`,
} as const;

/** Seconds that a process takes to end with such clients connected. */
export async function stopWithSlowClients(
  kinds: readonly (keyof typeof UNFINISHED)[],
): Promise<{ code: number; seconds: number; othersStatus: number }> {
  await using server = await startServer();
  const connections: Deno.Conn[] = [];
  try {
    for (const kind of kinds) {
      connections.push(await send(server.url, UNFINISHED[kind]));
    }
    await (await fetch(`${server.url}/healthz`)).body?.cancel(); // they were read before this
    const start = performance.now();
    const ended = server.stop();
    await server.prints(/^Stopping$/m);
    const others = await fetch(server.url);
    await others.body?.cancel();
    const code = await ended;
    const seconds = (performance.now() - start) / 1000;
    return { code, seconds, othersStatus: others.status };
  } finally {
    for (const connection of connections) connection.close();
  }
}

export interface DescriptorFigures {
  /** Half-sent requests until no connection was accepted any more. */
  readonly connections: number;
  /** The answer on an earlier connection. */
  readonly openStatus: number | undefined;
  /** Milliseconds from the moment descriptors are free to the first good answer. */
  readonly recoveredMs: number;
  readonly lines: readonly string[];
  readonly code: number;
}

/** One client takes every descriptor with half-sent requests, and then lets go of them. */
export async function withoutDescriptors(
  descriptors: number,
): Promise<DescriptorFigures> {
  await using server = await startServer({
    limits: [`ulimit -n ${descriptors}`],
  });
  const open = await Deno.connect(address(server.url));
  const held: Deno.Conn[] = [];
  try {
    const said = server.prints(/No new connection can be accepted/);
    let isSaid = false;
    said.then(() => isSaid = true);
    while (!isSaid && held.length < descriptors) {
      const next = await send(server.url, UNFINISHED["half a head"])
        .catch(() => null); // nobody listens any more
      if (next === null) break;
      held.push(next);
    }
    await said;
    const before = await ask(open, postUsers("Jay"));
    const connections = held.length;
    for (const connection of held.splice(0)) connection.close();
    const start = performance.now();
    let isBack = false;
    while (!isBack) {
      isBack = await fetch(server.url).then(
        async (response) => (await response.text()) !== "",
        () => false,
      );
    }
    const recoveredMs = performance.now() - start;
    await server.prints(/New connections are accepted again/);
    const code = await server.stop();
    return {
      ...{ connections, recoveredMs, code, openStatus: before?.status },
      lines: server.output().split("\n").filter((line) =>
        /onnection/.test(line)
      ),
    };
  } finally {
    for (const connection of [open, ...held]) connection.close();
  }
}

export interface FuzzFigures extends HeadFigures {
  readonly longestLineBytes: number;
  readonly linesWithQuery: number;
  /** Resident megabytes after a tenth of the requests, and after all. */
  readonly memory: readonly [number, number];
  readonly isAlive: boolean;
}

/** Random and malformed requests over bare sockets against the started app. */
export async function fuzzRequests(
  requests: number,
  seed: number,
): Promise<FuzzFigures> {
  await using server = await startServer();
  const { port } = address(server.url);
  const warm = await sendRandomRequests(port, requests / 10, seed);
  const before = residentMegabytes(server.pid);
  const figures = await sendRandomRequests(port, requests, seed + 1);
  const response = await fetch(server.url);
  await response.text();
  const after = residentMegabytes(server.pid);
  const code = await server.stop();
  const lines = server.output().split("\n");
  return {
    ...figures,
    broken: [...warm.broken, ...figures.broken],
    memory: [before, after],
    isAlive: response.status === 200 && code === 0,
    longestLineBytes: Math.max(
      ...lines.map((line) => new TextEncoder().encode(line).length),
    ),
    linesWithQuery: lines.filter((line) => line.includes("hidden=")).length,
  };
}

function residentMegabytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
