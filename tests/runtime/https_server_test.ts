import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { connect, type SecureVersion } from "node:tls";
import { RUNTIMES } from "../cli/command_line.ts";
import { type ChildProcess, childProcess } from "../system/child_process.ts";
import { type CertificateFiles, withCertificateFiles } from "../support/certificate_files.ts";
import { LOOPBACK_CERTIFICATE } from "../support/loopback_certificate.ts";
import { WIFI_CERTIFICATE } from "../support/wifi_certificate.ts";

/** Longer than a connection may take that does not come to its point. */
const PATIENCE_MS = 20_000;

interface Listening {
  readonly port: number;
  readonly program: ChildProcess;
  readonly files: CertificateFiles;
}

/** Starts the listener on a runtime for a test, and ends it. */
function withListener(runtime: string, test: (listening: Listening) => Promise<void>): Promise<void> {
  const [command = "", ...args] = RUNTIMES[runtime] ?? [];
  return withCertificateFiles(LOOPBACK_CERTIFICATE, async (files) => {
    const program = childProcess(command, [
      ...args.slice(0, -1),
      "tests/support/https_program.ts",
      files.certFile,
      files.keyFile,
    ]);
    try {
      await program.says("port ");
      await test({ port: Number(/^port (\d+)$/m.exec(program.output())?.[1]), program, files });
    } finally {
      await program.stop("SIGTERM");
    }
  });
}

interface Conversation {
  /** Common name of the certificate; empty when there was none. */
  readonly name: string;
  readonly protocol: string;
  readonly text: string;
  readonly seconds: number;
}

/** A connection over TLS, until the server ends it. */
function converse(
  port: number,
  octets: string,
  options: { readonly servername?: string; readonly ca?: string; readonly maxVersion?: SecureVersion } = {},
): Promise<Conversation> {
  return new Promise((resolve) => {
    const begun = performance.now();
    let text = "";
    let name = "";
    let protocol = "";
    const socket = connect({
      port,
      host: "127.0.0.1",
      rejectUnauthorized: options.ca !== undefined,
      minVersion: "TLSv1",
      ...options,
    }, () => {
      name = String(socket.getPeerCertificate().subject?.CN ?? "");
      protocol = socket.getProtocol() ?? "";
      if (octets) socket.write(octets);
    });
    const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on("data", (chunk) => text += chunk);
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(patience);
      resolve({ name, protocol, text, seconds: (performance.now() - begun) / 1000 });
    });
  });
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: guests are served over TLS 1.2 and later, and known by their address`, () =>
    withListener(runtime, async ({ port }) => {
      const { name, protocol, text } = await converse(port, GET);
      deepEqual([name, protocol], ["localhost", "TLSv1.3"]);
      match(text, /^HTTP\/1\.1 200 OK[\s\S]*https: 127\.0\.0\.1$/);
      equal((await converse(port, GET, { maxVersion: "TLSv1.2" })).protocol, "TLSv1.2");
      equal((await converse(port, GET, { maxVersion: "TLSv1.1" })).text, "");
      match((await converse(port, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).text, /^HTTP\/1\.1 400 /);
    }));

  Deno.test(`${runtime}: a renewed certificate is used without a restart, its chain with it`, () =>
    withListener(runtime, async ({ port, program, files }) => {
      const { cert, issuer, key } = WIFI_CERTIFICATE;
      files.write({ cert: `${cert}\n${issuer}\n`, key });
      await program.says("The certificate is good");
      for (let turn = 0; turn < 10; turn++) {
        const guest = await converse(port, GET, { servername: "wifi.example.org", ca: issuer });
        equal(guest.name, "wifi.example.org");
        match(guest.text, /^HTTP\/1\.1 200 /);
      }
    }));
}

Deno.test("whoever stops in the middle of a handshake or a request is cut", async () => {
  await Promise.all(
    Object.keys(RUNTIMES).map((runtime) =>
      withListener(runtime, async ({ port }) => {
        const endings = await Promise.all([
          silence(port),
          converse(port, "").then(({ seconds }) => seconds),
          converse(port, "GET / HT").then(({ seconds }) => seconds),
        ]);
        for (const seconds of endings) ok(seconds < 17, `${runtime}: cut after ${seconds} s`);
      })
    ),
  );
});

/** The seconds until a connection is ended that never says anything. */
function silence(port: number): Promise<number> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const socket = connectTcp(port, "127.0.0.1");
    const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(patience);
      resolve((performance.now() - begun) / 1000);
    });
  });
}

Deno.test("a port that somebody else has is not shared", async () => {
  await withListener("bun", async ({ port, files: { certFile, keyFile } }) => {
    const [command = "", ...args] = RUNTIMES.bun ?? [];
    const script = `import { serveHttp } from "./src/runtime/http_server.ts";
      import { readCertificate } from "./src/runtime/certificate.ts";
      const tls = await readCertificate(process.argv.at(-2), process.argv.at(-1));
      const options = { hostname: "127.0.0.1", port: ${port}, tls, fetch: () => new Response(), reportFault() {} };
      console.log(await serveHttp(options).then(() => "shared", (fault) => "refused " + fault.code));
      process.exit(0);`;
    const second = childProcess(command, [...args.slice(0, -1), "-e", script, certFile, keyFile]);
    try {
      await second.says("refused EADDRINUSE");
    } finally {
      await second.stop("SIGTERM");
    }
  });
});
