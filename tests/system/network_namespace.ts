import process from "node:process";
import { type Box, mustRun, type Ran } from "../../src/controller/box.ts";
import { box as machine } from "../../src/runtime/box.ts";

/** A network namespace as a machine of its own: its programs, its `/proc/sys/net`, the files of everybody. */
export interface Namespace extends Box {
  /** As `ip netns` knows it. */
  readonly name: string;
  /** Runs a program to its end. @returns what it wrote. @throws {Error} unless it ended with 0. */
  must(program: string, ...args: readonly string[]): Promise<string>;
}

/**
 * A venue of network namespaces. Stations are on one switch per inner interface of the box (`lan0`, `lan1`), as behind an
 * access point; `wan` leads to the internet, which is the box's default route and has the addresses of `INTERNET`.
 * The box has no address inside, forwards nothing and has no rules: that is for the test or the program under test.
 */
export interface NamespaceLab extends AsyncDisposable {
  readonly box: Namespace;
  readonly internet: Namespace;
  /**
   * The n-th station, made and linked when first asked for, on `eth0`, without addresses; its MAC is `stationMac(n)`.
   *
   * @param lan The box's interface that it is behind.
   */
  station(n: number, lan?: string): Promise<Namespace>;
}

/** Where the internet can be reached; `second` is another site, the box's own addresses outside are `box…`. */
export const INTERNET = {
  site: "203.0.113.10",
  site6: "2001:db8:113::10",
  second: "203.0.113.20",
  second6: "2001:db8:113::20",
  box: "198.51.100.2",
  box6: "2001:db8:51::2",
  gateway: "198.51.100.1",
  gateway6: "2001:db8:51::1",
} as const;

export function stationMac(n: number): string {
  return `02:aa:00:00:00:${n.toString(16).padStart(2, "0")}`;
}

let labs = 0;

/** @param lans The box's inner interfaces. */
export async function namespaceLab(lans: readonly string[] = ["lan0"]): Promise<NamespaceLab> {
  const prefix = `p${process.pid}l${++labs}`;
  const made: Namespace[] = [];
  const make = async (role: string): Promise<Namespace> => {
    const namespace = namespaceOf(`${prefix}${role}`);
    await mustRun(machine, "ip", ["netns", "add", namespace.name]);
    made.push(namespace);
    await namespace.must("ip", "link", "set", "lo", "up");
    return namespace;
  };
  const box = await make("box");
  const internet = await make("net");
  const stations = new Map<number, Promise<Namespace>>();
  try {
    await connectInternet(box, internet);
    // The switches are in a namespace of their own: a bridge in the box would pass through the box's rules.
    const air = await make("air");
    for (const lan of lans) await connectSwitch(box, air, lan);
    return {
      box,
      internet,
      station(n, lan = lans[0] ?? "lan0") {
        const known = stations.get(n) ?? make(`s${n}`).then((station) => plugIn(station, air, lan, n));
        stations.set(n, known);
        return known;
      },
      [Symbol.asyncDispose]: () => takeAway(made),
    };
  } catch (fault) {
    await takeAway(made);
    throw fault;
  }
}

/** The programs of a namespace. Kernel settings are read inside it; every other file is the machine's. */
export function namespaceOf(name: string): Namespace {
  const inside = (program: string, args: readonly string[]) => ["netns", "exec", name, program, ...args];
  const namespace: Namespace = {
    ...machine,
    name,
    run: (program, args, input) => machine.run("ip", inside(program, args), input).then(withoutWrapper),
    start: (program, args, onLine) => machine.start("ip", inside(program, args), onLine),
    must: (program, ...args) => mustRun(namespace, program, args),
    async readText(path) {
      if (!path.startsWith("/proc/")) return await machine.readText(path);
      const { code, stdout } = await namespace.run("cat", [path]);
      return code === 0 ? stdout : null;
    },
  };
  return namespace;
}

/** `ip netns exec` answers 255 where `Box` promises 127. */
function withoutWrapper(ran: Ran): Ran {
  return ran.code === 255 && /^exec of .* failed: No such file/m.test(ran.stderr)
    ? { ...ran, code: 127 }
    : ran;
}

async function connectInternet(box: Namespace, internet: Namespace): Promise<void> {
  await box.must("ip", "link", "add", "wan", "type", "veth", "peer", "name", "wan", "netns", internet.name);
  await configure(box, "wan", [`${INTERNET.box}/24`, `${INTERNET.box6}/64`]);
  await configure(internet, "wan", [`${INTERNET.gateway}/24`, `${INTERNET.gateway6}/64`]);
  await configure(internet, "lo", [
    `${INTERNET.site}/32`,
    `${INTERNET.second}/32`,
    `${INTERNET.site6}/128`,
    `${INTERNET.second6}/128`,
  ]);
  await box.must("ip", "route", "add", "default", "via", INTERNET.gateway);
  await box.must("ip", "-6", "route", "add", "default", "via", INTERNET.gateway6);
}

async function connectSwitch(box: Namespace, air: Namespace, lan: string): Promise<void> {
  await air.must("ip", "link", "add", lan, "type", "bridge");
  await air.must("ip", "link", "set", lan, "up");
  await air.must("ip", "link", "add", `${lan}b`, "type", "veth", "peer", "name", lan, "netns", box.name);
  await air.must("ip", "link", "set", `${lan}b`, "master", lan, "up");
  await withoutAddressCheck(box, lan);
}

async function plugIn(station: Namespace, air: Namespace, lan: string, n: number): Promise<Namespace> {
  const port = `s${n}`;
  await air.must("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", station.name);
  await air.must("ip", "link", "set", port, "master", lan, "up");
  await station.must("ip", "link", "set", "eth0", "address", stationMac(n));
  await withoutAddressCheck(station, "eth0");
  await station.must("ip", "link", "set", "eth0", "up");
  return station;
}

async function configure(namespace: Namespace, device: string, addresses: readonly string[]): Promise<void> {
  await withoutAddressCheck(namespace, device);
  await namespace.must("ip", "link", "set", device, "up");
  for (const address of addresses) await namespace.must("ip", "address", "add", address, "dev", device);
}

/** An IPv6 address can be used at once, not after a second of asking whether somebody else has it. */
async function withoutAddressCheck(namespace: Namespace, device: string): Promise<void> {
  await namespace.must("sysctl", "-q", "-w", `net.ipv6.conf.${device}.accept_dad=0`);
}

/** Ends what still runs in the namespaces, and removes them with all their links. */
async function takeAway(namespaces: readonly Namespace[]): Promise<void> {
  for (const { name } of namespaces) {
    const { stdout } = await machine.run("ip", ["netns", "pids", name]);
    for (const pid of stdout.split("\n").filter(Boolean)) machine.signal(Number(pid), "SIGKILL");
  }
  for (const { name } of namespaces) {
    await machine.run("ip", ["netns", "delete", name]);
    // A resolver of its own, where a test gave it one.
    await machine.remove(`/etc/netns/${name}`);
  }
}
