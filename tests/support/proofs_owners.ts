// of() under races and crashes. Each proof takes
// its size: proofs_owners_test.ts takes seconds, `deno task prove owners` the whole of it.
import assert from "node:assert/strict";
import { createApp } from "../../examples/accounts/app.tsx";
import { openUsers } from "../../examples/accounts/users.ts";
import { session, type SessionStore } from "../../middleware/session/mod.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { type OwnersApp, ownersApp, ownersOptions } from "./owners_app.ts";
import { fillOwned } from "./proofs_size.ts";
import { SECRET, setCookie } from "./test_app.ts";

/** Requests at the same time as `destroyAll({ except })`. */
export const RIVALS = ["save", "regenerate", "restart", "sign-in"] as const;

export interface OwnerFigures {
  /** Races after which anything but what must be alive was, or was missing from the list. */
  wrong: number;
  /** Requests that lost to `destroyAll()`. */
  conflicts: number;
  /** Sign-ins under way that lived on, where there were any. */
  livedOn: number;
}

/** A browser that keeps its cookie. */
class Visitor {
  readonly #app: OwnersApp;
  cookie: string;
  constructor(app: OwnersApp, cookie = "") {
    this.#app = app;
    this.cookie = cookie;
  }
  /** The status, the session's id and whose it is. */
  async visit(what: string) {
    const headers: HeadersInit = this.cookie ? { cookie: this.cookie } : {};
    const response = await this.#app.request(`/${what}`, { headers });
    this.cookie = setCookie(response)?.split(";")[0] ?? this.cookie;
    const text = await response.text();
    assert([200, 409].includes(response.status), text);
    const [id = "", who = ""] = text.split(" ");
    return { status: response.status, id, who };
  }
}

/**
 * `destroyAll()` with one exception, against requests that opened a session before
 * it or open one meanwhile. Afterwards: what began before is over, the exception
 * and what began after are alive, and the list names exactly what is alive.
 */
