import type { Zone } from "../../aaa/identity/zones.ts";
import { isInNetwork, parseIpNetwork } from "../../values/ip_address.ts";
import { type Examination, hasGate, nameOf, prefixesOf, setZone } from "./examination.ts";
import { bad, type Finding, good, warning } from "./finding.ts";
import type { Link } from "./network_state.ts";
import { examineWireless } from "./examine_wireless.ts";

/** Bridges that Portico makes itself. */
const OWN_BRIDGE = /^portico-/;

/** Whether each zone's interfaces are there, free, and its own. */
export async function examineInterfaces(examination: Examination): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const zone of examination.zones.filter(hasGate)) {
    const found = [
      ...(await Promise.all(zone.options.interface.map((name) => examineInterface(examination, zone, name))))
        .flat(),
      ...examineAddresses(examination, zone),
    ];
    findings.push(...found.map((finding) => ({ ...finding, zone: nameOf(zone) })));
  }
  return findings;
}

async function examineInterface(examination: Examination, zone: Zone, name: string): Promise<Finding[]> {
  const { links } = examination.network;
  const link = links.find(({ ifname }) => ifname === name);
  if (!link) {
    const others = links.map(({ ifname }) => ifname).filter((other) => other !== "lo").join(", ");
    const text = `There is no interface ${name}; there are ${others || "none"}`;
    return [bad("interface", text, setZone(zone, "--interface NAME"))];
  }
  const problems = [
    ...mastered(zone, link),
    ...carrier(zone, link),
    ...foreignAddresses(zone, link, links),
    ...await otherManagers(examination, name),
    ...await examineWireless(examination, name),
  ];
  return problems.length ? problems : [good("interface", `The interface ${name} is there`)];
}

function mastered(zone: Zone, { ifname, master }: Link): Finding[] {
  if (!master || OWN_BRIDGE.test(master)) return [];
  const text = `${ifname} is part of ${master}: what comes from it shows as ${master}'s`;
  return [bad("interface", text, setZone(zone, `--interface ${master}`))];
}

function carrier({ options }: Zone, { ifname, flags }: Link): Finding[] {
  if (!flags.includes("UP")) {
    // Portico takes it up with its addresses.
    if (options.setaddress) return [];
    return [bad("interface", `${ifname} is switched off`, `ip link set ${ifname} up`)];
  }
  if (!flags.includes("NO-CARRIER")) return [];
  return [warning("interface", `Nothing is connected to ${ifname}, or what is connected is switched off`)];
}

function foreignAddresses(zone: Zone, { ifname, addr_info }: Link, links: readonly Link[]): Finding[] {
  const bridge = links.find((link) => link.ifname === ifname)?.master;
  const own = new Set(zone.options.address.map((text) => text.split("/")[0]));
  const foreign = bridge ? [] : addr_info.filter(({ local, scope }) => scope === "global" && !own.has(local));
  return foreign.map(({ local, prefixlen, dynamic }) => {
    const whose = dynamic ? "another program gave it by DHCP" : "the zone does not name it";
    return warning(
      "address",
      `${ifname} also has the address ${local}/${prefixlen}: ${whose}`,
      `ip address delete ${local}/${prefixlen} dev ${ifname}`,
    );
  });
}

/** Programs that would take the addresses away again, or run a DHCP client there. */
async function otherManagers({ box }: Examination, name: string): Promise<Finding[]> {
  const [networkManager, networkd] = await Promise.all([
    box.run("nmcli", ["--terse", "--fields", "DEVICE,STATE", "device"]),
    box.run("networkctl", ["list", "--no-legend", "--no-pager", name]),
  ]);
  const findings: Finding[] = [];
  const state = networkManager.code === 0 &&
    networkManager.stdout.split("\n").find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1);
  if (state && state !== "unmanaged" && !state.includes("externally")) {
    const text = `NetworkManager manages ${name}, and may take its addresses away`;
    findings.push(warning("interface", text, `nmcli device set ${name} managed no`));
  }
  const setup = networkd.code === 0 ? networkd.stdout.trim().split(/\s+/).at(-1) : "unmanaged";
  if (setup === "configured" || setup === "configuring") {
    const text = `systemd-networkd manages ${name}, and may take its addresses away`;
    const file = `/etc/systemd/network/00-portico-${name}.network`;
    const fix = `printf '[Match]\\nName=${name}\\n[Link]\\nUnmanaged=yes\\n' > ${file} && networkctl reload`;
    findings.push(warning("interface", text, fix));
  }
  return findings;
}

