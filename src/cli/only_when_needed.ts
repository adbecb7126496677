import type { Gate } from "../controller/gate/gate.ts";
import type { Whereabouts } from "../controller/sighting.ts";

/**
 * A gate that is left alone until there is a zone for it: a machine without one may have no nftables, or those of
 * another Portico.
 *
 * @param isNeeded there was one before, in a process that died.
 */
export function gateWhenNeeded(gate: Gate, isNeeded: boolean): Gate {
  let needed = isNeeded;
  return {
    ...gate,
    async apply(zones, stations) {
      needed ||= zones.length > 0;
      if (needed) await gate.apply(zones, stations);
    },
    traffic: async () => needed ? await gate.traffic() : new Map(),
    async remove() {
      if (needed) await gate.remove();
    },
  };
}

/** The same for leases and neighbours. */
export function whereaboutsWhenNeeded(whereabouts: Whereabouts, isNeeded: boolean): Whereabouts {
  let needed = isNeeded;
  return {
    ...whereabouts,
    async serve(zones, seen, gone) {
      needed ||= zones.length > 0;
      if (needed) await whereabouts.serve(zones, seen, gone);
    },
    async stop() {
      if (needed) await whereabouts.stop();
    },
  };
}