export async function ownerRaces(
  store: SessionStore,
  rival: typeof RIVALS[number],
  races: number,
): Promise<OwnerFigures> {
  const figures: OwnerFigures = { wrong: 0, conflicts: 0, livedOn: 0 };
  const options = ownersOptions(store);
  const app = ownersApp(options);

  async function race(): Promise<void> {
    const owner = crypto.randomUUID();
    const signIn = async () => {
      const visitor = new Visitor(app);
      await visitor.visit(`sign-in/${owner}`);
      return visitor;
    };
    const [stays, ...before] = [
      await signIn(),
      await signIn(),
      await signIn(),
    ] as const;
    const { id: except } = await stays.visit("read");
    const copies = before.flatMap(({ cookie }) => [cookie, cookie, cookie])
      .map((cookie) => new Visitor(app, cookie));
    const meanwhile = rival === "sign-in"
      ? copies.map(() => new Visitor(app))
      : copies;
    const spread = rival === "sign-in" ? 30 : 4; // milliseconds: destroyAll() looks again while some begin
    const path = rival === "sign-in" ? `sign-in/${owner}` : rival;

    const [, ...answers] = await Promise.all([
      pause(Math.random() * 4)
        .then(() => session(options).of(owner).destroyAll({ except })),
      ...meanwhile.map((visitor) =>
        visitor.visit(`${path}?wait=${Math.random() * spread}`)
      ),
    ]);
    const after = await signIn();

    const dead = rival === "sign-in" ? copies : meanwhile;
    const alive = [await stays.visit("read"), await after.visit("read")];
    let isRight = alive.every(({ who }) => who === owner);
    for (const visitor of dead) {
      if ((await visitor.visit("read")).who === owner) isRight = false;
    }
    if (rival === "sign-in") {
      for (const visitor of meanwhile) {
        const answer = await visitor.visit("read");
        if (answer.who === owner) figures.livedOn += alive.push(answer) && 1;
      }
    }
    const listed = (await session(options).of(owner).list()).map(({ id }) =>
      id
    );
    const ids = alive.map(({ id }) => id);
    if (listed.sort().join() !== ids.sort().join()) isRight = false;
    if (!isRight) figures.wrong++;
    figures.conflicts += answers.filter(({ status }) => status === 409).length;
  }

  const LANES = 10;
  for (let done = 0; done < races; done += LANES) {
    await Promise.all(
      Array.from({ length: Math.min(LANES, races - done) }, race),
    );
  }
  return figures;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * The accounts example, on several servers over one file of users: sign-ins that
 * have read the old password's hash when the password is changed, each on a
 * server of its own. How many were answered as if all was well, and how many of
 * their sessions are alive, or listed, afterwards.
 */
export async function passwordRace(
  store: SessionStore,
  underWay: number,
): Promise<{ answered: number; alive: number; listed: number }> {
  const path = `${Deno.makeTempDirSync()}/users.db`;
  const password = "correct horse battery staple";
  const form = { name: "ada", password };
  const [first, ...others] = Array.from({ length: underWay + 1 }, () => {
    const users = openUsers(path);
    const address = () => "192.0.2.1";
    const options = { users, store, secrets: [SECRET], address, log() {} };
    return { users, visitor: browser(createApp(options)) };
  });
  assert(first !== undefined);
  const { changePassword } = first.users;
  const signIns: Promise<Response>[] = [];
  first.users.changePassword = (user, next) => {
    const changing = changePassword(user, next); // hashes it first
    for (const { visitor } of others) {
      signIns.push(visitor.post("/sign-in", form));
    }
    return changing;
  };
  await first.visitor.post("/sign-up", form);
  await first.visitor.post("/account/password", {
    ...{ current: password, password: "another horse, another staple" },
  });
  const answers = await Promise.all(signIns);
  let alive = 0;
  for (const { visitor } of others) {
    if ((await visitor.get("/account")).status === 200) alive++;
  }
  const page = await (await first.visitor.get("/account")).text();
  const listed = page.match(/name="id"/g)?.length ?? 0;
  assert.match(page, /This browser/);
  for (const { users } of [first, ...others]) users[Symbol.dispose]();
  const answered = answers.filter(({ status }) => status === 303).length;
  return { answered, alive, listed };
}

/**
 * Very many sessions of one owner are ended: the seconds that it takes, and the
 * p99 of other visitors' requests before and meanwhile, in milliseconds.
 */
export async function manyEnded(store: SessionStore, sessions: number) {
  const options = ownersOptions(store);
  const app = ownersApp(options);
  const owner = crypto.randomUUID();
  await fillOwned(store, owner, sessions);
  const visitors = await Promise.all(Array.from({ length: 4 }, async () => {
    const visitor = new Visitor(app);
    await visitor.visit(`sign-in/${crypto.randomUUID()}`);
    return visitor;
  }));

  async function p99(work: Promise<unknown>): Promise<number> {
    let isOver = false;
    const done = work.finally(() => isOver = true);
    const times: number[] = [];
    await Promise.all(visitors.map(async (visitor) => {
      while (!isOver) {
        const start = performance.now();
        assert.equal((await visitor.visit("save")).status, 200);
        times.push(performance.now() - start);
        await pause(5);
      }
    }));
    await done;
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.99)] ?? 0;
  }

  const before = await p99(pause(10_000));
  const start = performance.now();
  let ended = 0;
  const meanwhile = await p99(
    session(options).of(owner).destroyAll().then((sum) => void (ended = sum)),
  );
  const seconds = (performance.now() - start) / 1000;
  return { ended, seconds, p99: { before, meanwhile } };
}

/** A process is killed while it signs in one owner: its answered sessions, and how many of them are alive and not listed. */
export async function ownersAfterACrash(
  store: SessionStore,
  spec: string,
  crashes: number,
): Promise<{ answered: number; dead: number; missing: number }> {
  const figures = { answered: 0, dead: 0, missing: 0 };
  const options = ownersOptions(store);
  const app = ownersApp(options);
  const script = new URL("./owners_process.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  for (let i = 0; i < crashes; i++) {
    const owner = crypto.randomUUID();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--config", config, script, spec, owner],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    let isKilled = false;
    const enough = 30 + Math.random() * 100;
    for await (
      const chunk of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      if (isKilled || text.split("\n").length <= enough) continue;
      isKilled = true;
      child.kill("SIGKILL");
    }
    await child.status;
    const cookies = text.split("\n").slice(0, -1); // the last may be cut off
    const list = await session(options).of(owner).list();
    const listed = new Set(list.map(({ id }) => id));
    for (const cookie of cookies) {
      const { id, who } = await new Visitor(app, cookie).visit("read");
      figures.answered++;
      if (who !== owner) figures.dead++;
      else if (!listed.has(id)) figures.missing++;
    }
  }
  return figures;
}
