// A file that another process has locked.
import { DatabaseSync } from "node:sqlite";
import { SECRET } from "./test_app.ts";
import { startServer } from "./server.ts";

export interface LockFigures {
  /** Posts that came while it was locked, by status. */
  readonly statuses: Record<number, number>;
  /** The longest that a page waited which asks no store, in milliseconds. */
  readonly slowestStaticMs: number;
}

/** The answers to visitors while another process holds the lock. */
export async function locked(milliseconds: number): Promise<LockFigures> {
  const cwd = Deno.makeTempDirSync();
  await using server = await startServer({
    cwd,
    environment: {
      SESSION_SECRET: SECRET,
      SESSION_STORE: "sqlite:.data/sessions.db",
    },
  });
  const home = await (await fetch(server.url)).text();
  const style = /href="(\/assets\/[^"]+\.css)"/.exec(home)?.[1] ?? "";
  const post = async () => {
    const response = await fetch(`${server.url}/users`, {
      method: "POST",
      body: new URLSearchParams({ name: "Jay", email: "a@example.com" }),
      redirect: "manual",
    });
    await response.body?.cancel();
    return response.status;
  };
  for (let i = 0; i < 50; i++) await post();

  const other = new DatabaseSync(`${cwd}/.data/sessions.db`);
  other.exec("BEGIN IMMEDIATE");
  const statuses: Record<number, number> = {};
  const until = performance.now() + milliseconds;
  const posts = Array.from({ length: 32 }, async () => {
    while (performance.now() < until) {
      const status = await post();
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  });
  let slowestStaticMs = 0;
  while (performance.now() < until) {
    const start = performance.now();
    await (await fetch(server.url + style)).text();
    slowestStaticMs = Math.max(slowestStaticMs, performance.now() - start);
  }
  other.exec("COMMIT");
  other.close();
  await Promise.all(posts);
  return { statuses, slowestStaticMs };
}
