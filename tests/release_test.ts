import assert from "node:assert/strict";
import { disagreements, notesOf } from "../tools/release.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";

const root = new URL("../", import.meta.url).pathname;
const CHANGELOG = `# Changelog

## 0.2.0 (2030-01-02)

- Another name.

## 0.1.0

- The first.
`;

Deno.test("a release's notes are its entry in the changelog", () => {
  assert.equal(notesOf(CHANGELOG, "0.2.0"), "- Another name.");
  assert.equal(notesOf(CHANGELOG, "0.1.0"), "- The first.");
  assert.equal(notesOf(CHANGELOG, "0.3.0"), null);
  assert.equal(notesOf("## 0.3.0\n\n## 0.2.0\n\n- x", "0.3.0"), null);
});

Deno.test("tag, deno.json, changelog and package have to agree", () => {
  const right = {
    ...{ tag: "v0.2.0", version: "0.2.0", npmVersion: "0.2.0" },
    changelog: CHANGELOG,
  };
  assert.deepEqual(disagreements(right), []);
  assert.deepEqual(disagreements({ ...right, tag: null }), []);
  assert.deepEqual(disagreements({ ...right, tag: "v0.2.1" }), [
    "the tag is v0.2.1, and deno.json says 0.2.0",
  ]);
  assert.equal(disagreements({ ...right, npmVersion: "0.1.0" }).length, 1);
  assert.equal(disagreements({ ...right, version: "0.3.0" }).length, 3);
});

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "workflows use actions by their commit, and have no right that a job does not name",
  async () => {
    for await (const { name } of Deno.readDir(`${root}.github/workflows`)) {
      const text = await Deno.readTextFile(`${root}.github/workflows/${name}`);
      const actions = [...text.matchAll(/uses: (?!\.\/)(\S+)/g)];
      assert.ok(actions.length > 0, name);
      for (const [, action = ""] of actions) {
        assert.match(action, /@[0-9a-f]{40}$/, name);
      }
      assert.match(
        text,
        /^permissions:(?: \{\}|\n {2}contents: read)\n/m,
        name,
      );
    }
  },
);
