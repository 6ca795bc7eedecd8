// A self-signed certificate for tests over https on loopback.
import { createHash, X509Certificate } from "node:crypto";
import { isThere, shell } from "./operations.ts";

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** For Chromium's `--ignore-certificate-errors-spki-list`: it is trusted, as if an authority had signed it. */
  readonly pin: string;
}

/** Whether openssl is there to make one. */
export function hasOpenssl(): boolean {
  return isThere("openssl");
}

export async function makeCertificate(names: string[]): Promise<Certificate> {
  const folder = await Deno.makeTempDir();
  await shell(
    `openssl req -x509 -nodes -days 2 -subj /CN=localhost -newkey ec \
       -pkeyopt ec_paramgen_curve:prime256v1 -keyout key.pem -out cert.pem \
       -addext "subjectAltName=${names.map((name) => `DNS:${name}`)}"`,
    { cwd: folder },
  );
  const cert = await Deno.readTextFile(`${folder}/cert.pem`);
  const key = await Deno.readTextFile(`${folder}/key.pem`);
  await Deno.remove(folder, { recursive: true });
  const { publicKey } = new X509Certificate(cert);
  const der = publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(der).digest("base64");
  return { cert, key, pin };
}
