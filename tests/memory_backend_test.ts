import { memoryBackend } from "./support/memory_backend.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract("in memory", () => memoryBackend({ now: () => now }), {
  pass: () => {
    now += 2;
    return Promise.resolve();
  },
});
