// Rule 6: changing the secret, step by step, with nobody logged out.
import assert from "node:assert/strict";
import { controlledStore } from "./support/controlled_store.ts";
import { readApp } from "./support/rule_apps.ts";
import {
  cookieOf,
  OTHER_SECRET as NEW,
  SECRET as OLD,
  setCookie,
} from "./support/test_app.ts";

/** The steps of a roll-out. While one of them is under way, some servers are a step ahead of others. */
const STEPS = [
  [OLD],
  [OLD, NEW], // all learn to open the new one,
  [NEW, OLD], // then it begins to seal,
  [NEW], // and the old one goes.
];

for (const store of ["cookie", "server"] as const) {
  for (const seal of ["sign", "encrypt"] as const) {
    Deno.test(`rule 6: a fleet rolls from the old secret to the new one and nobody is logged out; two steps at once log out (${seal}, ${store})`, async () => {
      const shared = store === "server" ? { store: controlledStore() } : {};
      const servers = STEPS.map((secrets) =>
        readApp({ seal, secrets, ...shared })
      );
      const visit = async (step: number, cookie: string) => {
        const headers = { cookie };
        const answer = await servers[step]!.request("/who", { headers });
        const isSealedAnew = setCookie(answer) !== undefined;
        const after = cookieOf(answer, cookie);
        return { who: await answer.text(), isSealedAnew, after };
      };
      for (const [at, [sealing]] of STEPS.entries()) {
        const cookie = cookieOf(await servers[at]!.request("/write"));
        for (const [step, secrets] of STEPS.entries()) {
          const { who, isSealedAnew, after } = await visit(step, cookie);
          const isOpened = secrets.includes(sealing!);
          assert.equal(who, isOpened ? "Jay" : "bad-seal");
          if (Math.abs(step - at) < 2) assert(isOpened);
          assert.equal(isSealedAnew, isOpened && secrets[0] !== sealing);
          const again = await visit(step, after); // once is enough
          assert.deepEqual([again.who, again.after], [who, after]);
        }
      }
    });
  }
}
