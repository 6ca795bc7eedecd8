// A self-signed certificate for tests over https on loopback.
import { createHash, X509Certificate } from "node:crypto";

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
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

export async function makeCertificate(names: string[]): Promise<Certificate> {
  const folder = await Deno.makeTempDir();
  const [keyFile, certFile] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  const subject = names.map((name) => `DNS:${name}`).join(",");
  await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
      ...["-addext", `subjectAltName=${subject}`],
      ...["-keyout", keyFile, "-out", certFile],
    ],
    stderr: "null",
  }).output();
  const cert = await Deno.readTextFile(certFile);
  const key = await Deno.readTextFile(keyFile);
  await Deno.remove(folder, { recursive: true });
  const { publicKey } = new X509Certificate(cert);
  const der = publicKey.export({ type: "spki", format: "der" });
  return {
    cert,
    key,
    pin: createHash("sha256").update(der).digest("base64"),
  };
}
