import { v7 as uuid } from "uuid";
import * as v from "valibot";
import { ZoneOptions } from "../../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { Box, Ran } from "../../../src/controller/box.ts";
import type { Examination } from "../../../src/controller/doctor/examination.ts";
import { examine } from "../../../src/controller/doctor/examine.ts";
import type { Finding } from "../../../src/controller/doctor/finding.ts";
import { readNetwork } from "../../../src/controller/doctor/network_state.ts";
import { OrganizationId } from "../../../src/values/organization_id.ts";

/** What programs write by their command line (its beginning is enough), and files by their path; null for none. */
export interface Script {
  readonly programs?: Readonly<Record<string, string | Ran | null>>;
  readonly files?: Readonly<Record<string, string | null>>;
  readonly processes?: Readonly<Record<number, readonly string[]>>;
}

const ADDRESSES = [
  {
    ifname: "lo",
    flags: ["LOOPBACK", "UP", "LOWER_UP"],
    addr_info: [{ local: "127.0.0.1", prefixlen: 8, scope: "host" }],
  },
  {
    ifname: "eth0",
    flags: ["BROADCAST", "UP", "LOWER_UP"],
    address: "02:00:00:00:00:01",
    addr_info: [{ local: "198.51.100.2", prefixlen: 24, scope: "global", dynamic: true }],
  },
  { ifname: "eth1", flags: ["BROADCAST", "UP", "LOWER_UP"], address: "02:00:00:00:00:02", addr_info: [] },
];

/** A box that lacks nothing. */
const WELL: Required<Script> = {
  programs: {
    "nft --version": "nftables v1.0.6 (Lester Gooch #5)\n",
    "ip -V": "ip utility, iproute2-6.1.0\n",
    "tc -V": "tc utility, iproute2-6.1.0\n",
    "conntrack --version": "conntrack v1.4.7 (conntrack-tools)\n",
    "dnsmasq --version":
      "Dnsmasq version 2.90\nCompile time options: IPv6 DHCP DHCPv6 conntrack ipset nftset auth\n",
    "unshare --net nft -f -": "",
    "unshare --net tc qdisc": "",
    "ip -json -details address show": JSON.stringify(ADDRESSES),
    "ip -json route show default": '[{"dst":"default","gateway":"198.51.100.1","dev":"eth0"}]',
    "ip -6 -json route show default": "[]",
    "ss -H -l -n -t -u -p": "",
    "nft list chains":
      "table inet portico {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n",
    "timedatectl show": "yes\n",
    nmcli: null,
    networkctl: null,
    rfkill: null,
    iw: null,
    getent: { code: 2, stdout: "", stderr: "" },
  },
  files: {
    "/proc/self/status": "Name:\tportico\nCapEff:\t000001ffffffffff\n",
    "/proc/mounts": "proc /proc proc rw,nosuid 0 0\n",
    "/proc/sys/net/ipv4/ip_forward": "0\n",
    "/proc/sys/net/ipv6/conf/all/forwarding": "0\n",
    "/etc/resolv.conf": "# from DHCP\nnameserver 192.0.2.53\n",
  },
  processes: {},
};

/** A box that answers as written; a program or file that nobody wrote about is a mistake of the test. */
export function scriptedBox(script: Script): Pick<Box, "run" | "readText" | "commandLine"> {
  const programs = { ...WELL.programs, ...script.programs };
  const files: Readonly<Record<string, string | null>> = { ...WELL.files, ...script.files };
  const processes: Readonly<Record<number, readonly string[]>> = { ...script.processes };
  return {
    run(program, args) {
      const line = [program, ...args].join(" ");
      const [, answer] = Object.entries(programs).filter(([beginning]) => line.startsWith(beginning))
        .sort(([a], [b]) => b.length - a.length)[0] ?? [];
      if (answer === undefined) throw new Error(`Nobody wrote what "${line}" answers`);
      if (answer === null) return Promise.resolve({ code: 127, stdout: "", stderr: "not found" });
      return Promise.resolve(typeof answer === "string" ? { code: 0, stdout: answer, stderr: "" } : answer);
    },
    readText(path) {
      const text = files[path];
      if (text === undefined && !path.startsWith("/sys/class/net/")) {
        throw new Error(`Nobody wrote what ${path} holds`);
      }
      return Promise.resolve(text ?? null);
    },
    commandLine: (pid) => Promise.resolve(processes[pid] ?? null),
  };
}

export function testZone(options: v.InferInput<typeof ZoneOptions> = {}, name = "guests"): Zone {
  const parsed = v.parse(ZoneOptions, { interface: ["eth1"], address: ["10.1.0.1/24"], ...options });
  return {
    id: uuid(),
    organizationId: v.parse(OrganizationId, uuid()),
    organizationSlug: "default",
    name,
    gate: parsed.interface.length ? "nftables" : "none",
    options: parsed,
  };
}

export interface Circumstances extends Script, Partial<Omit<Examination, "box" | "network" | "zones">> {
  readonly zones?: readonly Zone[];
}

/** What an examination of this box finds. */
export async function examined(
  { zones = [testZone()], ...given }: Circumstances = {},
): Promise<readonly Finding[]> {
  const box = scriptedBox(given);
  return await examine({
    box,
    zones,
    network: await readNetwork(box),
    isRunning: given.isRunning ?? true,
    isOwn: given.isOwn ?? (() => false),
    askDns: given.askDns ?? (() => Promise.resolve(0)),
    certificate: given.certificate ?? (() => Promise.resolve({ kind: "off" })),
    now: given.now ?? new Date("2026-11-22T12:00:00Z"),
  });
}

/** Those that are not good, as `state check: text → fix`. */
export async function complaints(circumstances?: Circumstances): Promise<string[]> {
  const found = await examined(circumstances);
  return found.filter(({ state }) => state !== "good")
    .map(({ state, check, text, fix }) => `${state} ${check}: ${text}${fix === null ? "" : ` → ${fix}`}`);
}

/** Interfaces of the box, `eth1` being changed. */
export function withEth1(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(ADDRESSES.map((link) => link.ifname === "eth1" ? { ...link, ...changes } : link));
}
