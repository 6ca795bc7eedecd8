// What visitors were answered is there, whatever is killed or stalled meanwhile: history.ts.
// `deno task prove history STORE SECONDS` runs one for longer, a failover too.
import assert from "node:assert/strict";
import { history } from "./support/history.ts";
import { noPlace } from "./support/history_places.ts";
import { testWhere } from "./support/missing.ts";
import { figures, SCALE } from "./support/scale.ts";

const SECONDS = 4;

for (const store of ["memory", "sqlite", "denokv", "postgres", "redis"]) {
  testWhere(
    noPlace(store),
    `${store}: no append is lost or made twice, no old id opens, nothing destroyed comes back, and nothing else is listed`,
    async () => {
      const told = await history(store, { seconds: SECONDS * SCALE });
      figures(store, told);
      assert.deepEqual(told.wrong, [], `seed ${told.seed}`);
      assert(told.appends > 50, `${told.appends} appends`);
    },
  );
}

testWhere(
  noPlace("careless"),
  "the history notices a store that compares no version",
  async () => {
    const { wrong } = await history("careless", { seconds: 2 });
    assert(wrong.some((text) => /appends are lost/.test(text)));
    assert(wrong.some((text) => /listed are/.test(text)));
  },
);
