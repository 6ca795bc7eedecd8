// The commands and files of the documents, for what proves that they work.
import assert from "node:assert/strict";
import { mayDoAll, missing } from "./missing.ts";
import type { Server } from "./server.ts";

const root = new URL("../../", import.meta.url);

const PAGES = ["docs/operations", "docs/stores", "middleware/session/README"];

/**
 * A code block of these pages: the one whose first line is a comment with this
 * name. Each text in `here` is replaced by what stands for it on this
 * machine; one that is not there is an error.
 */
export function documented(
  name: string,
  here: Readonly<Record<string, string>> = {},
): string {
  const pages = PAGES.map((page) =>
    Deno.readTextFileSync(new URL(`${page}.md`, root))
  );
  const blocks = /^```\w*\n(?:#|\/\/) (.+)\n([^]*?)^```$/gm;
  const block = [...pages.join("\n").matchAll(blocks)]
    .find(([, title]) => title === name);
  if (block === undefined) throw new Error(`There is no code block ${name}`);
  return Object.entries(here).reduce((text, [theirs, ours]) => {
    if (!text.includes(theirs)) throw new Error(`${name} lacks ${theirs}`);
    return text.replaceAll(theirs, ours);
  }, block[2] ?? "");
}

/** An answer, whose body is of no interest. */
export async function ask(
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(url, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response;
}

export const JAY = { name: "Jay", email: "jay@example.com" } as const;

/** Posts the form as curl does; the cookie as a request carries it. */
export async function signIn(url: string, name = "Jay"): Promise<string> {
  const body = new URLSearchParams({ ...JAY, name });
  const { status, headers } = await ask(`${url}/users`, {
    method: "POST",
    body,
  });
  assert.equal(status, 303);
  return headers.getSetCookie()[0]?.split(";")[0] ?? assert.fail("no cookie");
}

/** Whether the greeting is shown. */
export async function isKnown(
  url: string,
  cookie: string,
  name = "Jay",
): Promise<boolean> {
  const response = await fetch(`${url}/show`, {
    headers: { cookie },
    redirect: "manual",
  });
  const html = await response.text();
  return response.status === 200 && html.includes(`<h3>${name}</h3>`);
}

/** Why a program cannot be run, or null when it can. */
export function lacks(program: string): string | null {
  return mayDoAll && isThere(program) ? null : missing(program);
}

export function isThere(program: string): boolean {
  if (!mayDoAll) return false;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return [...folders, "/usr/sbin"].some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** Runs commands as `sh -e` does; their output. Throws when one of them fails. */
export async function shell(
  commands: string,
  options: Omit<Deno.CommandOptions, "args" | "stdin" | "stdout" | "stderr"> =
    {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-ec", commands],
    ...options,
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (success) return text;
  throw new Error(`${commands}\n${text}${new TextDecoder().decode(stderr)}`);
}

/** A certificate for these names, and the authority that signed it, as files in a new folder. */
export async function makeCertificate(
  names = ["localhost", "baton.example", "127.0.0.1"],
) {
  const all = names.map((name) =>
    /[a-z]/.test(name) ? `DNS:${name}` : `IP:${name}`
  );
  const folder = await Deno.makeTempDir({ prefix: "certificate-" });
  const made = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  const pin = await shell(
    `openssl req -x509 ${made} -days 2 -subj "/CN=Baton's tests" -keyout ca.key -out ca.pem
     openssl req -x509 ${made} -days 2 -subj /CN=localhost -CA ca.pem -CAkey ca.key \
       -addext subjectAltName=${all} -addext basicConstraints=CA:FALSE \
       -keyout localhost.key -out localhost.pem
     openssl pkey -in localhost.key -pubout -outform der |
       openssl dgst -sha256 -binary | base64`,
    { cwd: folder },
  );
  const [certificate, key] = [
    `${folder}/localhost.pem`,
    `${folder}/localhost.key`,
  ];
  return {
    ...{ authority: `${folder}/ca.pem`, certificate, key },
    /** For a server of Deno's. */
    pem: {
      cert: await Deno.readTextFile(certificate),
      key: await Deno.readTextFile(key),
    },
    /** For Chromium's `--ignore-certificate-errors-spki-list`, which then believes it. */
    pin: pin.trim(),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** A `systemctl` for documented commands, which stop, start and restart these servers. */
export async function fakeSystemctl(serverOf: (unit: string) => Server) {
  const folder = await Deno.makeTempDir({ prefix: "systemctl-" });
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const [command, unit = ""] = (await request.text()).split(" ");
      const server = serverOf(unit);
      if (command !== "start") assert.equal(await server.stop(), 0);
      if (command !== "stop") await server.restart();
      return new Response();
    },
  );
  await Deno.writeTextFile(
    `${folder}/systemctl`,
    `#!/bin/sh\nexec curl -fsS -d "$*" http://127.0.0.1:${listener.addr.port}\n`,
    { mode: 0o755 },
  );
  return {
    /** With it, the commands find this one. */
    env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
    async [Symbol.asyncDispose]() {
      await listener.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
