import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { request } from "node:https";
import { type GuestListener, openGuestListener } from "../../src/cli/guest_listener.ts";
import { readConfig } from "../../src/config.ts";
import { socketAddress } from "../../src/runtime/http_server.ts";
import { type CertificateFiles, withCertificateFiles } from "../support/certificate_files.ts";
import { LOOPBACK_CERTIFICATE } from "../support/loopback_certificate.ts";
import { memoryController, testZone } from "../support/memory_controller.ts";
import { memoryVenue } from "../support/memory_venue.ts";
import { WIFI_CERTIFICATE } from "../support/wifi_certificate.ts";

const LATER = new Date("2030-01-01T00:00:00Z");

interface Started {
  readonly listener: GuestListener;
  readonly files: CertificateFiles;
  readonly said: readonly string[];
  /** Waits until the address that DHCP tells has changed. */
  readonly changed: Promise<void>;
}

/** Starts the listener on a free port of this machine, where everybody is a guest at 127.0.0.1. */
function withGuestListener(
  environment: Readonly<Record<string, string>>,
  test: (started: Started) => Promise<void>,
): Promise<void> {
  return withCertificateFiles(LOOPBACK_CERTIFICATE, async (files) => {
    const venue = await memoryVenue({ now: LATER });
    const controller = memoryController([testZone()], venue.deps.now);
    controller.put("127.0.0.1");
    const said: string[] = [];
    const changed = Promise.withResolvers<void>();
    const config = readConfig({
      environment: {
        PORTICO_HTTPS: "127.0.0.1:0",
        PORTICO_TLS_CERT: files.certFile,
        PORTICO_TLS_KEY: files.keyFile,
        ...environment,
      },
    });
    let listener: GuestListener | null = null;
    try {
      listener = await openGuestListener({
        config,
        deps: { ...venue.deps, settings: config, socketAddress },
        report: (sentence) => said.push(sentence),
        lookMilliseconds: 20,
      });
      await listener?.serve(controller, changed.resolve);
      if (listener) await test({ listener, files, said, changed: changed.promise });
    } finally {
      await listener?.stop();
      await venue.close();
    }
  });
}

function portOf({ server }: GuestListener): number {
  ok(server);
  return server.port;
}

/** GET over TLS, by the name that a certificate is for. */
function get(
  port: number,
  path: string,
  servername: string,
  ca: string,
  wanted: "body" | "status" = "body",
): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, servername, ca, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => text += chunk);
      answer.on("end", () => resolve(wanted === "body" ? text : String(answer.statusCode)));
    }).on("error", reject).end();
  });
}

Deno.test("guests are told of the API while its certificate is good, and when that changes", () =>
  withGuestListener({ PORTICO_PUBLIC_URL: "https://wifi.example.org" }, async (started) => {
    const { listener, files, said, changed } = started;
    equal(listener.captivePortalUrl(), null);
    match(said[0] ?? "", /^WARNING: .* is for localhost, 127\.0\.0\.1, not for wifi\.example\.org$/);

    const { cert, issuer, key } = WIFI_CERTIFICATE;
    files.write({ cert: `${cert}\n${issuer}\n`, key });
    await changed;
    equal(listener.captivePortalUrl(), "https://wifi.example.org/captive-portal/api");
    deepEqual(
      JSON.parse(await get(portOf(listener), "/captive-portal/api", "wifi.example.org", issuer)),
      {
        captive: true,
        "user-portal-url": "https://wifi.example.org/www/login",
      },
    );
  }));

Deno.test("without public_url guests have their page, and DHCP tells nothing", () =>
  withGuestListener({}, async ({ listener, said }) => {
    equal(listener.captivePortalUrl(), null);
    match(said[0] ?? "", /public_url has to be/);
    const page = await get(portOf(listener), "/www/login", "localhost", LOOPBACK_CERTIFICATE.cert);
    match(page, /<h1>Log in to the Wi-Fi<\/h1>/);
  }));

Deno.test("a certificate that cannot be used, or a port that is taken, is said in a sentence", async () => {
  await rejects(
    withGuestListener({ PORTICO_TLS_KEY: "/nowhere/key.pem" }, async () => {}),
    /^DomainError: Cannot read the key in \/nowhere\/key\.pem: there is no such file$/,
  );
  await withGuestListener({}, async ({ listener }) => {
    const taken = `127.0.0.1:${portOf(listener)}`;
    await rejects(
      withGuestListener({ PORTICO_HTTPS: taken }, async () => {}),
      new RegExp(`^DomainError: Cannot listen on ${taken}: the port is in use$`),
    );
  });
});

Deno.test("until the zones are there guests are asked for patience", () =>
  withCertificateFiles(LOOPBACK_CERTIFICATE, async ({ certFile, keyFile }) => {
    const venue = await memoryVenue({ now: LATER });
    const environment = {
      PORTICO_HTTPS: "127.0.0.1:0",
      PORTICO_TLS_CERT: certFile,
      PORTICO_TLS_KEY: keyFile,
    };
    const config = readConfig({ environment });
    const listener = await openGuestListener({ config, deps: venue.deps, report() {} });
    const port = listener?.server?.port ?? 0;
    const before = await get(port, "/www/login", "localhost", LOOPBACK_CERTIFICATE.cert, "status");
    equal(before, "503");
    await listener?.stop();
    await venue.close();
  }));

Deno.test("it is off unless it is asked for", async () => {
  let started = false;
  await withGuestListener({ PORTICO_HTTPS: "off" }, () => {
    started = true;
    return Promise.resolve();
  });
  equal(started, false);
});

Deno.test("an address that the machine does not have is said, and guests are told of nothing there", () =>
  withGuestListener(
    { PORTICO_HTTPS: "192.0.2.77:443", PORTICO_PUBLIC_URL: "https://localhost" },
    async ({ listener, said, changed }) => {
      await changed;
      equal(listener.server, null);
      equal(listener.captivePortalUrl(), null);
      deepEqual(said, ["Cannot listen on 192.0.2.77:443 yet: this machine does not have the address"]);
    },
  ));
