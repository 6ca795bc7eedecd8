// One harness for every contract: a table of cases, and an adapter for each platform that serves.
import type { App } from "../../middleware/session/testing/mod.ts";
import { eventually } from "./eventually.ts";
import { testWhere } from "./missing.ts";

/** Something that is served somewhere: by app.request, Deno, Node or workerd. */
export interface Served extends Partial<AsyncDisposable> {
  readonly app: App;
}

/** A promise, and the requests that show it. */
export type Cases<S> = Readonly<Record<string, Case<S>>>;

type Run<S> = (served: S) => Promise<void>;

/** `where`: only there; elsewhere the step says that it is ignored. */
export type Case<S> = Run<S> | {
  where(served: S): boolean;
  readonly run: Run<S>;
};

/**
 * Registers a test with a step for each case, all over what `serve` starts. With
 * a reason to `ignore` it, the test is ignored, and says so.
 */
export function contract<S extends Served>(
  name: string,
  cases: Cases<S>,
  serve: () => S | Promise<S>,
  ignore: string | null = null,
): void {
  testWhere(ignore, name, async (t) => {
    const served = await serve();
    try {
      await runCases(t, cases, served);
    } finally {
      await served[Symbol.asyncDispose]?.();
    }
    // A server that other tests use as well is read all the time.
  }, { sanitizeOps: false, sanitizeResources: false });
}

export async function runCases<S>(
  t: Deno.TestContext,
  cases: Cases<S>,
  served: S,
): Promise<void> {
  for (const [name, given] of Object.entries(cases)) {
    const { where = () => true, run } = typeof given === "function"
      ? { run: given }
      : given;
    await t.step({ name, ignore: !where(served), fn: () => run(served) });
  }
}

/**
 * A server that speaks plain http at `url`. Asked at an https address, it is
 * asked as a proxy does that speaks https for it.
 */
export function serverAt(url: string): App {
  return {
    async request(asked: string, init: RequestInit = {}) {
      const { protocol, pathname, search } = new URL(asked);
      const headers = new Headers(init.headers);
      if (protocol === "https:") headers.set("X-Forwarded-Proto", "https");
      const sent = { ...init, headers, redirect: "manual" } as const;
      const response = await fetch(url + pathname + search, sent);
      const body = await response.bytes(); // so that nothing is left unread
      return new Response(body.length === 0 ? null : body, response);
    },
  };
}

/** Resolves when `/healthz` says so: on a busy machine the first question may take longer than a store is given. */
export async function untilReady({ url }: { readonly url: string }) {
  await eventually(async () => {
    const { ok, body } = await fetch(`${url}/healthz`);
    await body?.cancel();
    if (!ok) throw new Error(`${url} is not ready`);
  });
}