function examineAddresses({ network, zones }: Examination, zone: Zone): Finding[] {
  const { interface: own, setaddress } = zone.options;
  const findings: Finding[] = [];
  const zonesOwn = new Set(zones.flatMap(({ options }) => options.interface));
  const strangers = network.links.filter(({ ifname, master }) =>
    ifname !== "lo" && !zonesOwn.has(ifname) && !OWN_BRIDGE.test(ifname) && !OWN_BRIDGE.test(master ?? "")
  );
  for (const prefix of zone.options.address) {
    for (const { ifname, addr_info } of strangers) {
      const same = addr_info.find(({ local, prefixlen }) => overlap(prefix, `${local}/${prefixlen}`));
      if (!same) continue;
      const text =
        `The zone's network ${prefix} is the one of ${ifname} too (${same.local}/${same.prefixlen})`;
      findings.push(bad("address", text, setZone(zone, "--address OTHER/24")));
    }
  }
  if (setaddress) return findings;
  const devices = network.links.filter(({ ifname }) => own.includes(ifname));
  const present = new Set(devices.flatMap(({ addr_info }) => addr_info.map(({ local }) => local)));
  for (const prefix of zone.options.address.filter((text) => !present.has(text.split("/")[0] ?? ""))) {
    const text = `${own.join(", ")} lacks the zone's address ${prefix}, and Portico is not to give it`;
    findings.push(bad("address", text, `ip address add ${prefix} dev ${own[0]}`));
  }
  return findings;
}

function overlap(a: string, b: string): boolean {
  const [one, other] = [parseIpNetwork(a), parseIpNetwork(b)];
  return one !== null && other !== null && (isInNetwork(one[0], other) || isInNetwork(other[0], one));
}

/** Other programs at the ports that a zone needs; the venue's own do not count. */
export async function examinePorts(examination: Examination): Promise<Finding[]> {
  const { box, isOwn, network, zones } = examination;
  const findings: Finding[] = [];
  for (const zone of zones.filter(hasGate)) {
    for (const { protocol, port, what } of portsOf(zone)) {
      for (const { address, device, port: taken, program, protocol: by } of network.listeners) {
        const isThere = taken === port && by === protocol &&
          (device === null || zone.options.interface.includes(device));
        const isHere = address === "*" || zone.options.address.some((text) => text.split("/")[0] === address);
        if (!isThere || !isHere) continue;
        const line = program && await box.commandLine(program.pid);
        if (line && isOwn(line)) continue;
        const who = program ? `The program ${program.name} (${program.pid})` : "Another program";
        const text = `${who} has the port ${port} that ${what} needs`;
        const fix = program && `systemctl disable --now ${program.name}`;
        findings.push({ ...bad("ports", text, fix), zone: nameOf(zone) });
      }
    }
  }
  const unique = findings.filter(({ text }, at) => findings.findIndex((other) => other.text === text) === at);
  return unique.length || !zones.some(hasGate)
    ? unique
    : [good("ports", "The ports that guests need are free")];
}

function portsOf(zone: Zone) {
  const { dhcp, uamport } = zone.options;
  return [
    ...(dhcp
      ? [
        { protocol: "udp", port: 53, what: "DNS for guests" },
        { protocol: "tcp", port: 53, what: "DNS for guests" },
        ...(prefixesOf(zone, "ipv4").length ? [{ protocol: "udp", port: 67, what: "DHCP for guests" }] : []),
      ]
      : []),
    { protocol: "tcp", port: uamport, what: "the login page" },
    { protocol: "tcp", port: uamport + 1, what: "logging out" },
  ];
}
