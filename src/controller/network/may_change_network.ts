import type { Box } from "../box.ts";

/** Linux: bit of CAP_NET_ADMIN (capabilities(7)). */
const NET_ADMIN = 12n;

/** Whether this process may change addresses, rules and queues: root may. */
export async function mayChangeNetwork(box: Pick<Box, "readText">): Promise<boolean> {
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await box.readText("/proc/self/status") ?? "") ?? [];
  return effective !== undefined && (BigInt(`0x${effective}`) >> NET_ADMIN & 1n) === 1n;
}
