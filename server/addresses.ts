/** The line that says where the server can be reached, from this machine and from others. */
export function listeningOn({ hostname, port }: Deno.NetAddr): string {
  const isForAll = hostname === "0.0.0.0" || hostname === "::";
  const own = isForAll || hostname === "127.0.0.1" ? "localhost" : hostname;
  const line = `Listening on ${origin(own, port)}`;
  const others = isForAll ? networkAddress() : undefined;
  return others === undefined
    ? line
    : `${line}, for others on this network ${origin(others, port)}`;
}

function origin(host: string, port: number): string {
  return host.includes(":")
    ? `http://[${host}]:${port}`
    : `http://${host}:${port}`;
}

/** undefined where there is no network, or no permission to ask for it. */
function networkAddress(): string | undefined {
  const asking = { name: "sys", kind: "networkInterfaces" } as const;
  if (Deno.permissions.querySync(asking).state !== "granted") return undefined;
  return Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !/^(?:127|169\.254)\./.test(address)
  )?.address;
}
