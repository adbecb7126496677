import type { Box } from "../box.ts";
import { type Neighbour, parseNeighbours } from "./neighbour_records.ts";

/** The kernel's neighbours behind an interface. */
export interface NeighbourTable {
  /** All, or those of one address; none that is being forgotten meanwhile. Empty when there is no interface. */
  read(address?: string): Promise<readonly Neighbour[]>;
  /** Lets the kernel forget who has an address. */
  forget(address: string): void;
  /** What the kernel says of the address may be older than its being forgotten. */
  isForgetting(address: string): boolean;
  /** Lets the kernel ask who has these addresses. */
  askFor(addresses: readonly string[]): Promise<void>;
}

/** Programs run beside each other: a reading may have begun before an entry was deleted and end after it. */
export function neighbourTable(
  { box, device, reportFault }: {
    readonly box: Pick<Box, "run">;
    readonly device: string;
    readonly reportFault: (fault: unknown) => void;
  },
): NeighbourTable {
  /** How many times each address is being forgotten. */
  const forgetting = new Map<string, number>();
  /** For each reading that is under way the addresses that it may tell as they were. */
  const readings = new Set<Set<string>>();
  return {
    async read(address) {
      const outdated = new Set(forgetting.keys());
      readings.add(outdated);
      try {
        const which = address === undefined ? [] : ["to", address];
        const { code, stdout } = await box.run("ip", ["-j", "neigh", "show", ...which, "dev", device]);
        const all = code === 0 ? parseNeighbours(stdout) : [];
        return all.filter((each) => !outdated.has(each.address));
      } finally {
        readings.delete(outdated);
      }
    },
    forget(address) {
      for (const outdated of readings) outdated.add(address);
      const count = (more: number) => (forgetting.get(address) ?? 0) + more;
      forgetting.set(address, count(1));
      void box.run("ip", ["neigh", "del", address, "dev", device]).catch(reportFault).finally(() => {
        if (count(-1)) forgetting.set(address, count(-1));
        else forgetting.delete(address);
      });
    },
    isForgetting: (address) => forgetting.has(address),
    async askFor(addresses) {
      if (!addresses.length) return;
      const lines = addresses.map((address) => `neigh replace ${address} dev ${device} use\n`);
      await box.run("ip", ["-force", "-batch", "-"], lines.join(""));
    },
  };
}
