import { type Box, mustRun, type Ran } from "../box.ts";
import type { Link } from "./network_state.ts";

/** A device of nobody's on a zone's network, in a network namespace of its own. */
export interface ThrowawayStation {
  /** Runs a program on it. */
  run(program: string, args: readonly string[]): Promise<Ran>;
  /** @throws {Error} unless the program ended with 0. */
  must(program: string, ...args: readonly string[]): Promise<void>;
  /** Takes all of it away. */
  remove(): Promise<void>;
}

const NAMESPACE = "portico-prove-";
const PORT = "prove";
/** On the station's side. */
export const STATION_DEVICE = "eth0";
/** Behind all filters that others may have there. */
const FILTER_PREFERENCE = "49152";
const EVERYBODY = "ff:ff:ff:ff:ff:ff";

/**
 * Plugs a station into the network behind a device. A bridge gets one more port. Any other interface is left as it is:
 * what the station sends is given to the kernel as if it had come in there, and what leaves there for the station's own
 * address, or for everybody, is given to the station too; frames of others are not touched.
 *
 * @param tag makes names of its own: the number of the process that asks.
 * @param mac of the station, lower case with colons.
 * @throws {Error} when the kernel refuses; nothing is left then.
 */
export async function throwawayStation(
  box: Pick<Box, "run" | "commandLine">,
  device: Link,
  tag: string,
  mac: string,
): Promise<ThrowawayStation> {
  const namespace = `${NAMESPACE}${tag}`;
  const port = `${PORT}${tag}`;
  const undo: (readonly string[])[] = [];
  const doIt = async (command: readonly string[], undoing?: readonly string[]) => {
    const [program = "", ...args] = command;
    await mustRun(box, program, args);
    if (undoing) undo.unshift(undoing);
  };
  const remove = async () => {
    for (const [program = "", ...args] of undo.splice(0)) await box.run(program, args);
  };
  await removeLeftovers(box, device);
  try {
    await doIt(words(`ip netns add ${namespace}`), words(`ip netns delete ${namespace}`));
    const link =
      `ip link add ${port} type veth peer name ${STATION_DEVICE} address ${mac} netns ${namespace}`;
    await doIt(words(link), words(`ip link delete ${port}`));
    // The box itself has nothing to say there.
    await doIt(words(`ip link set ${port} addrgenmode none`));
    if (device.linkinfo?.info_kind === "bridge") {
      await doIt(words(`ip link set ${port} master ${device.ifname} up`));
    } else await tap(box, doIt, device, port, mac);
    await doIt(words(`ip netns exec ${namespace} ip link set ${STATION_DEVICE} up`));
  } catch (fault) {
    await remove();
    throw fault;
  }
  const inside = (program: string, args: readonly string[]) => ["netns", "exec", namespace, program, ...args];
  return {
    run: (program, args) => box.run("ip", inside(program, args)),
    async must(program, ...args) {
      await mustRun(box, "ip", inside(program, args));
    },
    remove,
  };
}

type DoIt = (command: readonly string[], undoing?: readonly string[]) => Promise<void>;

async function tap(
  box: Pick<Box, "run">,
  doIt: DoIt,
  { ifname, address }: Link,
  port: string,
  mac: string,
): Promise<void> {
  // With another address the kernel would take the frames for somebody else's.
  await doIt(words(`ip link set ${port} address ${address} up`));
  await doIt(words(`tc qdisc add dev ${port} clsact`));
  const all = `tc filter add dev ${port} ingress protocol all u32 match u32 0 0`;
  await doIt(words(`${all} action mirred ingress redirect dev ${ifname}`));
  const { stdout } = await box.run("tc", words(`qdisc show dev ${ifname}`));
  if (!/^qdisc clsact /m.test(stdout)) {
    await doIt(words(`tc qdisc add dev ${ifname} clsact`), words(`tc qdisc delete dev ${ifname} clsact`));
  }
  const filter =
    `tc filter add dev ${ifname} egress preference ${FILTER_PREFERENCE} protocol all u32 match ether dst`;
  await doIt(words(`${filter} ${mac} action mirred egress redirect dev ${port}`), removeFilters(ifname));
  await doIt(words(`${filter} ${EVERYBODY} action mirred egress mirror dev ${port}`));
}

/** What proofs that were killed have left. */
async function removeLeftovers(box: Pick<Box, "run" | "commandLine">, { ifname }: Link): Promise<void> {
  const { stdout } = await box.run("ip", ["netns", "list"]);
  const tags = [...stdout.matchAll(new RegExp(`^${NAMESPACE}(\\d+)\\b`, "gm"))].flatMap(([, tag]) =>
    tag ?? []
  );
  for (const tag of tags) {
    if (await box.commandLine(Number(tag))) continue;
    await box.run("ip", ["link", "delete", `${PORT}${tag}`]);
    await box.run("ip", ["netns", "delete", `${NAMESPACE}${tag}`]);
    const [program = "", ...args] = removeFilters(ifname);
    await box.run(program, args);
  }
}

function removeFilters(device: string): readonly string[] {
  return words(`tc filter delete dev ${device} egress preference ${FILTER_PREFERENCE}`);
}

function words(command: string): readonly string[] {
  return command.split(" ");
}
