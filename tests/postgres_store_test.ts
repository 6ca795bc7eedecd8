import assert from "node:assert/strict";
import postgres from "postgres";
import {
  postgresBackend,
  type PostgresQuery,
  postgresSchema,
} from "../middleware/session/stores/postgres.ts";
import { openPostgres } from "../postgres_pool.ts";
import {
  noPostgres,
  type PostgresServer,
  startPostgres,
} from "./support/postgres_server.ts";
import { startServer } from "./support/server.ts";
import { storeContract } from "./support/store_contract.ts";

let server: PostgresServer | undefined;
let sql: postgres.Sql;

Deno.test.beforeAll(async () => {
  if (noPostgres !== null) return;
  server = await startPostgres();
  sql = postgres(server.url, { onnotice: () => {} });
  await sql.unsafe(postgresSchema());
});

Deno.test.afterAll(async () => {
  await sql?.end();
  await server?.[Symbol.asyncDispose]();
});
