// Proofs of bound sessions, changed in every way.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4.10.2";
import { contractApp } from "./contract_app.ts";
import { Device, newKey, signProof } from "./device.ts";
import type { Run } from "./properties.ts";
import { SECRET } from "./test_app.ts";

type Change = (valid: string, other: string) => string;

const CHARACTERS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Of a character, of a part, of a part's content, of the header around it. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(63)).map(([at, to]): Change => (valid) => {
    const i = at % valid.length;
    return valid.slice(0, i) + CHARACTERS[to] + valid.slice(i + 1);
  }),
  fc.nat().map((length): Change => (valid) =>
    valid.slice(0, length % valid.length)
  ),
  fc.tuple(fc.nat(), fc.nat()).map(([a, b]): Change => (valid, other) =>
    valid.slice(0, a % valid.length) + other.slice(b % other.length)
  ),
  fc.nat(2).map((part): Change => (valid, other) =>
    valid.split(".").with(part, other.split(".")[part] ?? "").join(".")
  ),
  fc.tuple(fc.nat(), fc.constantFrom("=", ".", '"', "%00", "\u00e9", ";"))
    .map(([at, junk]): Change => (valid) => {
      const i = at % valid.length;
      return valid.slice(0, i) + junk + valid.slice(i);
    }),
  fc.tuple(fc.nat(1), fc.jsonValue()).map(([part, value]) =>
    replacePart(part, Buffer.from(JSON.stringify(value)))
  ),
  fc.tuple(
    fc.nat(1),
    fc.constantFrom("alg", "typ", "jti", "jwk"),
    fc.jsonValue(),
  )
    .map(([part, name, value]): Change => (valid) => {
      const text = valid.split(".")[part] ?? "";
      const given = JSON.parse(Buffer.from(text, "base64url").toString());
      const changed = JSON.stringify({ ...given, [name]: value });
      return replacePart(part, Buffer.from(changed))(valid, "");
    }),
  fc.uint8Array({ minLength: 60, maxLength: 68 }).map((bytes) =>
    replacePart(2, Buffer.from(bytes))
  ),
);

function replacePart(part: number, bytes: Buffer): Change {
  return (valid) =>
    valid.split(".").with(part, bytes.toString("base64url")).join(".");
}

/** At both addresses, each beside a proof that would do. */
export async function changedProofs({ numRuns, seed }: Run): Promise<void> {
  const app = contractApp({ secrets: [SECRET], refreshSeconds: 300 });
  const [bound, other, offered] = [
    new Device(app),
    new Device(app),
    new Device(app),
  ];
  await bound.signIn();
  await other.signIn();
  await offered.request("/sign-in");
  const key = await newKey();

  async function proofs() {
    const offer = offered.offer ?? assert.fail();
    const challenge = await bound.challenge() ?? assert.fail();
    const theirs = await other.challenge() ?? assert.fail();
    const isRefresh = { jwk: undefined };
    return {
      bind: await signProof(key, offer),
      refresh: await signProof(bound.bound.key, challenge, isRefresh),
      theirs: await signProof(other.bound.key, theirs, isRefresh),
    };
  }

  let current = await proofs();
  let runs = 0;
  const property = fc.asyncProperty(
    change,
    fc.constantFrom("bind", "refresh"),
    async (change, where) => {
      if (++runs % 1000 === 0) {
        await offered.request("/sign-in");
        current = await proofs(); // a challenge lives for a minute
      }
      const valid = current[where];
      const changed = change(valid, current.theirs);
      if (changed.replace(/;.*$/, "") === valid || /[^\0-\xff]/.test(changed)) {
        return;
      }
      const device = where === "bind" ? offered : bound;
      const response = await device.send(`/session/${where}`, {
        ...(where === "refresh" && { "Sec-Secure-Session-Id": bound.bound.id }),
        "Secure-Session-Response": changed,
      });
      await response.body?.cancel();
      const { status } = response;
      const refused = where === "bind" ? [400, 403] : [403];
      assert(refused.includes(status), `${where}: ${status} for ${changed}`);
      assert.deepEqual(response.headers.getSetCookie(), []);
    },
  );
  await fc.assert(property, { numRuns, seed });
  const { refresh } = await proofs();
  assert.equal((await bound.prove(refresh)).status, 200);
}
