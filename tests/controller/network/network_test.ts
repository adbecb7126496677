import { deepEqual, equal, ok } from "node:assert/strict";
import type { Ran } from "../../../src/controller/box.ts";
import { readLinks, readRouteDevices } from "../../../src/controller/network/ip_output.ts";
import { openNetwork } from "../../../src/controller/network/network.ts";
import { zoneDevice } from "../../../src/controller/network/zone_device.ts";
import { gatedZone } from "../gate/gated_zone.ts";

const LINKS = JSON.stringify([
  {
    ifname: "lo",
    flags: ["LOOPBACK", "UP"],
    address: "00:00:00:00:00:00",
    addr_info: [{ local: "127.0.0.1", prefixlen: 8 }],
  },
  { ifname: "lan0", flags: ["BROADCAST"], master: "br0", address: "02:00:00:00:00:01", addr_info: [{}] },
  {},
]);

/** A box with lan0, whose programs fail where `refuses` says. */
function scriptedBox(refuses: (command: string) => boolean = () => false, boot = "first") {
  const files = new Map([["/proc/sys/kernel/random/boot_id", boot]]);
  const changes: string[] = [];
  const settings = new Map<string, string>();
  const answer = (stdout: string): Ran => ({ code: 0, stdout, stderr: "" });
  return {
    files,
    changes,
    settings,
    run(program: string, args: readonly string[]): Promise<Ran> {
      const command = [program, ...args].join(" ");
      if (refuses(command)) {
        return Promise.resolve({ code: 2, stdout: "", stderr: "Operation not permitted" });
      }
      if (command.includes("route show")) return Promise.resolve(answer('[{"dst":"default","dev":"wan"}]'));
      if (command.includes("address show")) {
        return Promise.resolve(answer(LINKS.replace(',"master":"br0"', "")));
      }
      if (args[0] === "-n") return Promise.resolve(answer(settings.get(args[1] ?? "") ?? "0"));
      if (program === "sysctl") {
        const [name = "", value = ""] = args.at(-1)?.split("=") ?? [];
        settings.set(name, value);
      }
      changes.push(command);
      return Promise.resolve(answer(""));
    },
    readText: (path: string) => Promise.resolve(files.get(path) ?? null),
    writeText: (path: string, text: string) => Promise.resolve(void files.set(path, text)),
    remove: (path: string) => Promise.resolve(void files.delete(path)),
  };
}

const STATE = "/data/network.json";
const open = (box: ReturnType<typeof scriptedBox>, faults: string[] = []) =>
  openNetwork({
    box,
    stateFile: STATE,
    reportFault: (fault) => faults.push(fault instanceof Error ? fault.message : ""),
  });

Deno.test("what the box may not do is reported, and the rest is done", async () => {
  const box = scriptedBox((command) => command.startsWith("sysctl -q") || command.includes("link set"));
  const faults: string[] = [];
  await open(box, faults).apply([gatedZone().zone]);
  deepEqual(faults, ["Cannot switch lan0 on", "Cannot set net.ipv4.ip_forward to 1"]);
  deepEqual(box.changes, ["ip address add 10.1.0.1/24 dev lan0"]);
});

Deno.test("what is about to be changed is on disk before the first change", async () => {
  let kept: string | undefined;
  const box = scriptedBox((command) => {
    if (command.includes("link set")) kept ??= box.files.get(STATE);
    return false;
  });
  await open(box).apply([gatedZone().zone]);
  ok(kept?.includes("10.1.0.1/24") && kept.includes("ip_forward"), kept ?? "nothing");
});

Deno.test("a box that has started anew has nothing to put back", async () => {
  const box = scriptedBox();
  await open(box).apply([gatedZone().zone]);
  box.files.set("/proc/sys/kernel/random/boot_id", "second");
  box.changes.length = 0;
  await open(box).restore();
  deepEqual(box.changes, []);
  equal(box.files.has(STATE), false);
});

