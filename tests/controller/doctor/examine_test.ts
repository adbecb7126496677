import { deepEqual, equal, ok } from "node:assert/strict";
import { complaints, examined, testZone, withEth1 } from "./scripted_box.ts";

const LINKS = "ip -json -details address show";

Deno.test("a box that lacks nothing is well, and each thing that was looked at says so", async () => {
  const found = await examined();
  deepEqual(await complaints(), []);
  deepEqual([...new Set(found.map(({ check }) => check))], [
    "right",
    "programs",
    "kernel",
    "shaping",
    "forwarding",
    "interface",
    "ports",
    "route",
    "dns",
    "clock",
    "venue",
  ]);
});

Deno.test("without a zone the command that makes one is said, and with zones without a network nothing of it is asked", async () => {
  deepEqual(await complaints({ zones: [] }), [
    "warning zones: There is no zone yet: nobody is caught → " +
    "portico zone create --org default --name guests --interface INTERFACE --address 10.1.0.1/24",
  ]);
  const thought = testZone({ interface: [], address: [] });
  deepEqual(await complaints({ zones: [thought], programs: { "nft --version": null, "tc -V": null } }), []);
});

Deno.test("programs that are missing are told with the packages that have them; dnsmasq only where it is used", async () => {
  const programs = { "nft --version": null, "conntrack --version": null, "dnsmasq --version": null };
  const fix = "apt-get install nftables conntrack dnsmasq-base";
  deepEqual(await complaints({ programs }), [
    `bad programs: nft is not installed: it lets guests pass, and nobody else → ${fix}`,
    `bad programs: conntrack is not installed: it ends the connections of guests who left → ${fix}`,
    `bad programs: dnsmasq is not installed: it hands out addresses and answers DNS → ${fix}`,
  ]);
  const others = testZone({ dhcp: false });
  deepEqual(await complaints({ zones: [others], programs: { "dnsmasq --version": null } }), []);
  const old = { "dnsmasq --version": "Compile time options: IPv6 DHCP no-nftset\n" };
  deepEqual(await complaints({ programs: old }), []);
  const [garden] = await complaints({ zones: [testZone({ uamdomain: ["example.org"] })], programs: old });
  ok(garden?.includes("the domains of the walled garden (uamdomain) stay closed"));
});

Deno.test("without the right to change the network nothing is tried, and the right is asked for", async () => {
  const programs = { "unshare --net nft": { code: 1, stdout: "", stderr: "must not be tried" } };
  for (const status of ["CapEff:\t0000000000000000\n", "CapEff:\t0000000000000fff\n", ""]) {
    deepEqual(await complaints({ programs, files: { "/proc/self/status": status } }), [
      "bad right: This user may not change the network: Portico needs root's rights → sudo -E portico serve",
    ]);
  }
  deepEqual(await complaints({ files: { "/proc/self/status": "CapEff:\t0000000000001000\n" } }), []);
});

Deno.test("what the kernel refuses is said in its words; where no namespace may be made the rules are only checked", async () => {
  const refused = { code: 1, stdout: "", stderr: "/dev/stdin:3:3-9: Error: Could not process rule\nmore" };
  const noHtb = { code: 2, stdout: "", stderr: "Error: Specified qdisc kind is unknown." };
  deepEqual(
    await complaints({ programs: { "unshare --net nft -f -": refused, "unshare --net tc qdisc": noHtb } }),
    [
      "bad kernel: The kernel does not take Portico's nftables rules: /dev/stdin:3:3-9: Error: Could not process rule → " +
      "modprobe nf_tables nft_chain_nat",
      "bad shaping: The kernel has no htb: guests cannot be kept to their bandwidth → modprobe sch_htb",
    ],
  );
  const jailed = { code: 1, stdout: "", stderr: "unshare: unshare failed: Operation not permitted" };
  const programs = {
    "unshare --net nft -f -": jailed,
    "unshare --net tc qdisc": jailed,
    "nft --check -f -": "",
  };
  deepEqual(await complaints({ programs }), []);
  const [only] = await complaints({ programs: { ...programs, "nft --check -f -": refused } });
  ok(only?.startsWith("bad kernel:"));
});

