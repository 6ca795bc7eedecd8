// Visitors ask two servers over one database, while servers and database are killed and
// stalled. Whatever was answered is compared with what is there afterwards.
import { eventually } from "./eventually.ts";
import { mayDoAll } from "./missing.ts";
import { noPostgres, startPostgres } from "./postgres_server.ts";
import {
  redisCli,
  type RedisSentinels,
  startSentinels,
} from "./redis_cluster.ts";
import { noRedis, type RedisServer, startRedis } from "./redis_server.ts";
import { type Server, startProgram } from "./server.ts";

const VISITORS = 16;
const SCRIPT = new URL("./history_app.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
/** The most seconds until a write that was answered 503 is taken back. */
const TAKEN_BACK = 10;

const REDIS = ["--appendonly", "yes", "--appendfsync", "always"];

/** Visitors at work for so many seconds, or until it is enough. */
export async function history(
  name: string,
  seconds: number,
  isEnough: (told: Ledger["told"]) => boolean = () => false,
) {
  await using stack = new AsyncDisposableStack();
  const { spec, faults: itsFaults } = await startPlace(name, stack);
  const args = ["run", "--allow-all", "--config", CONFIG, SCRIPT, spec];
  const servers = await Promise.all(
    [0, 1].map(async () =>
      stack.use(await startProgram(Deno.execPath(), { args }))
    ),
  );
  const faults = [...itsFaults, ...faultsOf("server", ...servers)];
  const ledger = new Ledger(servers);
  const { told, dead } = ledger;
  const lives = Array.from({ length: VISITORS }, async (_, i) => {
    for (let n = 0; !ledger.isOver; n++) await live(ledger, `${i}-${n}`);
  });
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !isEnough(told)) {
    await sleep(500 + random(1000));
    const [kind, happens] = faults[random(faults.length)]!;
    await happens();
    told.faults[kind] = (told.faults[kind] ?? 0) + 1;
  }
  ledger.isOver = true;
  await Promise.all(lives);
  for (const cookie of [...dead]) await ledger.isDead(cookie, "all the rest");
  return told;
}

/** The faults; resolves when it is over. */
type Fault = readonly [name: string, happens: () => Promise<void>];

/** Why a history cannot happen there, or null when it can. */
export function noPlace(name: string): string | null {
  if (name === "postgres") return noPostgres;
  if (name === "redis" || name === "sentinel") return noRedis;
  return mayDoAll ? null : "needs --allow-all";
}

/** Its address for history_app.ts, and what goes wrong with it; the stack ends it. */
async function startPlace(
  name: string,
  stack: AsyncDisposableStack,
): Promise<{ spec: string; faults: Fault[] }> {
  if (name === "sentinel") {
    const fleet = stack.use(await startSentinels({ args: REDIS }));
    return { spec: fleet.url, faults: [failover(fleet)] };
  }
  if (name === "postgres" || name === "redis") {
    const database = stack.use(
      await (name === "redis" ? startRedis({ args: REDIS }) : startPostgres()),
    );
    return { spec: database.url, faults: faultsOf("database", database) };
  }
  return { spec: `${name}:${Deno.makeTempDirSync()}/sessions`, faults: [] };
}

/** One of them is killed, or is there and does not answer. */
function faultsOf(name: string, ...all: Server[]): Fault[] {
  const one = () => all[random(all.length)]!;
  return [
    [`kill of a ${name}`, async () => {
      const process = one();
      await process.stop("SIGKILL");
      await process.restart();
    }],
    [`stall of a ${name}`, async () => {
      const process = one();
      process.signal("SIGSTOP");
      await sleep(300 + random(2000));
      process.signal("SIGCONT");
    }],
  ];
}

/** A master is killed, and its replica takes over: the last writes may be lost. */
function failover({ master, replica }: RedisSentinels): Fault {
  const untilRole = (server: RedisServer, role: RegExp) =>
    eventually(async () => {
      const found = await redisCli(server, "ROLE");
      if (!role.test(found)) throw new Error(`its role is ${found}`);
    }, 60);
  return ["failover", async () => {
    await master.stop("SIGKILL");
    await untilRole(replica, /^master/);
    await sleep(5000); // until every sentinel knows: it would be asked again
    await master.restart();
    await untilRole(master, /connected/);
    [master, replica] = [replica, master];
  }];
}

interface Answer {
  readonly status: number;
  readonly body: Found | null;
  /** The cookie that it set, or an empty text. */
  readonly cookie: string;
}

/** A session, as a server tells it. */
interface Found {
  readonly id: string;
  readonly list: readonly number[];
}

const CONTROLS = ["regenerate", "restart", "destroy", "destroy-all"] as const;

