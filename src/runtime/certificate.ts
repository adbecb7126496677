import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DomainError } from "../errors.ts";
import { normalizeIpAddress } from "../values/ip_address.ts";
import type { TlsIdentity } from "./http_server.ts";

/** A certificate with its key, as the two files have them. */
export interface Certificate extends TlsIdentity {
  readonly validFrom: Date;
  readonly validTo: Date;
  /** The names and addresses that it is for, in lower case; `*.example.org` for any one name below. */
  readonly names: readonly string[];
}

/** @throws {DomainError} invalid_input, with what is wrong with which file. */
export async function readCertificate(certFile: string, keyFile: string): Promise<Certificate> {
  const cert = await readPem(certFile, "certificate");
  const key = await readPem(keyFile, "key");
  const leaf = parse(() => new X509Certificate(cert), certFile, "it holds no certificate in PEM form");
  const secret = parse(
    () => createPrivateKey(key),
    keyFile,
    "it holds no private key in PEM form, or one with a password",
  );
  for (const pem of cert.match(CERTIFICATE) ?? []) {
    parse(
      () => new X509Certificate(pem),
      certFile,
      "one of the certificates behind the first cannot be read",
    );
  }
  if (!leaf.checkPrivateKey(secret)) {
    throw new DomainError(
      "invalid_input",
      `Cannot use ${keyFile}: it is not the key of the certificate in ${certFile}`,
    );
  }
  return {
    cert,
    key,
    validFrom: new Date(leaf.validFrom),
    validTo: new Date(leaf.validTo),
    names: namesOf(leaf.subjectAltName ?? ""),
  };
}

/** Why browsers would not take it for this host at this time; null when they would, if they trust who issued it. */
export function certificateComplaint(
  { validFrom, validTo, names }: Certificate,
  hostname: string,
  now: Date,
): string | null {
  if (now < validFrom) return `the certificate is not valid before ${validFrom.toISOString()}`;
  if (now > validTo) return `the certificate has ended at ${validTo.toISOString()}`;
  if (isFor(names, hostname)) return null;
  return `the certificate is for ${names.join(", ") || "no name at all"}, not for ${hostname}`;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
    const why = code === "ENOENT"
      ? "there is no such file"
      : code === "EACCES"
      ? "Portico may not read it"
      : fault instanceof Error
      ? fault.message
      : String(fault);
    throw new DomainError("invalid_input", `Cannot read the ${what} in ${file}: ${why}`);
  }
}

function parse<T>(read: () => T, file: string, why: string): T {
  try {
    return read();
  } catch {
    throw new DomainError("invalid_input", `Cannot use ${file}: ${why}`);
  }
}

/** `DNS:localhost, IP Address:127.0.0.1`, as Node writes the extension; browsers look at nothing else. */
function namesOf(subjectAltName: string): string[] {
  return subjectAltName.split(", ").flatMap((entry) => {
    const [, kind, name = ""] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
    if (kind === "DNS") return [name.toLowerCase()];
    return kind === undefined ? [] : normalizeIpAddress(name) ?? [];
  });
}

/** RFC 9525 section 6.3: `*` stands for one whole label, the leftmost. */
function isFor(names: readonly string[], hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  const address = normalizeIpAddress(bare);
  if (address) return names.includes(address);
  return names.includes(bare) || names.includes(bare.replace(/^[^.]+/, "*"));
}
