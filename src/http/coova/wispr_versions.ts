import { stationKey } from "../../controller/gate/gate.ts";
import type { Station } from "../../controller/station.ts";
import type { WisprVersion } from "./wispr_xml.ts";

/** Far more than a box has clients of this kind. */
const MOST_STATIONS = 10_000;

/** Which form of WISPr each station's last log-on asked for; a restart forgets it, and 1.0 is for everybody. */
export class WisprVersions {
  readonly #with2 = new Set<string>();

  of({ zone, mac }: Station): WisprVersion {
    return this.#with2.has(stationKey({ zoneId: zone.id, mac })) ? "2.0" : "1.0";
  }

  note({ zone, mac }: Station, version: WisprVersion): void {
    const key = stationKey({ zoneId: zone.id, mac });
    this.#with2.delete(key);
    if (version === "1.0") return;
    this.#with2.add(key);
    const [oldest] = this.#with2;
    if (this.#with2.size > MOST_STATIONS && oldest !== undefined) this.#with2.delete(oldest);
  }
}
