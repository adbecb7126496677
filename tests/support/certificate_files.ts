import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Two files of a certificate and its key, in a folder of their own. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  write(identity: { readonly cert?: string; readonly key?: string }): void;
}

/** Gives a test the files, with what is named in them, and takes them away after. */
export async function withCertificateFiles(
  identity: { readonly cert?: string; readonly key?: string },
  test: (files: CertificateFiles) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portico-tls-"));
  const files: CertificateFiles = {
    certFile: join(folder, "chain.pem"),
    keyFile: join(folder, "key.pem"),
    write({ cert, key }) {
      if (cert !== undefined) writeFileSync(files.certFile, cert);
      if (key !== undefined) writeFileSync(files.keyFile, key);
    },
  };
  try {
    files.write(identity);
    await test(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
