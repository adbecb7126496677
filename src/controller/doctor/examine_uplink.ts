import { bad, type Finding, good, warning } from "./finding.ts";
import { type Examination, hasGate, nameOf, prefixesOf, setZone } from "./examination.ts";

/** No version of Portico is older than that. */
const EARLIEST = new Date("2026-01-01T00:00:00Z");
const RCODE_REFUSED = 5;

/** Whether the box itself has a way to the internet, a DNS server that answers, and the right time. */
export async function examineUplink(examination: Examination): Promise<Finding[]> {
  const gated = examination.zones.filter(hasGate);
  if (!gated.length) return await examineClock(examination);
  return [
    ...examineRoute(examination),
    ...await examineDns(examination),
    ...await examineClock(examination),
  ];
}

function examineRoute({ zones, network }: Examination): Finding[] {
  const gated = zones.filter(hasGate);
  const findings: Finding[] = [];
  const [route] = network.defaultRoutes;
  const outwards = new Set(gated.map(({ options }) => options.wan || route?.dev || ""));
  for (const zone of gated) {
    const { wan, interface: own } = zone.options;
    if (wan && !network.links.some(({ ifname }) => ifname === wan)) {
      const text = `There is no interface ${wan}, which the zone is to reach the internet by`;
      findings.push({ ...bad("route", text, setZone(zone, "--wan ''")), zone: nameOf(zone) });
    }
    const both = own.find((name) => outwards.has(name));
    if (both) {
      const text = `${both} leads to the internet, and is a zone's own interface too`;
      findings.push({ ...bad("route", text, setZone(zone, "--interface NAME")), zone: nameOf(zone) });
    }
  }
  if (route) {
    findings.push(good("route", `The box reaches the internet by ${route.dev ?? "an unknown interface"}`));
  } else {
    const text = "The box has no default route: it has no way to the internet itself";
    findings.push(bad("route", text, "ip route add default via GATEWAY"));
  }
  if (gated.some((zone) => prefixesOf(zone, "ipv6").length) && !network.defaultRoutes6.length) {
    const text = "The box has no default route for IPv6: the zones' IPv6 networks lead nowhere";
    findings.push(warning("route", text, "ip -6 route add default via GATEWAY"));
  }
  return findings;
}

async function examineDns({ box, zones, askDns }: Examination): Promise<Finding[]> {
  const served = zones.filter((zone) => hasGate(zone) && zone.options.dhcp);
  const own = [...(await box.readText("/etc/resolv.conf") ?? "").matchAll(/^\s*nameserver\s+(\S+)/gm)]
    .flatMap(([, server]) => server ?? []);
  const named = (zone: typeof zones[number]) => [zone.options.dns1, zone.options.dns2].filter(Boolean);
  const servers = [...new Set(served.flatMap((zone) => named(zone).length ? named(zone) : own))];
  const [first] = served;
  if (!first) return [];
  const another = setZone(first, "--dns1 ADDRESS");
  if (!servers.length) {
    return [bad("dns", "The box knows no DNS server (/etc/resolv.conf), and the zone names none", another)];
  }
  const outcomes = await Promise.all(servers.map(askDns));
  const silent = servers.filter((_, at) => outcomes[at] === null);
  const unwilling = servers.filter((_, at) => outcomes[at]);
  const answering = servers.filter((_, at) => outcomes[at] === 0);
  const judgeSilence = answering.length || unwilling.length ? warning : bad;
  return [
    ...(answering.length ? [good("dns", `DNS is answered by ${answering.join(", ")}`)] : []),
    ...silent.map((server) => judgeSilence("dns", `The DNS server ${server} does not answer`, another)),
    // It may know other names all the same.
    ...unwilling.map((server) => {
      const refuses = outcomes[servers.indexOf(server)] === RCODE_REFUSED;
      const why = refuses
        ? "refuses to look beyond its own names"
        : "finds nothing out: does it reach the internet?";
      return warning("dns", `The DNS server ${server} ${why}`, another);
    }),
  ];
}

async function examineClock({ box, now }: Examination): Promise<Finding[]> {
  if (now < EARLIEST) {
    const text = `The clock shows ${now.toISOString()}: certificates, time limits and records will be wrong`;
    return [bad("clock", text, "timedatectl set-ntp true")];
  }
  const { code, stdout } = await box.run("timedatectl", ["show", "--property=NTPSynchronized", "--value"]);
  if (code !== 0) return [];
  return stdout.trim() === "no"
    ? [warning("clock", "Nobody keeps the clock right (NTP)", "timedatectl set-ntp true")]
    : [good("clock", "The clock is kept right (NTP)")];
}
