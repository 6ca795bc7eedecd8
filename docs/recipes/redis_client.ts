// Redis by a connection that your app has already: a client, cluster or sentinel of node-redis. You
// connect it and close it. `prefix` (default "session:") keeps two apps in one Redis apart.
//
// Leave `useReplicas` off: a replica answers with old data. With `createSentinel` set
// `reserveClient: true`, otherwise requests queue for a connection.
import type { SessionStore } from "@baton/session";
import { redisStore } from "@baton/session/redis";
import { createCluster } from "redis";

export async function openStore(urls: string[]): Promise<SessionStore> {
  const client = createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: { disableOfflineQueue: true }, // a node that is away is an error at once
  });
  client.on("error", console.error); // without it an error ends the process
  await client.connect();
  return redisStore({ client, prefix: "shop:sessions:" });
}