Deno.test("forwarding is Portico's to switch on, unless a zone leaves it alone or /proc/sys is read-only", async () => {
  const off = testZone({ forwarding: false });
  deepEqual(await complaints({ zones: [off] }), [
    "bad forwarding: The kernel does not forward IPv4, and a zone leaves it so → sysctl -w net.ipv4.ip_forward=1",
  ]);
  deepEqual(await complaints({ zones: [off], files: { "/proc/sys/net/ipv4/ip_forward": "1\n" } }), []);
  const files = { "/proc/mounts": "proc /proc/sys proc ro,nosuid,nodev 0 0\n" };
  const six = testZone({ address: ["10.1.0.1/24", "2001:db8::1/64"] });
  const found = await complaints({
    zones: [six],
    files,
    programs: { "ip -6 -json route show default": "[{}]" },
  });
  deepEqual(found.map((text) => text.split("→ ")[1]), [
    "sysctl -w net.ipv4.ip_forward=1",
    "sysctl -w net.ipv6.conf.all.forwarding=1",
  ]);
});

Deno.test("an interface that is not there, is another's, or leads to the internet is told with its zone", async () => {
  const found = await examined({ zones: [testZone({ interface: ["eth9"] })] });
  const [missing] = found.filter(({ state }) => state === "bad");
  deepEqual(missing, {
    check: "interface",
    state: "bad",
    zone: "default/guests",
    text: "There is no interface eth9; there are eth0, eth1",
    fix: "portico zone set default/guests --interface NAME",
  });
  deepEqual(await complaints({ programs: { [LINKS]: withEth1({ master: "br0" }) } }), [
    "bad interface: eth1 is part of br0: what comes from it shows as br0's → portico zone set default/guests --interface br0",
  ]);
  deepEqual(await complaints({ programs: { [LINKS]: withEth1({ master: "portico-1" }) } }), []);
  const outer = await complaints({
    zones: [testZone({ interface: ["eth0"], address: ["198.51.100.2/24"] })],
  });
  deepEqual(outer, [
    "bad route: eth0 leads to the internet, and is a zone's own interface too → " +
    "portico zone set default/guests --interface NAME",
  ]);
});

Deno.test("an interface that is off is Portico's to switch on; one without a cable is told", async () => {
  const off = { [LINKS]: withEth1({ flags: ["BROADCAST"] }) };
  deepEqual(await complaints({ programs: off }), []);
  const address = { addr_info: [{ local: "10.1.0.1", prefixlen: 24, scope: "global" }] };
  const kept = testZone({ setaddress: false });
  deepEqual(
    await complaints({
      zones: [kept],
      programs: { [LINKS]: withEth1({ flags: ["BROADCAST"], ...address }) },
    }),
    ["bad interface: eth1 is switched off → ip link set eth1 up"],
  );
  deepEqual(await complaints({ zones: [kept] }), [
    "bad address: eth1 lacks the zone's address 10.1.0.1/24, and Portico is not to give it → " +
    "ip address add 10.1.0.1/24 dev eth1",
  ]);
  const [cable] = await complaints({ programs: { [LINKS]: withEth1({ flags: ["NO-CARRIER", "UP"] }) } });
  equal(cable, "warning interface: Nothing is connected to eth1, or what is connected is switched off");
});

