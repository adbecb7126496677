import type { Box } from "../box.ts";
import type { Step } from "./steps.ts";

/**
 * Neighbours of each family that the kernel may know: kept always, looked through after five seconds, and never more.
 * Its own 128, 512 and 1024 are too few for a venue whose guests have several IPv6 addresses each.
 */
const ROOM = { gc_thresh1: 2_048, gc_thresh2: 8_192, gc_thresh3: 16_384 };

/**
 * What has to be raised. A network namespace has no such settings of its own.
 *
 * @param own what was raised already, by this process or one before it.
 */
export async function neighbourRoom(box: Pick<Box, "readText">, own: readonly Step[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const family of ["ipv4", "ipv6"]) {
    for (const [threshold, wanted] of Object.entries(ROOM)) {
      const name = `net/${family}/neigh/default/${threshold}`;
      const before = (await box.readText(`/proc/sys/${name}`))?.trim();
      const isOurs = own.some((step) => step.kind === "setting" && step.name === name);
      if (before === undefined || (!isOurs && Number(before) >= wanted)) continue;
      steps.push({ kind: "setting", name, value: String(wanted), before });
    }
  }
  return steps;
}
