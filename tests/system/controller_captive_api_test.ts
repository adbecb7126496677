import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mustRun } from "../../src/controller/box.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { eventually } from "./delay.ts";
import type { Guest } from "./venue_guest.ts";
import { step, venueLab } from "./venue_lab.ts";
import { account, GUESTS_ZONE, organization, PASSWORD } from "./venue_setup.ts";

const NAME = "hotspot.example.com";
const URL_OF_VENUE = `https://${NAME}:8443`;
const SETUP = {
  organizations: [organization(
    [{ ...GUESTS_ZONE, uamhostname: NAME, venueinfourl: "https://www.example.org/venue" }],
    {
      groups: {
        limited: [["Session-Timeout", "=", "600"], ["CoovaChilli-Max-Total-Octets", "=", "5000000"]],
      },
    },
  )],
  users: [account("ada", { group: "limited" })],
};

/** Where devices look whether they are caught. */
const PROBES = [
  "http://connectivitycheck.gstatic.com/generate_204",
  "http://captive.apple.com/hotspot-detect.html",
  "http://www.msftconnecttest.com/connecttest.txt",
  "http://detectportal.firefox.com/success.txt",
];

Deno.test("a device learns from DHCP where to ask whether it is captive (RFC 8910), and asks (RFC 8908)", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "portico-certificate-" });
  try {
    await makeCertificate(folder, NAME);
    const https = [
      "--https",
      "10.1.0.1:8443",
      "--tls-cert",
      `${folder}/cert.pem`,
      "--tls-key",
      `${folder}/key.pem`,
    ];
    await using lab = await venueLab({ serve: [...https, "--public-url", URL_OF_VENUE] });
    await lab.venue.apply(SETUP);
    await lab.venue.start();
    const guest = await lab.guest(1);
    const ask = (url: string) => answerOf(guest, url, `${folder}/cert.pem`);
    let api = "";

    await step(t, lab, "option 114 names the address", async () => {
      api = fromHex((await guest.lease("-O", "114")).opt114);
      ok(api.startsWith(`${URL_OF_VENUE}/`), api);
    });
    await step(t, lab, "before log-in it says captive, and where to go", async () => {
      const { body, head } = await ask(api);
      match(head, /^content-type: application\/captive\+json/im);
      match(head, /^cache-control: .*(private|no-store)/im);
      equal(body.captive, true);
      const portal = String(body["user-portal-url"]);
      ok(portal.startsWith("http"), portal);
      match(
        (await guest.curl("--cacert", `${folder}/cert.pem`, "--location", portal)).stdout,
        /name="?password/,
      );
    });
    await step(t, lab, "what telephones ask by themselves is redirected", async () => {
      for (const probe of PROBES) equal((await guest.head(probe)).status, 302, probe);
    });
    await step(t, lab, "after log-in it says what is left, live", async () => {
      equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
      const { body: first } = await ask(api);
      equal(first.captive, false);
      equal(first["venue-info-url"], "https://www.example.org/venue");
      ok(Number(first["seconds-remaining"]) <= 600 && Number(first["seconds-remaining"]) > 590);
      ok(Number(first["bytes-remaining"]) <= 5_000_000);
      await guest.text("http://www.example.org/octets/1000000");
      await eventually("what was used to be missing", async () => {
        const left = Number((await ask(api)).body["bytes-remaining"]);
        return left < Number(first["bytes-remaining"]) - 1_000_000 || undefined;
      });
      for (const probe of PROBES) ok((await guest.head(probe)).status < 300, probe);
    });
    await step(t, lab, "after log-off it says captive again", async () => {
      await guest.json("logoff");
      equal((await ask(api)).body.captive, true);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a certificate of another name is not advertised", async () => {
  const folder = await Deno.makeTempDir({ prefix: "portico-certificate-" });
  try {
    await makeCertificate(folder, "elsewhere.example.com");
    const https = [
      "--https",
      "0.0.0.0:8443",
      "--tls-cert",
      `${folder}/cert.pem`,
      "--tls-key",
      `${folder}/key.pem`,
    ];
    await using lab = await venueLab({ serve: [...https, "--public-url", URL_OF_VENUE] });
    await lab.venue.apply(SETUP);
    await lab.venue.start();
    const guest = await lab.guest(1);
    deepEqual((await guest.lease("-O", "114")).opt114, undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A certificate that vouches for itself, good for a day. */
async function makeCertificate(folder: string, name: string): Promise<void> {
  await mustRun(machine, "openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
    ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
  ]);
}

interface Answer {
  readonly head: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function answerOf(guest: Guest, url: string, certificate: string): Promise<Answer> {
  const { stdout, stderr } = await guest.curl("--include", "--http1.1", "--cacert", certificate, url);
  const [head = "", body = ""] = stdout.split("\r\n\r\n");
  ok(body, `${url}: ${stderr}`);
  return { head, body: JSON.parse(body) };
}

function fromHex(hex = ""): string {
  return String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}
