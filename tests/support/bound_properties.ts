// Proofs of bound sessions, changed in every way.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4.10.2";
import { contractApp } from "./contract_app.ts";
import { Device, newKey, signProof } from "./device.ts";
import type { Run } from "./properties.ts";
import { SECRET } from "./test_app.ts";

/** Makes something else of one proof, and of another. */
type Change = (valid: string, other: string) => string;

/** Another value in a part's JSON, or in place of it. */
const otherJson: fc.Arbitrary<Change> = fc.tuple(
  fc.nat(1),
  fc.constantFrom("", "alg", "typ", "jti", "jwk"),
  fc.jsonValue(),
).map(([part, name, value]) => (valid) => {
  const text = valid.split(".")[part] ?? "";
  const given = JSON.parse(Buffer.from(text, "base64url").toString());
  const json = JSON.stringify(
    name === "" ? value : { ...given, [name]: value },
  );
  const encoded = Buffer.from(json).toString("base64url");
  return valid.split(".").with(part, encoded).join(".");
});

/** What no header can carry. */
const NO_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/** At both addresses, each beside a proof that would do; `mutation` is what cookies are changed by. */
export async function changedProofs(
  { numRuns, seed }: Run,
  mutation: fc.Arbitrary<Change>,
): Promise<void> {
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
    fc.oneof(mutation, otherJson),
    fc.constantFrom("bind", "refresh"),
    async (change, where) => {
      if (++runs % 1000 === 0) {
        await offered.request("/sign-in");
        current = await proofs(); // a challenge lives for a minute
      }
      const valid = current[where];
      const changed = change(valid, current.theirs).trim();
      if (changed.replace(/;.*$/, "") === valid || NO_HEADER.test(changed)) {
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
