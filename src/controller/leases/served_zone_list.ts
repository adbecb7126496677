import * as v from "valibot";
import type { Box } from "../box.ts";

const ZoneIds = v.array(v.string());

/** The zones that have a dnsmasq, for the process that comes after this one. */
export interface ServedZoneList {
  /** Their ids; none when the file is not ours. */
  read(): Promise<readonly string[]>;
  write(zoneIds: readonly string[]): Promise<void>;
}

export function servedZoneList(
  box: Pick<Box, "readText" | "writeText" | "remove">,
  folder: string,
): ServedZoneList {
  const path = `${folder}/zones.json`;
  return {
    async read() {
      const text = await box.readText(path);
      return text ? v.parse(ZoneIds, JSON.parse(text)) : [];
    },
    write: (zoneIds) => zoneIds.length ? box.writeText(path, JSON.stringify(zoneIds)) : box.remove(path),
  };
}
