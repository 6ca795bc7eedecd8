// The started process under load, and among requests that are none.
import {
  address,
  type Answer,
  postUsers,
  readAnswer,
  writeAll,
} from "./raw_http.ts";
import { type HeadFigures, sendRandomRequests } from "./request_heads.ts";
import { type Server, startServer } from "./server.ts";

export interface StopFigures {
  readonly answered: number;
  readonly statuses: readonly number[];
  /** Requests that were sent, and got no answer or half of one. */
  readonly lost: number;
  /** Lines of the log for them. */
  readonly logged: number;
  readonly code: number;
}

/** Clients that post without a pause, each on one connection for as long as it lasts, until they are refused one. */
export async function stopUnderLoad(
  clients: number,
  stop: (server: Server) => Promise<number> = (server) => server.stop(),
): Promise<StopFigures> {
  await using server = await startServer();
  let [answered, lost] = [0, 0];
  const statuses = new Set<number>();
  const warm = Promise.withResolvers<void>();
  const lanes = Array.from({ length: clients }, async () => {
    let connection: Deno.Conn | undefined;
    try {
      while (true) {
        connection ??= await Deno.connect(address(server.url));
        const answer = await ask(connection, postUsers("Jay"));
        if (answer === null) lost++;
        else {
          statuses.add(answer.status);
          if (++answered === 10 * clients) warm.resolve();
        }
        if (answer === null || /^connection: close/im.test(answer.head)) {
          connection.close();
          connection = undefined;
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    } finally {
      connection?.close();
    }
  });
  await warm.promise;
  const code = await stop(server);
  await Promise.all(lanes);
  const lines = server.output().match(/^POST \/users 303 /mg) ?? [];
  const logged = lines.length;
  return { answered, statuses: [...statuses], lost, logged, code };
}

/** null when the connection is reset. */
export async function ask(
  connection: Deno.Conn,
  request: string,
): Promise<Answer | null> {
  try {
    await writeAll(connection, request);
    return await readAnswer(connection);
  } catch {
    return null;
  }
}

export interface FuzzFigures extends HeadFigures {
  readonly longestLineBytes: number;
  readonly linesWithQuery: number;
  readonly isAlive: boolean;
}

/** Random and malformed requests over bare sockets against the started app. */
export async function fuzzRequests(
  requests: number,
  seed: number,
): Promise<FuzzFigures> {
  await using server = await startServer();
  const { port } = address(server.url);
  const figures = await sendRandomRequests(port, requests, seed);
  const { status, body } = await fetch(server.url);
  await body?.cancel();
  const code = await server.stop();
  const lines = server.output().split("\n");
  const bytes = lines.map((line) => new TextEncoder().encode(line).length);
  return {
    ...figures,
    isAlive: status === 200 && code === 0,
    longestLineBytes: Math.max(...bytes),
    linesWithQuery: lines.filter((line) => line.includes("hidden=")).length,
  };
}
