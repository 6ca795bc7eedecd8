// The accounts example on several servers over one file of users: sign-ins that have read the
// old password's hash when the password is changed, each on a server of its own.
import assert from "node:assert/strict";
import { createApp } from "../examples/accounts/app.ts";
import { openUsers } from "../examples/accounts/users.ts";
import { memoryStore } from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { SECRET } from "./support/test_app.ts";

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "sign-ins under way while the password is changed leave no session",
  async () => {
    const store = memoryStore();
    const path = `${Deno.makeTempDirSync()}/users.db`;
    const [first = assert.fail(), ...others] = Array.from({ length: 5 }, () => {
      const users = openUsers(path);
      const address = () => "192.0.2.1";
      const options = { users, store, secrets: [SECRET], address, log() {} };
      return { users, visitor: browser(createApp(options)) };
    });
    const form = { name: "ada", password: "correct horse battery staple" };
    const signIns: Promise<Response>[] = [];
    const { changePassword } = first.users;
    first.users.changePassword = (user, next) => {
      const changing = changePassword(user, next); // hashes it first
      for (const { visitor } of others) {
        signIns.push(visitor.post("/sign-in", form));
      }
      return changing;
    };
    await first.visitor.post("/sign-up", form);
    await first.visitor.post("/account/password", {
      ...{ current: form.password, password: "another horse, another staple" },
    });

    const answers = await Promise.all(signIns);
    assert(answers.some(({ status }) => status === 303), "nothing raced");
    for (const { visitor } of others) {
      assert.equal((await visitor.get("/account")).status, 303);
    }
    const page = await (await first.visitor.get("/account")).text();
    assert.match(page, /This browser/);
    assert.doesNotMatch(page, /name="id"/); // no other session is listed
    for (const { users } of [first, ...others]) users[Symbol.dispose]();
  },
  { sanitizeOps: false, sanitizeResources: false }, // the rate limiters' timers
);
