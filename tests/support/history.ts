// A history of visitors over one store: two servers answer them, and are killed and
// stalled, like their database. What was answered is compared with what is there.
import { type Fault, PLACES, type Random, sleep } from "./history_places.ts";
import { until } from "./redis_cluster.ts";
import { type Server, startProgram } from "./server.ts";

export interface HistoryOptions {
  readonly seconds: number;
  /** The same seed makes the same requests and faults; when each arrives, the machine decides. */
  readonly seed?: number;
}

export interface History {
  readonly seed: number;
  /** Appends and endings that were answered as done. */
  readonly appends: number;
  readonly endings: number;
  /** Other answers, by status; 0: no answer. */
  readonly others: Record<number, number>;
  readonly faults: Record<string, number>;
  /** What contradicts an answer. */
  readonly wrong: readonly string[];
}

const VISITORS = 16;
const SCRIPT = new URL("./history_app.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** Two servers over the place; memory has one, and neither kills nor stalls. */
export async function history(
  name: string,
  { seconds, seed = Math.trunc(Math.random() * 2 ** 31) }: HistoryOptions,
): Promise<History> {
  await using place = await PLACES[name]!();
  const start = () =>
    startProgram(Deno.execPath(), {
      args: ["run", "--allow-all", "--config", CONFIG, SCRIPT, place.spec],
      cwd: Deno.makeTempDirSync(),
    });
  const servers = [await start()];
  const isShared = !/^(?:memory|careless):/.test(place.spec);
  if (isShared) servers.push(await start());
  const faults: Record<string, Fault> = !isShared ? {} : {
    ...place.faults,
    async "kill of a server"(random) {
      const i = random(2);
      await servers[i]!.stop("SIGKILL");
      servers[i] = await start();
    },
    async "stall of a server"(random) {
      const { pid } = servers[random(2)]!;
      Deno.kill(pid, "SIGSTOP");
      await sleep(300 + random(2000));
      Deno.kill(pid, "SIGCONT");
    },
  };
  const ledger = new Ledger(servers);
  const counts: Record<string, number> = {};
  const end = performance.now() + seconds * 1000;
  const isOver = () => performance.now() > end;
  try {
    const visitors = Array.from(
      { length: VISITORS },
      (_, i) => new Visitor(ledger, i, randomFrom(seed + i + 1)),
    );
    const lanes = visitors.map(async (visitor) => {
      while (!isOver()) await visitor.round();
    });
    const random = randomFrom(seed);
    const kinds = Object.keys(faults);
    while (!isOver()) {
      await sleep(500 + random(1000));
      const kind = kinds[random(kinds.length)];
      if (kind === undefined) continue;
      await faults[kind]!(random);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    await Promise.all(lanes);
    await ledger.checkDead();
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
  const { appends, endings, others, wrong } = ledger;
  return { seed, appends, endings, others, faults: counts, wrong };
}

interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly body: unknown;
  /** The cookie that it set. */
  readonly set: string | undefined;
}

/** Asks the servers, and writes down what their answers promised. */
class Ledger {
  readonly #servers: readonly Server[];
  #asked = 0;
  appends = 0;
  endings = 0;
  readonly others: Record<number, number> = {};
  readonly wrong: string[] = [];
  readonly #ids = new Set<string>();
  /** Cookies whose session was destroyed, or has another id. */
  readonly #dead: string[] = [];

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** One server after the other. */
  async ask(path: string, cookie = ""): Promise<Answer> {
    const server = this.#servers[this.#asked++ % this.#servers.length];
    const headers = { cookie };
    try {
      const url = `${server?.url}${path}`;
      const response = await fetch(url, { method: "POST", headers });
      const text = await response.text();
      const [line] = response.headers.getSetCookie();
      const { status } = response;
      return {
        ...{ status, set: line?.split(";")[0] },
        body: status === 200 ? JSON.parse(text) : text,
      };
    } catch {
      return { status: 0, body: null, set: undefined };
    }
  }

  /** Asks until it is answered: nothing is away for ever. */
  async sure(path: string, cookie?: string): Promise<unknown> {
    while (true) {
      const { status, body } = await this.ask(path, cookie);
      if (status === 200) return body;
      await sleep(20);
    }
  }

  /** Every server has answered, and has taken back what it had to. */
  async settle(): Promise<void> {
    for (const i of this.#servers.keys()) {
      await until(async () => {
        const url = `${this.#servers[i]?.url}/ping`;
        const response = await fetch(url, { method: "POST" });
        await response.body?.cancel();
        return response.ok;
      }, 60);
    }
  }

  async list(owner: string): Promise<readonly Found[]> {
    return await this.sure(`/list/${owner}`) as Found[];
  }

  isNew(id: string): void {
    if (this.#ids.has(id)) this.wrong.push(`the id ${id} was given out twice`);
    this.#ids.add(id);
  }

  async isDead(cookie: string, why: string): Promise<void> {
    this.#dead.push(cookie);
    const found = await this.sure("/read", cookie);
    if (found !== null) this.wrong.push(`it opens after ${why}`);
  }

  async checkDead(): Promise<void> {
    for (const cookie of this.#dead) {
      const found = await this.sure("/read", cookie);
      if (found !== null) this.wrong.push("an old cookie opens in the end");
    }
  }
}

interface Found {
  readonly id: string;
  readonly list: readonly number[];
}

const CONTROLS = ["regenerate", "restart", "destroy", "destroy-all"] as const;

/** Somebody who asks several things at once, and then looks. */
class Visitor {
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #name: number;
  #epoch = 0;
  #next = 0;
  #cookie = "";
  /** Appends of this session: answered as done, and without an answer. */
  #done = new Set<number>();
  #unknown = new Set<number>();

  constructor(ledger: Ledger, name: number, random: Random) {
    this.#ledger = ledger;
    this.#random = random;
    this.#name = name;
  }

  get #owner(): string {
    return `${this.#name}-${this.#epoch}`;
  }

  async round(): Promise<void> {
    if (this.#cookie === "") return await this.#signIn();
    const random = this.#random;
    const control = random(4) > 0 ? undefined : CONTROLS[random(4)];
    const appends = Array.from({ length: 1 + random(4) }, () => this.#append());
    const [answer] = await Promise.all([
      control && this.#ask(`/${control}`),
      random(3) === 0 && this.#claim(),
      ...appends,
    ]);
    if (control === undefined) return await this.#check();
    const { status = 0, set, body } = answer ?? {};
    const old = this.#cookie;
    if (status === 200 && /^re/.test(control)) {
      this.#cookie = set ?? "";
      this.#ledger.isNew((body as Found).id);
      await this.#ledger.isDead(old, control);
      await this.#check();
    } else if (status === 200) {
      this.#ledger.endings++;
      await this.#isOver(control);
    } else if (status === 503 && control === "restart") {
      await this.#ledger.settle();
      await this.#check();
    } else if (status === 0 || status === 503) {
      if (control === "regenerate") await this.#check({ isIdKnown: false });
      await this.#ledger.sure(`/end/${this.#owner}`);
      await this.#isOver(`${control}, and an end of all`);
      if (status === 0) this.#epoch++; // a dead process may have begun one
    } else {
      this.#ledger.wrong.push(`${control} was answered ${status}`);
      await this.#isOver(control);
    }
  }

  async #signIn(): Promise<void> {
    const { status, set = "", body } = await this.#ask(
      `/sign-in/${this.#owner}`,
    );
    this.#done = new Set();
    this.#unknown = new Set();
    if (status === 200) {
      this.#cookie = set;
      this.#ledger.isNew((body as Found).id);
      await this.#check();
    } else if (status === 503) {
      await this.#ledger.settle();
      this.#isListed(await this.#ledger.list(this.#owner));
    } else this.#epoch++;
  }

  async #append(): Promise<void> {
    const number = this.#next++;
    const what = this.#random(3) > 0 ? "append" : "commit";
    const { status } = await this.#ask(`/${what}/${number}`);
    if (status === (what === "append" ? 200 : 418)) {
      this.#ledger.appends++;
      this.#done.add(number);
    } else if (status === 0 || status === 503) this.#unknown.add(number);
    else if (status !== 401 && status !== 409) {
      this.#ledger.wrong.push(`an append was answered ${status}`);
    }
  }

  /** Two requests claim one thing: one of them gets it. */
  async #claim(): Promise<void> {
    const path = `/claim/${this.#next++}`;
    const answers = await Promise.all([this.#ask(path), this.#ask(path)]);
    const told = answers.filter(({ status }) => status === 200);
    const won = told.filter(({ body }) => (body as { won: boolean }).won);
    if (won.length > 1 || won.length === 0 && told.length === 2) {
      this.#ledger.wrong.push(`a claim was won by ${won.length}`);
    }
  }

  async #ask(path: string): Promise<Answer> {
    const answer = await this.#ledger.ask(path, this.#cookie);
    const { others } = this.#ledger;
    if (answer.status !== 200 && answer.status !== 418) {
      others[answer.status] = (others[answer.status] ?? 0) + 1;
    }
    return answer;
  }

  /** The session is there, once, with all that was answered as done. */
  async #check({ isIdKnown = true } = {}): Promise<void> {
    const list = await this.#ledger.list(this.#owner);
    const found = isIdKnown
      ? await this.#ledger.sure("/read", this.#cookie) as Found | null
      : list[0];
    if (!found) {
      this.#ledger.wrong.push("a session is lost");
      this.#cookie = "";
      return;
    }
    const { id, list: numbers } = found;
    this.#isListed(list, id);
    const there = new Set(numbers);
    const lost = [...this.#done].filter((number) => !there.has(number));
    const refused = [...there].filter((number) =>
      !this.#done.has(number) && !this.#unknown.has(number)
    );
    const { wrong } = this.#ledger;
    if (there.size < numbers.length) wrong.push("an append is there twice");
    if (lost.length > 0) wrong.push(`${lost.length} appends are lost`);
    if (refused.length > 0) wrong.push("an append is there that was refused");
    this.#done = there;
  }

  async #isOver(why: string): Promise<void> {
    await this.#ledger.isDead(this.#cookie, why);
    this.#cookie = "";
    this.#isListed(await this.#ledger.list(this.#owner));
  }

  #isListed(list: readonly Found[], ...ids: string[]): void {
    const listed = list.map(({ id }) => id).join();
    if (listed === ids.join()) return;
    this.#ledger.wrong.push(`listed are ${listed}, not ${ids}`);
  }
}

/** The same numbers for the same seed. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
