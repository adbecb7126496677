import { bad, type Finding, good, warning } from "./finding.ts";
import { type Examination, hasGate } from "./examination.ts";

interface Needed {
  readonly program: string;
  readonly version: readonly string[];
  /** Debian's. */
  readonly package: string;
  readonly for: string;
}

const NEEDED: readonly Needed[] = [
  { program: "nft", version: ["--version"], package: "nftables", for: "lets guests pass, and nobody else" },
  { program: "ip", version: ["-V"], package: "iproute2", for: "gives interfaces their addresses" },
  { program: "tc", version: ["-V"], package: "iproute2", for: "keeps guests to their bandwidth" },
  {
    program: "conntrack",
    version: ["--version"],
    package: "conntrack",
    for: "ends the connections of guests who left",
  },
];
const DNSMASQ: Needed = {
  program: "dnsmasq",
  version: ["--version"],
  package: "dnsmasq-base",
  for: "hands out addresses and answers DNS",
};
const NOT_FOUND = 127;
/** Linux: bit of CAP_NET_ADMIN. */
const NET_ADMIN = 12n;

/** Whether this user may change the network, and the programs are there that do it. */
export async function examinePrograms(examination: Examination): Promise<Finding[]> {
  const { box, zones } = examination;
  const gated = zones.filter(hasGate);
  if (!gated.length) return [];
  const needed = gated.some(({ options }) => options.dhcp) ? [...NEEDED, DNSMASQ] : NEEDED;
  const versions = await Promise.all(needed.map(({ program, version }) => box.run(program, version)));
  const missing = needed.filter((_, at) => versions[at]?.code === NOT_FOUND);
  const packages = [...new Set(missing.map((each) => each.package))].join(" ");
  return [
    await mayChangeTheNetwork(examination) ? good("right", "Portico may change the network") : bad(
      "right",
      "This user may not change the network: Portico needs root's rights",
      "sudo -E portico serve",
    ),
    ...missing.map((each) =>
      bad("programs", `${each.program} is not installed: it ${each.for}`, `apt-get install ${packages}`)
    ),
    ...(missing.length
      ? []
      : [good("programs", `Installed: ${needed.map(({ program }) => program).join(", ")}`)]),
    ...gardenByName(examination, versions[needed.indexOf(DNSMASQ)]?.stdout ?? ""),
  ];
}

export async function mayChangeTheNetwork({ box }: Pick<Examination, "box">): Promise<boolean> {
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await box.readText("/proc/self/status") ?? "") ?? [];
  return effective !== undefined && (BigInt(`0x${effective}`) >> NET_ADMIN & 1n) === 1n;
}

function gardenByName({ zones }: Examination, version: string): Finding[] {
  if (!version || / nftset\b/.test(version) || !zones.some(({ options }) => options.uamdomain.length)) {
    return [];
  }
  const text =
    "This dnsmasq was built without nftset: the domains of the walled garden (uamdomain) stay closed";
  return [warning("programs", text, "apt-get install dnsmasq-base")];
}
