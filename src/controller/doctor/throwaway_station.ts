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
 * @param tag makes names of its own: digits, up to 10.
 * @param mac of the station, lower case with colons.
 * @throws {Error} when the kernel refuses; nothing is left then.
 */
export async function throwawayStation(
  box: Pick<Box, "run">,
  device: Link,
  tag: string,
  mac: string,
): Promise<ThrowawayStation> {
  const namespace = `portico-prove-${tag}`;
  const port = `prove${tag}`;
  const undo: (readonly string[])[] = [];
  const doIt = async (command: readonly string[], undoing?: readonly string[]) => {
    const [program = "", ...args] = command;
    await mustRun(box, program, args);
    if (undoing) undo.unshift(undoing);
  };
  const remove = async () => {
    for (const [program = "", ...args] of undo.splice(0)) await box.run(program, args);
  };
  try {
    await doIt(words(`ip netns add ${namespace}`), words(`ip netns delete ${namespace}`));
    const link =
      `ip link add ${port} type veth peer name ${STATION_DEVICE} address ${mac} netns ${namespace}`;
    await doIt(words(link), words(`ip link delete ${port}`));
    // The box itself has nothing to say there.
    await doIt(words(`ip link set ${port} addrgenmode none`));
    if (device.linkinfo?.info_kind === "bridge") {
      await doIt(words(`ip link set ${port} master ${device.ifname} up`));
    } else await tap(doIt, device, port, mac);
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

async function tap(
  doIt: (command: readonly string[], undoing?: readonly string[]) => Promise<void>,
  { ifname, address }: Link,
  port: string,
  mac: string,
): Promise<void> {
  // With another address the kernel would take the frames for somebody else's.
  await doIt(words(`ip link set ${port} address ${address} up`));
  await doIt(words(`tc qdisc add dev ${port} clsact`));
  const all = `tc filter add dev ${port} ingress protocol all u32 match u32 0 0`;
  await doIt(words(`${all} action mirred ingress redirect dev ${ifname}`));
  await doIt(words(`tc qdisc add dev ${ifname} clsact`), words(`tc qdisc delete dev ${ifname} clsact`));
  const filter =
    `tc filter add dev ${ifname} egress preference ${FILTER_PREFERENCE} protocol all u32 match ether dst`;
  await doIt(words(`${filter} ${mac} action mirred egress redirect dev ${port}`));
  await doIt(words(`${filter} ${EVERYBODY} action mirred egress mirror dev ${port}`));
}

function words(command: string): readonly string[] {
  return command.split(" ");
}
