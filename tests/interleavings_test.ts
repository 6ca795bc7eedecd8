// Two requests on one session, in every order in which a store can answer their
// questions and that can differ: two reads, or questions about two keys, come to
// the same either way round. Once more with the process of one of them gone after
// each question. Three requests, in random orders.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import type { Session } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { byName, Clock, type Data, world } from "./support/test_app.ts";

const { now } = new Clock();
const FIRST = { name: "ada", flash: "nonce", list: ["assam"] };

/** The subject of a question; without a key it is about all of them. */
interface About {
  readonly reads: boolean;
  readonly key?: string;
}

/** A question that waits for its answer, and the request that asked. */
interface Question extends About {
  readonly request: number;
  answer(): void;
}

/** true when it makes no difference which of two is answered first. */
function commute(one: About, other: About): boolean {
  return one.reads && other.reads ||
    one.key !== undefined && other.key !== undefined && one.key !== other.key;
}

/** Sessions, and a store that answers when the test says so. */
function newWorld() {
  const gate = { turn: (_: About): Promise<void> => Promise.resolve() };
  const { removeAll: _, ...store } = controlledStore({
    now,
    turn: (operation, on) =>
      operation === "owned"
        ? gate.turn({ reads: true })
        : gate.turn({ reads: operation === "get", key: String(on) }),
  });
  const { app, ask, sessions } = world({ store, owner: byName });
  app.use(sessions).get("/read", async (c) => {
    const { data, info } = await c.var.session({ touch: false });
    return c.json(info.isNew ? null : { id: info.id, data });
  });
  app.get("/:program/:who", async (c) => {
    const { program, who } = c.req.param();
    const run = PROGRAMS[decodeURIComponent(program)] ?? assert.fail();
    // Signing out everywhere is done from elsewhere: it opens no session here.
    const opened = program === "destroy all" ? null : await c.var.session();
    return c.json(await run(opened as Session<Data>, who) ?? null);
  });
  return { store, gate, sessions, ask };
}

let current = newWorld();
let isDeadInside = false;
let firstKey = "";

/** The changes of one request; returns its answer to the visitor. */
type Program = (s: Session<Data>, who: string) => unknown;
const add: Program = (s) => s.update(({ count }) => ({ count: count + 1 }));
const PROGRAMS: Record<string, Program> = {
  touch() {},
  add,
  skip: (s) =>
    s.update(({ count }) => ({ count: count + 1 }), { onConflict: "skip" }),
  take: (s) => s.take("flash"),
  async "take once"(s) {
    const taken = s.take("flash");
    await s.commit();
    return taken;
  },
  async claim(s, who) {
    s.update(({ list }) => list.length < 2 ? { list: [...list, who] } : {});
    await s.commit();
    return s.data.list[1] === who;
  },
  async "add, commit, add"(s, who) {
    add(s, who);
    await s.commit();
    add(s, who);
  },
  async "restart, commit, add"(s, who) {
    s.restart({ keep: ["list"] });
    s.update({ name: "ada" });
    await s.commit();
    add(s, who);
  },
  regenerate: (s) => s.regenerate(),
  restart: (s) => s.restart(),
  "restart with the cart"(s) {
    s.restart({ keep: ["list"] });
    s.update({ name: "ada" });
  },
  "restart afresh"(s) {
    s.restart({ keep: [] });
    s.update({ name: "ada" });
  },
  destroy: (s) => s.destroy(),
  // Whoever has opened the session ends it, under whatever id it is by then.
  "destroy, opened before": async () => await current.store.remove(firstKey),
  async "destroy all"() {
    await current.sessions.of("ada").destroyAll();
  },
};

interface Answer {
  readonly status: number;
  readonly told: unknown;
  /** The cookie that it set: the data that it opens, or null. */
  readonly opens: unknown;
}

interface Run {
  /** The data that the cookie of all requests still opens, or null. */
  readonly first: unknown;
  /** null: the request was not made, or its process died. */
  readonly answers: readonly (Answer | null)[];
  /** The sessions that are listed, and those that a cookie opens. */
  readonly listed: readonly string[];
  readonly opened: readonly string[];
}

/** A request whose process is gone after so many answers. */
interface Death {
  readonly request: number;
  readonly after: number;
}

