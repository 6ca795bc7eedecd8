/**
 * Typed sessions for Hono: sealed cookies, or any of several stores, with
 * compare-and-swap saves, so that no update is lost.
 *
 * ```ts
 * import { Hono } from "hono";
 * import { z } from "zod";
 * import { session } from "@baton/session";
 *
 * const schema = z.object({ name: z.string().optional() });
 * const sessions = session({ schema, secrets: [Deno.env.get("SESSION_SECRET")!] });
 * const app = new Hono().use(sessions);
 *
 * app.post("/name/:name", async (c) => {
 *   const session = await c.var.session();
 *   session.update({ name: c.req.param("name") });
 *   return c.redirect("/name", 303);
 * });
 * app.get("/name", async (c) => c.text((await c.var.session()).data.name ?? "stranger"));
 * ```
 *
 * @module
 */
export {
  session,
  type SessionEnv,
  type SessionEnvOf,
  type Sessions,
} from "./middleware.ts";
export { secretFault, type SessionOptions } from "./options.ts";
export type { OwnedSession, OwnedSessions } from "./owned.ts";
export { DEFAULT_LIFETIME, type Ends, type Lifetime } from "./lifetime.ts";
export type { SealKind } from "./cookie/seal.ts";
export type { Change, DeepReadonly, Only } from "./data/schema.ts";
export type { RestartOptions } from "./data/changes.ts";
export type { Binding } from "./binding.ts";
export type { RejectReason, SessionEvent } from "./events.ts";
export type { SessionInfo } from "./request/info.ts";
export type { Session } from "./session.ts";
export {
  SessionClosedError,
  SessionConflictError,
  SessionLifetimeError,
  SessionStoreError,
  SessionTooLargeError,
  SessionUnprovenError,
} from "./errors.ts";
export { cookieNameFault, isHttps, type SameSite } from "./cookie/cookie.ts";
export { memoryStore } from "./stores/memory.ts";
export type { SessionStore } from "./stores/store.ts";
