import { memoryBackend } from "./memory_backend.ts";
import { storeContract } from "./store_contract.ts";

let now = 0;

storeContract("in memory", () => memoryBackend({ now: () => now }), {
  pass: () => {
    now += 2;
    return Promise.resolve();
  },
});