Deno.test("addresses of others on the interface, and the same network elsewhere, are told", async () => {
  const foreign = withEth1({
    addr_info: [
      { local: "10.1.0.1", prefixlen: 24, scope: "global" },
      { local: "192.168.7.3", prefixlen: 24, scope: "global", dynamic: true },
      { local: "fe80::1", prefixlen: 64, scope: "link" },
    ],
  });
  deepEqual(await complaints({ programs: { [LINKS]: foreign } }), [
    "warning address: eth1 also has the address 192.168.7.3/24: another program gave it by DHCP → " +
    "ip address delete 192.168.7.3/24 dev eth1",
  ]);
  deepEqual(await complaints({ zones: [testZone({ address: ["198.51.0.1/16"] })] }), [
    "bad address: The zone's network 198.51.0.1/16 is the one of eth0 too (198.51.100.2/24) → " +
    "portico zone set default/guests --address OTHER/24",
  ]);
});

Deno.test("programs that manage the interface are told to leave it alone", async () => {
  const programs = {
    nmcli: "eth0:connected\neth1:connected\n",
    networkctl: "  3 eth1 ether routable configured\n",
  };
  const found = await complaints({ programs });
  equal(found.length, 2);
  ok(found[0]?.endsWith("→ nmcli device set eth1 managed no"));
  ok(found[1]?.endsWith("> /etc/systemd/network/00-portico-eth1.network && networkctl reload"));
  const unmanaged = { nmcli: "eth1:unmanaged\n", networkctl: "  3 eth1 ether routable unmanaged\n" };
  deepEqual(await complaints({ programs: unmanaged }), []);
});

Deno.test("another program at a port of the zone is named; elsewhere, or the venue's own, is nobody's business", async () => {
  const sockets = (...lines: string[]) => ({ "ss -H -l -n -t -u -p": lines.join("\n") });
  const unbound = 'udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("unbound",pid=812,fd=4))';
  deepEqual(await complaints({ programs: sockets(unbound) }), [
    "bad ports: The program unbound (812) has the port 53 that DNS for guests needs → systemctl disable --now unbound",
  ]);
  const dhcp = 'udp UNCONN 0 0 0.0.0.0%eth1:67 0.0.0.0:* users:(("dnsmasq",pid=813,fd=4))';
  deepEqual(await complaints({ programs: sockets(dhcp) }), [
    "bad ports: The program dnsmasq (813) has the port 67 that DHCP for guests needs → systemctl disable --now dnsmasq",
  ]);
  const hidden = "tcp LISTEN 0 511 10.1.0.1:3990 0.0.0.0:*";
  deepEqual(await complaints({ programs: sockets(hidden) }), [
    "bad ports: Another program has the port 3990 that the login page needs",
  ]);
  const elsewhere = [
    "udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*",
    "udp UNCONN 0 0 0.0.0.0%eth0:67 0.0.0.0:*",
    "tcp LISTEN 0 511 198.51.100.2:3990 0.0.0.0:*",
    "tcp LISTEN 0 128 [::]:22 [::]:*",
  ];
  deepEqual(await complaints({ programs: sockets(...elsewhere) }), []);
  const own = {
    processes: { 813: ["dnsmasq", "--conf-file=/data/x"] },
    isOwn: (line: readonly string[]) => line.includes("dnsmasq"),
  };
  deepEqual(await complaints({ programs: sockets(dhcp), ...own }), []);
  deepEqual(await complaints({ zones: [testZone({ dhcp: false })], programs: sockets(unbound, dhcp) }), []);
});

Deno.test("a box without a way out is told: no default route, no interface of the zone's wan", async () => {
  deepEqual(await complaints({ programs: { "ip -json route show default": "[]" } }), [
    "bad route: The box has no default route: it has no way to the internet itself → ip route add default via GATEWAY",
  ]);
  deepEqual(await complaints({ zones: [testZone({ wan: "ppp0" })] }), [
    "bad route: There is no interface ppp0, which the zone is to reach the internet by → " +
    "portico zone set default/guests --wan ''",
  ]);
  const [six] = await complaints({ zones: [testZone({ address: ["10.1.0.1/24", "2001:db8::1/64"] })] });
  ok(six?.startsWith("warning route: The box has no default route for IPv6"));
});

