import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openssl, run } from "./programs.ts";

/** A certificate for this machine, trusted by whoever is told to. */
export interface TestCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** The file to trust, as `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  /** Deletes the files. */
  remove(): void;
}

/** Makes a new key and a certificate for `localhost` and 127.0.0.1 that is good for a day, signed by itself. */
export async function createTestCertificate(): Promise<TestCertificate> {
  const folder = mkdtempSync(join(tmpdir(), "poolgate-tls-"));
  const [keyFile, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = await run(openssl, [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", keyFile, "-out", file],
  ]);
  if (made.status !== 0) throw new Error(`openssl ended with ${made.status}: ${made.stderr}`);
  return {
    key: readFileSync(keyFile),
    cert: readFileSync(file),
    file,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
