import type { Ran } from "../box.ts";
import { bad, type Finding, good, warning } from "./finding.ts";
import { type Examination, hasGate, prefixesOf } from "./examination.ts";
import { mayChangeTheNetwork } from "./examine_programs.ts";

/** Of each kind that the gate's rules have. */
const RULES = `table inet portico_trial {
  set counted { typeof meta priority; size 16; counter; }
  map up { typeof iifname . ether saddr . ip saddr : meta priority; size 16; }
  set asked { typeof ether saddr; size 16; flags dynamic; timeout 1m; }
  chain caught {
    type nat hook prerouting priority dstnat;
    tcp dport 80 redirect to :3990
  }
  chain out {
    type nat hook postrouting priority srcnat;
    oifname != "lo" masquerade
  }
  chain pass {
    type filter hook forward priority filter;
    meta priority set iifname . ether saddr . ip saddr map @up accept
    update @asked { ether saddr limit rate over 20/second burst 60 packets } drop
    fib daddr type local reject with tcp reset
    ct state established,related meta priority @counted accept
  }
}
`;
const NOT_FOUND = 127;

/** Whether the kernel can do what the gate needs: tried in a network namespace of its own, which is gone at once. */
export async function examineKernel(examination: Examination): Promise<Finding[]> {
  if (!examination.zones.some(hasGate)) return [];
  const tried = await mayChangeTheNetwork(examination)
    ? [await tryRules(examination), await tryShaping(examination)].filter((finding) => finding !== null)
    : [];
  return [...tried, ...await examineForwarding(examination)];
}

async function tryRules({ box }: Examination): Promise<Finding | null> {
  let ran = await box.run("unshare", ["--net", "nft", "-f", "-"], RULES);
  if (namespaceRefused(ran)) ran = await box.run("nft", ["--check", "-f", "-"], RULES);
  if (ran.code === NOT_FOUND) return null;
  if (ran.code === 0) return good("kernel", "The kernel takes Portico's nftables rules");
  const [why = ""] = ran.stderr.split("\n");
  return bad(
    "kernel",
    `The kernel does not take Portico's nftables rules: ${why.trim()}`,
    "modprobe nf_tables nft_chain_nat",
  );
}

async function tryShaping({ box }: Examination): Promise<Finding | null> {
  const ran = await box.run("unshare", [
    "--net",
    "tc",
    "qdisc",
    "add",
    "dev",
    "lo",
    "root",
    "handle",
    "1:",
    "htb",
  ]);
  if (ran.code === NOT_FOUND || namespaceRefused(ran)) return null;
  if (ran.code === 0) return good("shaping", "The kernel can keep guests to their bandwidth (htb)");
  return bad(
    "shaping",
    "The kernel has no htb: guests cannot be kept to their bandwidth",
    "modprobe sch_htb",
  );
}

/** In a container, say: nothing can be concluded. */
function namespaceRefused({ code, stderr }: Ran): boolean {
  return code === NOT_FOUND || /unshare failed/.test(stderr);
}

async function examineForwarding({ box, zones }: Examination): Promise<Finding[]> {
  const gated = zones.filter(hasGate);
  const families = [
    { name: "IPv4", file: "/proc/sys/net/ipv4/ip_forward", setting: "net.ipv4.ip_forward", kind: "ipv4" },
    {
      name: "IPv6",
      file: "/proc/sys/net/ipv6/conf/all/forwarding",
      setting: "net.ipv6.conf.all.forwarding",
      kind: "ipv6",
    },
  ] as const;
  const isReadOnly = /^\S+ \/proc\/sys \S+ ro[ ,]/m.test(await box.readText("/proc/mounts") ?? "");
  const findings: Finding[] = [];
  for (const { name, file, setting, kind } of families) {
    const served = gated.filter((zone) => prefixesOf(zone, kind).length);
    if (!served.length) continue;
    const isOn = (await box.readText(file))?.trim() === "1";
    const isOurs = served.every(({ options }) => options.forwarding);
    if (isOn) findings.push(good("forwarding", `The kernel forwards ${name}`));
    else if (isOurs && !isReadOnly) {
      findings.push(good("forwarding", `The kernel does not forward ${name} yet: Portico switches it on`));
    } else {
      const why = isReadOnly
        ? "and Portico may not switch it on (/proc/sys is read-only)"
        : "and a zone leaves it so";
      findings.push(
        bad("forwarding", `The kernel does not forward ${name}, ${why}`, `sysctl -w ${setting}=1`),
      );
    }
  }
  return findings;
}

/** Chains of others that drop what no rule of theirs lets pass: Portico's own accept does not overrule them. */
export async function examineFirewall({ box, zones }: Examination): Promise<Finding[]> {
  const gated = zones.filter(hasGate);
  if (!gated.length) return [];
  const { code, stdout } = await box.run("nft", ["list", "chains"]);
  if (code !== 0) return [];
  const devices = gated.flatMap(({ options }) => options.interface);
  return droppingChains(stdout).map(({ table, chain, hook }) => {
    const what = hook === "forward"
      ? "what is forwarded: guests get nowhere"
      : "what comes to the box: guests get no address, no DNS and no login page";
    const text = `The firewall drops ${what}, unless it has a rule for ${
      devices.join(", ")
    } (nftables: ${table}, ${chain})`;
    return warning("firewall", text, `nft insert rule ${table} ${chain} iifname "${devices[0]}" accept`);
  });
}

function droppingChains(listing: string): { table: string; chain: string; hook: string }[] {
  let table = "";
  let chain = "";
  const found: { table: string; chain: string; hook: string }[] = [];
  for (const line of listing.split("\n")) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\s*chain (\S+) \{/.exec(line)?.[1] ?? chain;
    const [, hook] = /hook (forward|input) .*policy drop;/.exec(line) ?? [];
    if (hook && table !== "inet portico") found.push({ table, chain, hook });
  }
  return found;
}
