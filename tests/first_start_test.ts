import assert from "node:assert/strict";
import { testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";
import { cannotStart, type Server, startProgram } from "./support/server.ts";

const root = new URL("../", import.meta.url).pathname;
const MEGABYTES = 40;

/** It downloads every time, so it runs where downloads belong. */
const ignored = cannotStart ??
  (Deno.env.get("CI") === "true"
    ? null
    : "needs CI=true, and the npm registry");

/** `deno task start` with the packages of this folder alone. */
function start(cache: string): Promise<Server> {
  return startProgram(Deno.execPath(), {
    args: ["task", "start"],
    cwd: root,
    env: {
      NO_COLOR: "1",
      DENO_DIR: cache,
      PORT: "0",
      SESSION_SECRET: "the secret of a server that has just been cloned",
    },
  });
}

testWhere(
  ignored,
  `the first start downloads at most ${MEGABYTES} MB, the second one nothing`,
  async () => {
    const lock = await Deno.readTextFile(`${root}deno.lock`);
    const cache = await Deno.makeTempDir();
    const first = await start(cache);
    await first.stop();
    assert.match(first.output(), /Download/);
    assert.doesNotMatch(first.output(), /typescript|playwright|axe-core/);
    const megabytes = Number.parseInt(await shell(`du -sm ${cache}/npm`));
    assert.ok(megabytes <= MEGABYTES, `${megabytes} MB`);

    const second = await start(cache);
    await second.stop();
    assert.doesNotMatch(second.output(), /Download/);
    assert.equal(await Deno.readTextFile(`${root}deno.lock`), lock);
    await Deno.remove(cache, { recursive: true });
  },
);
