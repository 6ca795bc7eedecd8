// Microseconds in the middle of it all: deno bench bench/seal_bench.ts
import { createSealer } from "../middleware/session/cookie/seal.ts";

const secrets = ["a secret of the benchmark, with 32 bytes or more"];

for (const seal of ["sign", "encrypt"] as const) {
  for (const bytes of [100, 500, 1000, 2000, 2600]) {
    const sealer = createSealer({
      ...{ secrets, seal, purpose: "session", cookieName: "session" },
    });
    const token = "x".repeat(bytes);
    // More values than are remembered, so that each is opened in earnest.
    const values = Array.from(
      { length: 20_000 },
      (_, i) => sealer.seal(token.slice(0, -8) + String(i).padStart(8, "0")),
    );
    let at = 0;
    const group = `${seal}, ${bytes} bytes`;
    Deno.bench({ name: `seal (${group})`, group }, () => {
      sealer.seal(token);
    });
    Deno.bench({ name: `open (${group})`, group }, () => {
      sealer.open(values[at++ % values.length] ?? "");
    });
  }
}
