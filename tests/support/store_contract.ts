// What every Backend must do, whatever it is built on. To check one of your own:
//
//     storeContract("my store", () => myBackend());
import assert from "node:assert/strict";
import type { Backend } from "../../middleware/session/mod.ts";

export interface StoreContractOptions {
  /** Why it cannot run here: its tests are then ignored, and say so. */
  readonly ignore?: string | null;
  /** Resolves when entries written with a ttl of one second must be gone. Default: looks until they are. */
  readonly pass?: (backend: Backend) => Promise<void>;
  /** How long an entry may outlive its ttl before the contract is broken, in seconds. Default: 10. */
  readonly lateSeconds?: number;
}

/** Registers the contract's tests for the backend that `open` makes, anew for each. */
export function storeContract(
  name: string,
  open: () => Backend | Promise<Backend>,
  { ignore = null, pass, lateSeconds = 10 }: StoreContractOptions = {},
): void {
  function test(what: string, fn: (backend: Backend) => Promise<void>): void {
    Deno.test({
      name: `${name}: ${what}${ignore === null ? "" : ` (${ignore})`}`,
      ignore: ignore !== null,
      async fn() {
        const backend = await open();
        try {
          await fn(backend);
        } finally {
          await backend[Symbol.asyncDispose]?.();
        }
      },
    });
  }

  test("what was never written is null", async (backend) => {
    assert.equal(await backend.get(newKey()), null);
  });

  test("what was written is read, byte for byte", async (backend) => {
    const values = [
      new Uint8Array(0),
      Uint8Array.from({ length: 256 }, (_, i) => i),
      bytes("naïve · Ελληνικά · 👩‍🚀 · ‮right to left‬ · \0 · \u2028"),
      Uint8Array.from({ length: 60_000 }, (_, i) => i * 31),
    ];
    for (const value of values) {
      const key = newKey();
      assert.equal(await backend.swap(key, value, null, 60), true);
      assert.deepEqual(
        Uint8Array.from((await found(backend, key)).value),
        value,
      );
    }
  });

  test("a new key is written only where nothing is", async (backend) => {
    const key = newKey();
    assert.equal(await backend.swap(key, bytes("first"), null, 60), true);
    assert.equal(await backend.swap(key, bytes("second"), null, 60), false);
    assert.equal(await text(backend, key), "first");
  });

  test("a value is replaced only at the version that was read", async (backend) => {
    const key = newKey();
    await backend.swap(key, bytes("1"), null, 60);
    const { version } = await found(backend, key);
    assert.equal(await backend.swap(key, bytes("2"), version, 60), true);
    assert.equal(await backend.swap(key, bytes("3"), version, 60), false);
    assert.equal(await text(backend, key), "2");
  });

  test("the same bytes written again are a new version", async (backend) => {
    const key = newKey();
    await backend.swap(key, bytes("same"), null, 60);
    const { version } = await found(backend, key);
    await backend.swap(key, bytes("same"), version, 60);
    assert.equal(await backend.swap(key, bytes("other"), version, 60), false);
  });

  test("after a remove there is nothing, and no older version brings it back", async (backend) => {
    const key = newKey();
    await backend.swap(key, bytes("here"), null, 60);
    const { version } = await found(backend, key);
    await backend.remove(key);
    assert.equal(await backend.get(key), null);
    assert.equal(await backend.swap(key, bytes("back"), version, 60), false);
    assert.equal(await backend.get(key), null);
  });

  test("a version from before a remove does not fit what was written after it", async (backend) => {
    const key = newKey();
    await backend.swap(key, bytes("old"), null, 60);
    const { version } = await found(backend, key);
    await backend.remove(key);
    await backend.swap(key, bytes("new"), null, 60);
    assert.equal(await backend.swap(key, bytes("old"), version, 60), false);
    assert.equal(await text(backend, key), "new");
  });

  test("removing what is not there is no error, nor is removing twice", async (backend) => {
    const key = newKey();
    await backend.remove(key);
    await backend.swap(key, bytes("x"), null, 60);
    await backend.remove(key);
    await backend.remove(key);
    assert.equal(await backend.get(key), null);
  });

  test("a version that was never given out fits nothing", async (backend) => {
    const key = newKey();
    for (const version of ["", "0", "x", "9".repeat(30), "AAAAAAAAAAAAAAAA"]) {
      assert.equal(await backend.swap(key, bytes("x"), version, 60), false);
    }
    assert.equal(await backend.get(key), null);
  });

  test("of many who write a new key at once, one does", async (backend) => {
    const key = newKey();
    const written = await Promise.all(
      range(20).map((i) => backend.swap(key, bytes(String(i)), null, 60)),
    );
    assert.equal(written.filter(Boolean).length, 1);
    assert.equal(await text(backend, key), String(written.indexOf(true)));
  });

  test("of many who replace the same version at once, one does", async (backend) => {
    const key = newKey();
    await backend.swap(key, bytes("base"), null, 60);
    const { version } = await found(backend, key);
    const written = await Promise.all(
      range(20).map((i) => backend.swap(key, bytes(String(i)), version, 60)),
    );
    assert.equal(written.filter(Boolean).length, 1);
    assert.equal(await text(backend, key), String(written.indexOf(true)));
  });

  test("keys do not touch each other, and none is a pattern, a path or a command", async (backend) => {
    const good = newKey();
    await backend.swap(good, bytes("good"), null, 60);
    const strange = [
      "*",
      "?".repeat(22),
      "../../../../etc/passwd",
      good.toLowerCase() === good ? good.toUpperCase() : good.toLowerCase(),
      `${good}*`,
      `${good}\0`,
      "'; DROP TABLE sessions; --",
      "%",
      "{a}{b}",
      "a\r\nFLUSHALL\r\n",
      "",
      "k".repeat(1000),
    ];
    for (const key of strange) {
      assert.equal(await backend.get(key), null, JSON.stringify(key));
      await backend.remove(key);
    }
    assert.equal(await text(backend, good), "good");
  });

  test("an entry whose ttl has passed is gone, and another that lives on is not", async (backend) => {
    const [short, long] = [newKey(), newKey()];
    await backend.swap(short, bytes("short"), null, 1);
    await backend.swap(long, bytes("long"), null, 3600);
    if (pass === undefined) await untilGone(backend, short, lateSeconds);
    else await pass(backend);
    assert.equal(await backend.get(short), null);
    assert.equal(await text(backend, long), "long");
  });

  test("a later write moves the end", async (backend) => {
    const [renewed, short] = [newKey(), newKey()];
    await backend.swap(renewed, bytes("1"), null, 1);
    const { version } = await found(backend, renewed);
    await backend.swap(renewed, bytes("2"), version, 3600);
    await backend.swap(short, bytes("short"), null, 1);
    if (pass === undefined) await untilGone(backend, short, lateSeconds);
    else await pass(backend);
    assert.equal(await text(backend, renewed), "2");
  });

  test("it says that it can serve", async (backend) => {
    await backend.ping();
  });
}

/** Looks again and again; that is not the same as sleeping and hoping. */
async function untilGone(
  backend: Backend,
  key: string,
  lateSeconds: number,
): Promise<void> {
  const deadline = Date.now() + (1 + lateSeconds) * 1000;
  while (await backend.get(key) !== null) {
    assert(
      Date.now() < deadline,
      `still there ${lateSeconds} s after its end`,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function found(backend: Backend, key: string) {
  return await backend.get(key) ?? assert.fail("nothing is there");
}

async function text(backend: Backend, key: string): Promise<string> {
  return new TextDecoder().decode((await found(backend, key)).value);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
