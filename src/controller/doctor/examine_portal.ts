import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress, parseIpAddress } from "../../values/ip_address.ts";
import { type Examination, nameOf, setZone } from "./examination.ts";
import { bad, type Finding, good, warning } from "./finding.ts";

/** Chromium turns it into HTTPS by itself (coova 12). */
const REWRITTEN_ALIAS = "1.0.0.1";
/** What a browser takes for nearer than the internet; pages on the internet may not call it. */
const PRIVATE_RANGES = new Set([
  "carrierGradeNat",
  "linkLocal",
  "loopback",
  "private",
  "uniqueLocal",
  "unspecified",
]);
const SOON_MILLISECONDS = 14 * 86_400_000;

/** Whether each zone's login page can be reached, and what today's browsers would refuse it (coova 12). */
export async function examinePortal(examination: Examination): Promise<Finding[]> {
  const findings = await Promise.all(examination.zones.map(async (zone) => {
    const found = await examineLoginPage(examination, zone);
    return found.map((finding) => ({ ...finding, zone: nameOf(zone) }));
  }));
  return findings.flat();
}

async function examineLoginPage({ box, network }: Examination, zone: Zone): Promise<Finding[]> {
  const { uamserver, uamsecret, nochallenge } = zone.options;
  if (!uamserver || !URL.canParse(uamserver)) return [];
  const { protocol, hostname } = new URL(uamserver);
  const addresses = await addressesOf(box, hostname.replace(/^\[|\]$/g, ""));
  const own = new Set(network.links.flatMap(({ addr_info }) => addr_info.map(({ local }) => local)));
  if (addresses.some((address) => own.has(address))) {
    return [good("login page", "The login page is on this box")];
  }
  const findings: Finding[] = [];
  if (!addresses.length) {
    const text = `The login page cannot be reached: DNS knows no address of ${hostname}`;
    findings.push(bad("login page", text, setZone(zone, "--uamserver URL")));
  }
  if (!uamsecret && !nochallenge) {
    const text =
      "The login page is another server's, and shares no secret with this box: redirects are not signed, and " +
      "whoever hears a log-on reads the password";
    findings.push(warning("login page", text, setZone(zone, "--uamsecret SECRET")));
  }
  if (nochallenge) {
    const text = "Passwords cross the network in clear text (nochallenge)";
    findings.push(warning("login page", text, setZone(zone, "--nochallenge off")));
  }
  if (protocol === "https:") {
    const text =
      "The login page is on HTTPS, and the box answers by HTTP: browsers refuse scripts that call it. The page " +
      "has to redirect to the box, or be on HTTP";
    findings.push(warning("login page", text));
  } else if (addresses.some((address) => !isPrivate(address)) && !isUsableAlias(zone)) {
    const text =
      `The login page is on the internet, and browsers refuse its scripts the box's private address; ${
        zone.options.uamaliasip === REWRITTEN_ALIAS
          ? `they make HTTPS of the alias ${REWRITTEN_ALIAS}`
          : "there is no alias of the public range"
      }. Pages that only redirect need nothing`;
    findings.push(warning("login page", text, setZone(zone, "--uamaliasip 192.0.2.1")));
  }
  return findings.length ? findings : [good("login page", `The login page is at ${addresses.join(", ")}`)];
}

async function addressesOf(box: Examination["box"], host: string): Promise<string[]> {
  const address = normalizeIpAddress(host);
  if (address) return [address];
  const { stdout } = await box.run("getent", ["ahosts", host]);
  return [
    ...new Set(stdout.split("\n").flatMap((line) => normalizeIpAddress(line.split(/\s/)[0] ?? "") ?? [])),
  ];
}

function isPrivate(address: string): boolean {
  return PRIVATE_RANGES.has(parseIpAddress(address)?.range() ?? "");
}

function isUsableAlias({ options: { uamaliasip } }: Zone): boolean {
  return uamaliasip !== "" && uamaliasip !== REWRITTEN_ALIAS && !isPrivate(uamaliasip);
}

/** What guests reach over TLS: the captive portal API is told to them only while this is right. */
export async function examineCertificate(examination: Examination): Promise<Finding[]> {
  const state = await examination.certificate();
  switch (state.kind) {
    case "off":
      return [];
    case "bad":
      return [bad("certificate", `Telephones are not told of the captive portal API: ${state.complaint}`)];
    case "good": {
      const { hostname, validTo } = state;
      const until = validTo.toISOString().slice(0, 10);
      const isEnding = validTo.getTime() - examination.now.getTime() < SOON_MILLISECONDS;
      return [
        isEnding
          ? warning("certificate", `The certificate for ${hostname} ends soon, on ${until}`)
          : good("certificate", `The certificate is for ${hostname}, until ${until}`),
        ...await examineName(examination, hostname),
      ];
    }
  }
}

/** The certificate's name has to lead guests to the box. */
async function examineName({ box, zones }: Examination, hostname: string): Promise<Finding[]> {
  const addresses = await addressesOf(box, hostname);
  return zones.flatMap((zone) => {
    const { uamhostname, address } = zone.options;
    const leadsHere = uamhostname.toLowerCase() === hostname.toLowerCase() ||
      address.some((text) => addresses.includes(normalizeIpAddress(text.split("/")[0] ?? "") ?? ""));
    if (leadsHere) return [];
    const text = `${hostname}, the certificate's name, does not lead this zone's guests to the box`;
    return [{
      ...warning("certificate", text, setZone(zone, `--uamhostname ${hostname}`)),
      zone: nameOf(zone),
    }];
  });
}
