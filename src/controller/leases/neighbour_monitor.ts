import type { Box, RunningProgram } from "../box.ts";
import { type Neighbour, parseNeighbourEvent } from "./neighbour_records.ts";

/** What the kernel says as neighbours change. */
export interface NeighbourMonitor {
  /** False while changes may be missed. */
  runs(): boolean;
  /** Starts it when it does not run. @returns whether it had to. */
  ensure(): boolean;
  stop(): void;
}

export function neighbourMonitor(
  box: Pick<Box, "start" | "signal">,
  onChange: (device: string, neighbour: Neighbour) => void,
): NeighbourMonitor {
  let running: RunningProgram | null = null;
  return {
    runs: () => running !== null,
    ensure() {
      if (running) return false;
      const started = box.start("ip", ["monitor", "neigh"], (line) => {
        const event = parseNeighbourEvent(line);
        if (event) onChange(event.device, event);
      });
      running = started;
      void started.ended.then(() => {
        if (running === started) running = null;
      });
      return true;
    },
    stop() {
      if (running) box.signal(running.pid, "SIGTERM");
      running = null;
    },
  };
}