Deno.test("DNS servers are asked: those of the zone, else the box's own; one that answers is enough to go on", async () => {
  const outcomes: Readonly<Record<string, number | null>> = {
    "192.0.2.53": 0,
    "192.0.2.54": null,
    "192.0.2.55": 5,
    "192.0.2.56": 2,
  };
  const askDns = (server: string) => Promise.resolve(outcomes[server] ?? null);
  deepEqual(await complaints({ askDns }), []);
  const fix = "portico zone set default/guests --dns1 ADDRESS";
  const zone = testZone({ dns1: "192.0.2.54", dns2: "192.0.2.55" });
  deepEqual(await complaints({ askDns, zones: [zone] }), [
    `warning dns: The DNS server 192.0.2.54 does not answer → ${fix}`,
    `warning dns: The DNS server 192.0.2.55 refuses to look beyond its own names → ${fix}`,
  ]);
  deepEqual(await complaints({ askDns, zones: [testZone({ dns1: "192.0.2.54" })] }), [
    `bad dns: The DNS server 192.0.2.54 does not answer → ${fix}`,
  ]);
  const half = testZone({ dns1: "192.0.2.53", dns2: "192.0.2.56" });
  deepEqual(await complaints({ askDns, zones: [half] }), [
    `warning dns: The DNS server 192.0.2.56 finds nothing out: does it reach the internet? → ${fix}`,
  ]);
  deepEqual(await complaints({ askDns, files: { "/etc/resolv.conf": null } }), [
    `bad dns: The box knows no DNS server (/etc/resolv.conf), and the zone names none → ${fix}`,
  ]);
});

Deno.test("a clock that nobody keeps, or that is before all versions, is told", async () => {
  deepEqual(await complaints({ programs: { "timedatectl show": "no\n" } }), [
    "warning clock: Nobody keeps the clock right (NTP) → timedatectl set-ntp true",
  ]);
  const [long] = await complaints({ now: new Date("1970-01-01T00:01:00Z") });
  ok(long?.startsWith("bad clock: The clock shows 1970-01-01T00:01:00.000Z"));
  deepEqual(
    await complaints({ programs: { "timedatectl show": { code: 1, stdout: "", stderr: "no bus" } } }),
    [],
  );
});

Deno.test("a firewall that drops what it does not know is told with the rule that it lacks", async () => {
  const chains =
    "table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy accept;\n\t}\n" +
    "\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
  deepEqual(await complaints({ programs: { "nft list chains": chains } }), [
    "warning firewall: The firewall drops what is forwarded: guests get nowhere, unless it has a rule for eth1 " +
    '(nftables: ip filter, FORWARD) → nft insert rule ip filter FORWARD iifname "eth1" accept',
  ]);
});

Deno.test("a radio that is off, or that nobody makes an access point, is told", async () => {
  const files = { "/sys/class/net/eth1/phy80211/name": "phy0\n" };
  const ap = { iw: "Interface eth1\n\ttype AP\n", rfkill: "phy0 unblocked unblocked\n" };
  deepEqual(await complaints({ files, programs: ap }), []);
  deepEqual(await complaints({ files, programs: { ...ap, iw: "Interface eth1\n\ttype managed\n" } }), [
    "warning radio: eth1 is wireless, and nothing makes an access point of it: hostapd does → apt-get install hostapd",
  ]);
  deepEqual(
    await complaints({
      files,
      programs: { ...ap, rfkill: "hci0 unblocked unblocked\nphy0 blocked unblocked\n" },
    }),
    [
      "bad radio: The radio of eth1 is switched off → rfkill unblock wlan",
    ],
  );
  const [hard] = await complaints({ files, programs: { ...ap, rfkill: "phy0 blocked blocked\n" } });
  equal(hard, "bad radio: The radio of eth1 is switched off by a switch on the machine");
});

Deno.test("a venue that does not run is said at the end", async () => {
  deepEqual(await complaints({ isRunning: false }), [
    "warning venue: Portico does not run on this folder → portico serve",
  ]);
});