Deno.test("a setting that somebody else changed meanwhile is left alone", async () => {
  const box = scriptedBox();
  await open(box).apply([gatedZone().zone]);
  box.settings.set("net/ipv4/ip_forward", "2");
  await open(box).restore();
  equal(box.settings.get("net/ipv4/ip_forward"), "2");
});

Deno.test("zones without a gate, and what a zone does for itself, change nothing", async () => {
  const box = scriptedBox();
  const { zone } = gatedZone({ setaddress: false, forwarding: false });
  await open(box).apply([zone, { ...gatedZone().zone, gate: "none" }]);
  deepEqual(box.changes, []);
});

Deno.test("ip's answers are read", () => {
  const links = readLinks(LINKS);
  deepEqual([...links.keys()], ["lo", "lan0"]);
  deepEqual(links.get("lan0")?.bridge, "br0");
  deepEqual([links.get("lo")?.isUp, links.get("lan0")?.isUp], [true, false]);
  ok(links.get("lo")?.addresses.has("127.0.0.1/8"));
  deepEqual(readLinks(""), new Map());
  deepEqual(readRouteDevices('[{"dev":"wan"},{"nexthops":[{"dev":"a"},{"dev":"b"}]},{"type":"blackhole"}]'), [
    "wan",
    "a",
    "b",
  ]);
});

Deno.test("a bridge's name is the zone's own and fits", () => {
  const { zone } = gatedZone({ interface: ["lan0", "lan1"] });
  equal(zoneDevice(gatedZone().zone), "lan0");
  ok(/^portico-\d{1,7}$/.test(zoneDevice({ ...zone, id: "0190a5b4-7c1d-4e2f-8a3b-0000000fffff" })));
  ok(zoneDevice(zone) !== zoneDevice({ ...zone, id: "0190a5b4-7c1d-4e2f-8a3b-000000000002" }));
});

Deno.test("the kernel gets room for the neighbours of a venue, and no less than it has", async () => {
  const box = scriptedBox();
  box.files.set("/proc/sys/net/ipv4/neigh/default/gc_thresh1", "128\n");
  box.files.set("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "65536\n");
  box.settings.set("net/ipv4/neigh/default/gc_thresh1", "128");
  const network = open(box);
  await network.apply([gatedZone().zone]);
  equal(box.settings.get("net/ipv4/neigh/default/gc_thresh1"), "2048");
  ok(!box.changes.some((change) => change.includes("gc_thresh3")), box.changes.join("\n"));

  box.files.set("/proc/sys/net/ipv4/neigh/default/gc_thresh1", "2048\n");
  await network.apply([gatedZone().zone]);
  await network.restore();
  equal(box.settings.get("net/ipv4/neigh/default/gc_thresh1"), "128");
});

Deno.test("the kernel hears of IPv6 addresses before they are used, where it can and nobody has chosen otherwise", async () => {
  const address = ["10.1.0.1/24", "fd00:1::1/64"];
  const name = "net/ipv6/conf/lan0/accept_untracked_na";
  const changesWith = async (setting: string | null, options: Readonly<Record<string, unknown>>) => {
    const box = scriptedBox();
    if (setting !== null) {
      box.files.set(`/proc/sys/${name}`, `${setting}\n`);
      box.settings.set(name, setting);
    }
    const network = open(box);
    for (const _ of ["once", "again"]) await network.apply([gatedZone(options).zone]);
    await network.restore();
    return box.changes.filter((change) => change.includes("untracked"));
  };
  deepEqual(await changesWith("0", { address }), [`sysctl -q -w ${name}=1`, `sysctl -q -w ${name}=0`]);
  for (
    const [setting, options] of [
      [null, { address }],
      ["2", { address }],
      ["0", {}],
      ["0", { address, forwarding: false }],
      ["0", { address, interface: ["lan9"] }],
    ] as const
  ) deepEqual(await changesWith(setting, options), [], JSON.stringify([setting, options]));
});
