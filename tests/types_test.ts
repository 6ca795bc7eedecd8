// Code that must not compile. Each `@ts-expect-error` fails the type check when the line under it is accepted.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import {
  type DeepReadonly,
  memoryStore,
  type Session,
  session,
  type SessionEnvOf,
} from "../middleware/session/mod.ts";
import { SECRET } from "./support/test_app.ts";

const schema = z.object({
  name: z.string().optional(),
  user: z.string().brand("UserId").optional(),
  count: z.number().default(0),
  cart: z.array(z.object({ id: z.string(), n: z.number() })).default([]),
  address: z.object({ city: z.string(), lines: z.array(z.string()) })
    .optional(),
});
const sessions = session({
  ...{ schema, secrets: [SECRET], store: memoryStore() },
  owner: ({ user }) => user, // a branded text is a text
});

/** Type-checked, never run: each line is about types alone. */
export function mustNotCompile(session: Session<z.output<typeof schema>>) {
  // @ts-expect-error: a misspelt key
  session.update({ nmae: "Jay" });
  // @ts-expect-error: a misspelt key beside a right one
  session.update({ name: "Jay", extra: 1 });
  // @ts-expect-error: a wrong type
  session.update({ count: "1" });
  // @ts-expect-error: a text without the brand
  session.update({ user: "jay" });
  // @ts-expect-error: a misspelt key from a function
  session.update(() => ({ nmae: "Jay" }));
  // @ts-expect-error: a misspelt key beside a right one, from a function
  session.update(({ count }) => ({ count: count + 1, cuont: 1 }));
  // @ts-expect-error: a wrong type from a function
  session.update(({ count }) => ({ count: String(count) }));
  // @ts-expect-error: an async function: the change is made at once
  session.update(async () => await Promise.resolve({ count: 1 }));
  // @ts-expect-error: a key that is not there
  session.take("nmae");
  // @ts-expect-error: a key that is not there
  session.data.nmae;
  // @ts-expect-error: data is read-only
  session.data.name = "Eve";
  // @ts-expect-error: all the way down, in a list
  session.data.address!.lines[0] = "x";
  // @ts-expect-error: and in its items
  session.data.cart[0]!.n = 2;
  // @ts-expect-error: latest is read-only too
  session.update((latest) => ({ count: latest.count++ }));
  // @ts-expect-error: only these two
  session.update({ count: 1 }, { onConflict: "ignore" });
  // @ts-expect-error: info is read-only
  session.info.id = "mine";
  // @ts-expect-error: a field that every item needs
  session.update({ cart: [{ id: "a" }] });
}

/** Code that must compile, without a cast: nested arrays and objects are updated from the latest ones. */
export function mustCompile(session: Session<z.output<typeof schema>>) {
  session.update({ cart: [{ id: "a", n: 1 }] });
  session.update(({ cart, address }) => ({
    cart: cart.map((item) => item.id === "b" ? { ...item, n: 2 } : item),
    address: { city: "Riga", lines: [...address?.lines ?? [], "1 Main St"] },
  }));
  session.update({ name: undefined });
  const taken: string | undefined = session.take("name");
  const { data }: { readonly data: DeepReadonly<z.output<typeof schema>> } =
    session;
  return { taken, ...data };
}

/** A route module names its Env by the middleware. */
export const app = new Hono<SessionEnvOf<typeof sessions>>()
  .use(sessions)
  .get("/", async (c) => c.json(mustCompile(await c.var.session())));

Deno.test("every JSON-safe kind of schema is taken", () => {
  interface Tree {
    readonly name: string;
    readonly children: readonly Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ name: z.string(), children: z.array(tree) })
  );
  session({
    secrets: [SECRET],
    schema: z.object({
      text: z.string().min(1).optional(),
      email: z.email().optional(),
      when: z.iso.datetime().optional(),
      number: z.int().default(0),
      flag: z.boolean().catch(false),
      nothing: z.null().default(null),
      one: z.enum(["a", "b"]).optional(),
      literal: z.literal("a").optional(),
      tuple: z.tuple([z.string(), z.number()]).optional(),
      record: z.record(z.string(), z.number()).default({}),
      union: z.union([z.string(), z.object({ a: z.string() })]).optional(),
      json: z.json().optional(),
      readonly: z.array(z.string()).readonly().default([]),
      tree: tree.optional(),
    }),
  });
});

Deno.test("a loose schema keeps keys that it does not name", async () => {
  const loose = session({ schema: z.looseObject({}), secrets: [SECRET] });
  const app = new Hono<SessionEnvOf<typeof loose>>().use(loose);
  app.get("/", async (c) => {
    const session = await c.var.session();
    session.update({ anything: [1, { at: "all" }] });
    return c.json(session.data);
  });
  const response = await app.request("/");
  assert.deepEqual(await response.json(), { anything: [1, { at: "all" }] });
});
