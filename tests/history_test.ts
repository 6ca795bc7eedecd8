// What visitors were answered is there, whatever is killed or stalled meanwhile: history.ts.
// `deno task prove history STORE SECONDS` runs one for longer, a failover too.
import assert from "node:assert/strict";
import { history, noPlace } from "./support/history.ts";
import { testWhere } from "./support/missing.ts";

for (const place of ["sqlite", "denokv", "postgres", "redis"]) {
  testWhere(
    noPlace(place),
    `${place}: no append is lost or made twice, no old id opens, nothing destroyed comes back, and nothing else is listed`,
    async () => {
      const { appends, wrong } = await history(place, 3);
      assert.deepEqual(wrong, []);
      assert(appends > 0);
    },
  );
}

testWhere(
  noPlace("careless"),
  "the history notices a store that compares no version",
  async () => {
    const isWrong = ({ wrong }: { wrong: string[] }) => wrong.length > 0;
    assert(isWrong(await history("careless", 30, isWrong)));
  },
);
