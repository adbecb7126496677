import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { type Certificate, certificateComplaint, readCertificate } from "../../src/runtime/certificate.ts";
import { keepCertificate } from "../../src/runtime/certificate_keeper.ts";
import { withCertificateFiles } from "../support/certificate_files.ts";
import { LOOPBACK_CERTIFICATE } from "../support/loopback_certificate.ts";
import { WIFI_CERTIFICATE } from "../support/wifi_certificate.ts";

const { cert, issuer, key, lockedKey } = WIFI_CERTIFICATE;
const CHAIN = `${cert}\n${issuer}\n`;
const LATER = new Date("2030-01-01T00:00:00Z");

Deno.test("a certificate is read with the names that it is for", () =>
  withCertificateFiles({ cert: CHAIN, key }, async ({ certFile, keyFile }) => {
    const certificate = await readCertificate(certFile, keyFile);
    deepEqual(certificate.names, ["wifi.example.org", "*.guests.example.org", "2001:db8::1"]);
    deepEqual([certificate.cert, certificate.key], [CHAIN, key]);
    const complaint = (hostname: string, at = LATER) => certificateComplaint(certificate, hostname, at);
    for (const good of ["wifi.example.org", "WIFI.example.org", "a.guests.example.org", "[2001:db8::1]"]) {
      equal(complaint(good), null, good);
    }
    for (const wrong of ["example.org", "a.b.guests.example.org", "guests.example.org", "10.1.0.1"]) {
      match(complaint(wrong) ?? "", /^the certificate is for wifi\.example\.org, .*, not for /, wrong);
    }
    match(complaint("wifi.example.org", new Date("2026-01-01")) ?? "", /not valid before 2026-11-22T/);
    match(complaint("wifi.example.org", new Date("2200-01-01")) ?? "", /has ended at 2126-10-29T/);
  }));

Deno.test("files that cannot be used are refused with what is wrong with them", () =>
  withCertificateFiles({ cert: CHAIN, key }, async (files) => {
    const { certFile, keyFile } = files;
    const refused = (message: RegExp) =>
      rejects(readCertificate(certFile, keyFile), (fault) => {
        match(fault instanceof Error ? fault.message : "", message);
        return true;
      });
    await rejects(
      readCertificate(`${certFile}.old`, keyFile),
      /Cannot read the certificate in .*: there is no such file/,
    );
    await rejects(
      readCertificate(certFile, `${keyFile}.old`),
      /Cannot read the key in .*: there is no such file/,
    );
    files.write({ cert: "nonsense" });
    await refused(/Cannot use .*chain\.pem: it holds no certificate in PEM form/);
    files.write({ cert: CHAIN.replace(issuer.slice(100, 300), "A") });
    await refused(/one of the certificates behind the first cannot be read/);
    files.write({ cert: CHAIN, key: "nonsense" });
    await refused(/key\.pem: it holds no private key in PEM form/);
    files.write({ key: lockedKey });
    await refused(/or one with a password/);
    files.write({ key: LOOPBACK_CERTIFICATE.key });
    await refused(/key\.pem: it is not the key of the certificate in .*chain\.pem/);
  }));

/** A keeper of the files, and what it says to operators. */
async function kept(
  files: { readonly certFile: string; readonly keyFile: string },
  publicUrl: string,
) {
  const said: string[] = [];
  const renewed: Certificate[] = [];
  const clock = { at: LATER };
  const keeper = await keepCertificate({
    ...files,
    publicUrl,
    now: () => clock.at,
    report: (sentence) => said.push(sentence),
    renewed: (certificate) => renewed.push(certificate),
  });
  return { keeper, said, renewed, clock };
}

Deno.test("an operator is told at once when guests' systems would not trust us, and then once a day", () =>
  withCertificateFiles({ cert, key }, async (files) => {
    const { keeper, said, clock } = await kept(files, "https://wifi.example.org:8443");
    equal(keeper.complaint(), null);
    clock.at = new Date("2126-10-30T00:00:00Z");
    await keeper.look();
    match(said.pop() ?? "", /^WARNING: guests' systems are not told .*: the certificate has ended at 2126/);
    await keeper.look();
    deepEqual(said, []);
    clock.at = new Date("2126-10-31T00:00:00Z");
    await keeper.look();
    equal(said.length, 1);

    const nameless = await kept(files, "http://wifi.example.org");
    match(nameless.said[0] ?? "", /public_url has to be .* such as https:\/\/wifi\.example\.org$/);
  }));

Deno.test("a new certificate takes the old one's place, one that cannot be used does not", () =>
  withCertificateFiles(LOOPBACK_CERTIFICATE, async (files) => {
    const { keeper, said, renewed } = await kept(files, "https://wifi.example.org");
    match(said.pop() ?? "", /is for localhost, 127\.0\.0\.1, not for wifi\.example\.org$/);

    // The key comes a moment after its certificate: no reason to alarm anybody.
    files.write({ cert });
    await keeper.look();
    deepEqual([said, renewed], [[], []]);
    await keeper.look();
    await keeper.look();
    match(
      said.pop() ?? "",
      /the certificate could not be renewed\. Cannot use .*key\.pem: it is not the key/,
    );
    deepEqual([said, renewed], [[], []]);

    files.write({ key });
    await keeper.look();
    deepEqual(renewed.map(({ names }) => names[0]), ["wifi.example.org"]);
    deepEqual(said, ["The certificate is good: guests' systems are told where the captive portal's API is."]);
    equal(keeper.complaint(), null);
    await keeper.look();
    equal(renewed.length, 1);
  }));