/** Asks the servers, and keeps what they have answered. */
class Ledger {
  readonly told = {
    /** Appends and endings that were answered as done. */
    ...{ appends: 0, endings: 0 },
    /** Other answers, by status; 0: no answer. */
    others: {} as Record<number, number>,
    faults: {} as Record<string, number>,
    /** Whatever contradicts an answer. */
    wrong: [] as string[],
  };
  isOver = false;
  readonly #servers: readonly Server[];
  #asked = 0;
  readonly ids = new Set<string>();
  /** Cookies whose session was destroyed, or has another id. */
  readonly dead: string[] = [];

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** One server after the other. */
  async ask(path: string, cookie: string): Promise<Answer> {
    const server = this.#servers[this.#asked++ % this.#servers.length];
    try {
      const init = { method: "POST", headers: { cookie } };
      const response = await fetch(`${server?.url}/${path}`, init);
      const text = await response.text();
      const [line = ""] = response.headers.getSetCookie();
      const { status } = response;
      const body = status === 200 ? JSON.parse(text) : null;
      return { status, body, cookie: line.split(";")[0] ?? "" };
    } catch {
      return { status: 0, body: null, cookie: "" };
    }
  }

  /** Asks until it is answered: nothing is away for ever. */
  async sure(path: string, cookie = ""): Promise<unknown> {
    while (true) {
      const { status, body } = await this.ask(path, cookie);
      if (status === 200) return body;
      await sleep(20);
    }
  }

  async isDead(cookie: string, why: string): Promise<void> {
    this.dead.push(cookie);
    const found = await this.sure("read", cookie);
    if (found !== null) this.told.wrong.push(`it opens after ${why}`);
  }
}

/** Signs in, asks several things at once, looks, and does so again until the session is over. */
async function live(ledger: Ledger, owner: string): Promise<void> {
  const { wrong, others } = ledger.told;
  let cookie = "";
  let appended = 0;
  let done = new Set<number>();
  const unknown = new Set<number>();

  const ask = async (path: string) => {
    const answer = await ledger.ask(path, cookie);
    const { status } = answer;
    if (status !== 200 && status !== 418) {
      others[status] = (others[status] ?? 0) + 1;
    }
    return answer;
  };

  /** For some seconds it may list what is yet to be taken back. */
  const isListed = async (ids: readonly string[], seconds = 0) => {
    const look = async () => {
      if (ledger.isOver && wrong.length > 0) return;
      const list = await ledger.sure(`list/${owner}`) as readonly Found[];
      const listed = list.map(({ id }) => id).join();
      if (listed !== ids.join()) throw new Error(`${listed} is listed`);
    };
    await eventually(look, seconds).catch((error) => wrong.push(`${error}`));
  };

  /** The session is there, once, with all that was answered as done. */
  const check = async (seconds?: number) => {
    const found = await ledger.sure("read", cookie) as Found | null;
    const { id, list } = found ?? { id: "", list: [] };
    if (found === null) wrong.push("a session is lost");
    await isListed([id], seconds);
    const there = new Set(list);
    const lost = [...done].filter((n) => !there.has(n)).length;
    const refused = list.some((n) => !done.has(n) && !unknown.has(n));
    if (there.size < list.length) wrong.push("an append is there twice");
    if (lost > 0) wrong.push(`${lost} appends are lost`);
    if (refused) wrong.push("an append is there that was refused");
    done = there;
  };

  const begins = async (answer: Answer) => {
    const id = answer.body?.id ?? "";
    if (ledger.ids.has(id)) wrong.push(`the id ${id} was given out twice`);
    ledger.ids.add(id);
    cookie = answer.cookie;
    await check();
  };

  const ends = async (why: string, seconds?: number) => {
    await ledger.isDead(cookie, why);
    cookie = "";
    await isListed([], seconds);
  };

  const append = async () => {
    const number = appended++;
    const what = random(3) > 0 ? "append" : "commit";
    const { status } = await ask(`${what}/${number}`);
    if (status === (what === "append" ? 200 : 418)) {
      ledger.told.appends++;
      done.add(number);
    } else if (status === 0 || status === 503) unknown.add(number);
    else if (status !== 401 && status !== 409) {
      wrong.push(`an append was answered ${status}`);
    }
  };

  const round = async () => {
    const control = CONTROLS[random(4 * CONTROLS.length)];
    const isForAll = control === "destroy-all";
    const [answer, rival] = await Promise.all([
      control && ask(isForAll ? `${control}/${owner}` : control),
      isForAll && ask(CONTROLS[random(2)]!),
      ...Array.from({ length: 1 + random(4) }, append),
    ]);
    if (!control || !answer) return await check();
    const { status, body } = answer;
    if (status === 200 && body !== null) {
      await ledger.isDead(cookie, control);
      await begins(answer);
    } else if (status === 200) {
      ledger.told.endings++;
      if (rival && rival.cookie) await ledger.isDead(rival.cookie, control);
      if (rival && rival.status === 0) cookie = ""; // it may still arrive
      else await ends(control, rival ? TAKEN_BACK : 0);
    } else if (status === 503 && control === "restart") {
      await check(TAKEN_BACK);
    } else if (status === 503 || status === 0) {
      await ledger.sure(`destroy-all/${owner}`);
      await ends(`${control}, and an end of all`, TAKEN_BACK);
    } else {
      wrong.push(`${control} was answered ${status}`);
      cookie = "";
    }
  };

  const begun = await ask(`sign-in/${owner}`);
  if (begun.status === 503) await isListed([], TAKEN_BACK);
  if (begun.status === 200) await begins(begun);
  while (cookie !== "" && !ledger.isOver) await round();
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A whole number from 0 on, below this one. */
function random(below: number): number {
  return Math.floor(Math.random() * below);
}