/** Makes the requests with the first session's cookie. `choose` says which of the waiting questions is answered next. */
async function perform(
  programs: readonly (string | null)[],
  choose: (waiting: readonly Question[]) => Question | undefined,
  dies?: Death,
): Promise<Run> {
  // What a process that has gone still does, it must not do to the next run.
  if (isDeadInside) current = newWorld();
  isDeadInside = dies !== undefined;
  const { store, gate, sessions, ask } = current;
  gate.turn = () => Promise.resolve();
  for (const key of store.entries.keys()) await store.remove(key);
  const cookie = await sealFor(sessions, FIRST, { at: now() - 200 });
  [firstKey = ""] = store.entries.keys();
  const who = new AsyncLocalStorage<number>();
  let waiting: Question[] = [];
  const asked = programs.map(() => 0);
  const running = new Set<number>();
  const isOver = Promise.withResolvers<never>();
  isOver.promise.catch(() => {});
  gate.turn = (about) =>
    new Promise((resolve, reject) => {
      const request = who.getStore() ?? -1;
      asked[request] = (asked[request] ?? 0) + 1;
      const isDead = dies?.request === request && asked[request] > dies.after;
      if (!isDead) return waiting.push({ ...about, request, answer: resolve });
      running.delete(request);
      isOver.promise.catch(reject); // till then it is not answered
    });

  const responses = programs.map(async (program, i) => {
    if (program === null) return null;
    running.add(i);
    const path = `/${encodeURIComponent(program)}/${"ABC"[i]}`;
    const response = await who.run(i, () => ask(path, cookie));
    running.delete(i);
    return response;
  });
  const isWaiting = (i: number) => waiting.some(({ request }) => request === i);
  while (running.size > 0) {
    while (![...running].every(isWaiting)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ready = programs.flatMap((_, i) =>
      waiting.find(({ request }) => request === i) ?? []
    );
    if (ready.length === 0) break;
    const next = choose(ready);
    waiting = waiting.filter((question) => question !== next);
    next?.answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  gate.turn = () => Promise.resolve();

  const opened = new Set<string>();
  async function opens(pair: string): Promise<unknown> {
    const found = await (await ask("/read", pair)).json();
    if (found !== null) opened.add(found.id);
    return found?.data ?? null;
  }
  const first = await opens(cookie);
  const answers: (Answer | null)[] = [];
  for (const [i, pending] of responses.entries()) {
    const response = dies?.request === i && asked[i]! > dies.after
      ? null
      : await pending;
    if (response === null) {
      answers.push(null);
      continue;
    }
    const [line = ""] = response.headers.getSetCookie();
    const [pair] = line.split(";");
    const { status } = response;
    // What was committed before a conflict stays, and so does its cookie.
    const mayHaveCookie = status === 200 || programs[i]?.includes("commit");
    assert(mayHaveCookie || line === "", `${status} with a cookie`);
    const told = status === 200 ? await response.json() : null;
    answers.push({ status, told, opens: pair ? await opens(pair) : null });
  }
  const listed = (await sessions.of("ada").list()).map(({ id }) => id);
  gate.turn = () => isOver.promise;
  isOver.reject(new Error("its process has gone"));
  for (const { answer } of waiting) answer(); // it asked more than one at once
  await Promise.all(responses);
  return { first, answers, listed, opened: [...opened] };
}

/**
 * Every run, by trying each choice at each turn once. A question that was passed
 * over for an earlier run sleeps until one that it does not commute with is
 * answered: till then every order with it was looked at (Godefroid's sleep sets).
 */
async function* everyOrder(
  programs: readonly (string | null)[],
  dies?: Death,
): AsyncGenerator<Run> {
  let path: number[] = [];
  while (true) {
    const widths: number[] = [];
    const asleep = new Set<number>();
    let isNew = true;
    const run = await perform(programs, (ready) => {
      const awake = ready.filter(({ request }) => !asleep.has(request));
      isNew &&= awake.length > 0;
      if (!isNew) return ready[0];
      const at = path[widths.length] ?? 0;
      widths.push(awake.length);
      for (const passed of awake.slice(0, at)) asleep.add(passed.request);
      const chosen = awake[at]!;
      for (const other of ready) {
        if (!commute(other, chosen)) asleep.delete(other.request);
      }
      return chosen;
    }, dies);
    if (isNew) yield run;
    const taken = widths.map((_, i) => path[i] ?? 0);
    const last = taken.findLastIndex((n, i) => n + 1 < widths[i]!);
    if (last < 0) return;
    path = [...taken.slice(0, last), taken[last]! + 1];
  }
}

const key = (value: unknown) => JSON.stringify(value);

/** One after the other, in this order; a request that is left out is null. */
async function inOrder(
  programs: readonly (string | null)[],
  order: readonly number[],
): Promise<Run> {
  const rank = ({ request }: Question) => order.indexOf(request);
  return await perform(
    programs,
    (ready) => ready.toSorted((a, b) => rank(a) - rank(b))[0],
  );
}

/** Every choice of one from each. */
function choices<T>(each: readonly (readonly T[])[]): T[][] {
  return each.reduce<T[][]>(
    (all, some) => all.flatMap((one) => some.map((next) => [...one, next])),
    [[]],
  );
}

/** What a request may come to besides: what it has committed stays, though the rest of it was a conflict. */
const INSTEAD: Record<string, string[]> = {
  "add, commit, add": ["add"],
  "restart, commit, add": ["restart with the cart"],
  destroy: ["destroy, opened before"],
};
const MAY_BE_DROPPED = new Set(["touch", "skip", "take"]);

/** A request that was not made: a conflict, or no word of what need not be saved. */
function isGivenUp(program: string, answer: Answer | null): boolean {
  return MAY_BE_DROPPED.has(program)
    ? answer?.status === 200 && answer.opens === null
    : answer?.status === 409;
}

const ENDS_ALL = new Set(["destroy", "destroy all"]);

/**
 * All outcomes that are right: those of one request after the other, in any
 * order, where a conflict is a request that was not made, and what need not be
 * saved may have come to nothing. Whoever ends a session that he opened ends it
 * under another id too. The request whose process `dies` has told no browser what
 * it did.
 */
async function rightOutcomes(programs: readonly string[], dies?: number) {
  const all = new Set<string>();
  const ways = programs.map((one) => [one, null, ...(INSTEAD[one] ?? [])]);
  const orders = choices(programs.map(() => [...programs.keys()]))
    .filter((order) => new Set(order).size === programs.length);
  for (const made of choices<string | null>(ways)) {
    for (const order of orders) {
      const { first, answers } = await inOrder(made, order);
      const told = answers.map((one, i) => {
        const isPart = made[i] !== programs[i];
        const isCommitted = isPart && programs[i]?.includes("commit");
        return i === dies || isCommitted ? null : one;
      });
      all.add(key({ first, answers: told }));
    }
  }
  return function isRight({ first, answers }: Run): boolean {
    const isEnded = answers.some((answer, i) =>
      answer?.status === 200 && ENDS_ALL.has(programs[i] ?? "")
    );
    if (isEnded && first !== null) return false;
    const known = choices(
      answers.map((answer, i) =>
        isGivenUp(programs[i] ?? "", answer) ? [answer, null] : [answer]
      ),
    );
    const isAllOver = first === null &&
      answers.every((answer) => (answer?.opens ?? null) === null) &&
      programs.some((one) => ENDS_ALL.has(one));
    return isAllOver ||
      known.some((answers) => all.has(key({ first, answers })));
  };
}

function check(
  programs: readonly string[],
  run: Run,
  isRight: (run: Run) => boolean,
): void {
  const what = `${programs.join(" | ")}: ${key(run)}`;
  assert(isRight(run), what);
  const isAnybodys = run.listed.every((id) => run.opened.includes(id));
  assert(isAnybodys, `a session is listed that no browser has: ${what}`);
}

const names = Object.keys(PROGRAMS).filter((name) => !name.includes("before"));

for (const [i, one] of names.entries()) {
  Deno.test(`two requests in every order: ${one}, and each other`, async () => {
    for (const other of names.slice(i)) {
      const isRight = await rightOutcomes([one, other]);
      for await (const run of everyOrder([one, other])) {
        check([one, other], run, isRight);
      }
    }
  });

  Deno.test(`the process of "${one}" is gone after each question, whatever another request does`, async () => {
    for (const other of names) {
      const isRight = await rightOutcomes([one, other], 0);
      for (let after = 0, isOver = false; !isOver; after++) {
        isOver = true;
        const dies = { request: 0, after };
        for await (const run of everyOrder([one, other], dies)) {
          if (run.answers[0] !== null) continue; // it was done before
          isOver = false;
          assert(isRight(run), `${one} †${after} | ${other}: ${key(run)}`);
        }
      }
    }
  });
}

Deno.test("three requests in random orders", async () => {
  let seed = 20_261_127;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
  for (let i = 0; i < 25; i++) {
    const three = Array.from({ length: 3 }, () => names[random(names.length)]!);
    const isRight = await rightOutcomes(three);
    for (let n = 0; n < 20; n++) {
      const run = await perform(three, (ready) => ready[random(ready.length)]);
      check(three, run, isRight);
    }
  }
});
