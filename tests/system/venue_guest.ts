import { mustRun, type Ran } from "../../src/controller/box.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { eventually } from "./delay.ts";
import { type Namespace, namespaceOf } from "./network_namespace.ts";
import { chapResponse, keyOf } from "./pages/server_page.ts";

/** A guest's device: a station with a DHCP client, curl and a resolver of its own. */
export interface Guest {
  readonly namespace: Namespace;
  /** Lower case with colons. */
  readonly mac: string;
  /** What DHCP gave; throws before. */
  readonly address: () => string;
  /** Gets an address by DHCP. @param more Further options of udhcpc. @returns what it gave, by udhcpc's names. */
  readonly lease: (...more: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** curl, in at most 8 seconds unless `args` says otherwise. */
  readonly curl: (...args: readonly string[]) => Promise<Ran>;
  /** The body of a GET. @throws {Error} when there is no answer. */
  readonly text: (url: string) => Promise<string>;
  /** Status and headers of a GET, names in lower case; nothing is followed. @throws {Error} without an answer. */
  readonly head: (url: string) => Promise<Head>;
  /** The JSON interface: `json/status` and so on, at the zone's address. @throws {Error} without an answer. */
  readonly json: (path: string) => Promise<ChilliAnswer>;
  /** Logs on with the right challenge, as CoovaChilli's script library does (CHAP unless told). */
  readonly logOn: (userName: string, password: string, secret?: string) => Promise<ChilliAnswer>;
}

export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** What the tests look at in an answer of the JSON interface (coova 9). */
export interface ChilliAnswer {
  readonly clientState: number;
  readonly challenge?: string;
  readonly message?: string;
  readonly redir?: Readonly<Record<string, string>>;
  readonly session?: Readonly<Record<string, number | string>>;
  readonly accounting?: Readonly<Record<string, number | string>>;
}

export interface GuestOptions {
  /** A folder for the guest's files. */
  readonly folder: string;
  /** Where the JSON interface is, such as `10.1.0.1:3990`. */
  readonly portal: string;
  readonly mac: string;
}

/** Writes what it was given where the guest reads it; the resolver's file is mounted, so it keeps its place. */
const LEASE_SCRIPT = `#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
ip route replace default via "\${router%% *}" dev "$interface"
: > /etc/resolv.conf
for server in $dns; do echo "nameserver $server" >> /etc/resolv.conf; done
env > "$LEASE_FILE"
`;

/** Makes the station's own resolver file, which `ip netns exec` puts in the place of the machine's. */
export async function guestIn(station: Namespace, { folder, portal, mac }: GuestOptions): Promise<Guest> {
  const namespace = await withResolver(station.name);
  const file = (name: string) => `${folder}/${station.name}-${name}`;
  await namespace.must("ip", "link", "set", "eth0", "address", mac);
  await machine.writeText(file("lease.sh"), LEASE_SCRIPT, 0o755);
  let address = "";
  const curl = (...args: readonly string[]) =>
    namespace.run("curl", ["--silent", "--show-error", "--max-time", "8", ...args]);
  const mustCurl = (...args: readonly string[]) =>
    mustRun(namespace, "curl", ["--silent", "--show-error", "--max-time", "8", ...args]);
  const json = async (path: string) => JSON.parse(await mustCurl(`http://${portal}/json/${path}`));
  return {
    namespace,
    mac,
    address() {
      if (!address) throw new Error(`${station.name} has no lease yet`);
      return address;
    },
    async lease(...more) {
      const options = [
        "-i",
        "eth0",
        "-f",
        "-q",
        "-n",
        "-t",
        "10",
        "-T",
        "1",
        "-s",
        file("lease.sh"),
        ...more,
      ];
      // What the script is told is then all that its environment holds.
      const clean = ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", `LEASE_FILE=${file("lease")}`];
      await namespace.must("env", ...clean, "udhcpc", ...options);
      const lease = assignments(await Deno.readTextFile(file("lease")));
      address = lease.ip ?? "";
      return lease;
    },
    curl,
    text: (url) => mustCurl(url),
    head: async (url) => headOf(await mustCurl("--output", "/dev/null", "--dump-header", "-", url)),
    json,
    async logOn(userName, password, secret = "") {
      const { challenge = "" } = await json("status");
      const response = chapResponse(password, keyOf(challenge, secret));
      return await json(`logon?username=${encodeURIComponent(userName)}&response=${response}`);
    },
  };
}

/** A global IPv6 address that the station has made by itself (SLAAC), as soon as there is one. */
export function ownIpv6(guest: Guest): Promise<string> {
  return eventually(`an IPv6 address of ${guest.namespace.name}`, async () => {
    const text = await guest.namespace.must(
      "ip",
      "-6",
      "-o",
      "address",
      "show",
      "dev",
      "eth0",
      "scope",
      "global",
    );
    return /inet6 ([0-9a-f:]+)\//.exec(text)?.[1];
  });
}

async function withResolver(name: string): Promise<Namespace> {
  await machine.writeText(`/etc/netns/${name}/resolv.conf`, "", 0o644);
  return namespaceOf(name);
}

function assignments(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").map((line) => line.split("=", 2)).map(([name = "", value = ""]) => [name, value]),
  );
}

function headOf(text: string): Head {
  const [first = "", ...lines] = text.trim().split(/\r?\n/);
  const headers = lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line)).filter((found) => found !== null);
  return {
    status: Number(first.split(" ")[1]),
    headers: new Map(headers.map(([, name = "", value = ""]) => [name.toLowerCase(), value])),
  };
}
