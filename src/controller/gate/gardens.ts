import type { GardenEntry } from "../../aaa/identity/garden_entry.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { type Garden, gardenEntries, gardenHosts, gardenOf } from "./walled_garden.ts";

/** So many answers about a name hold together: servers behind one name take turns in them. */
const ANSWERS_KEPT = 10;

/** The walled gardens of zones, with the addresses behind their hosts' names. */
export class Gardens {
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  readonly #fault: (fault: unknown) => void;
  readonly #entries = new Map<string, readonly GardenEntry[]>();
  readonly #answers = new Map<string, readonly (readonly string[])[]>();

  constructor(resolve: (host: string) => Promise<readonly string[]>, fault: (fault: unknown) => void) {
    this.#resolve = resolve;
    this.#fault = fault;
  }

  /** Forgets zones and names that are in none of these. */
  plant(zones: readonly Zone[]): void {
    this.#entries.clear();
    for (const zone of zones) this.#entries.set(zone.id, gardenEntries(zone));
    const hosts = new Set(this.#hosts());
    for (const host of this.#answers.keys()) if (!hosts.has(host)) this.#answers.delete(host);
  }

  of(zone: Zone): Garden {
    return gardenOf(this.#entries.get(zone.id) ?? [], (host) => [...this.#addressesOf(host)]);
  }

  /** Asks for all names again; what cannot be resolved now keeps its addresses. @returns whether any came or went. */
  async refresh(): Promise<boolean> {
    const changes = await Promise.all(
      this.#hosts().map(async (host) => {
        const before = this.#addressesOf(host);
        try {
          const answer = await this.#resolve(host);
          this.#answers.set(host, [answer, ...this.#answers.get(host) ?? []].slice(0, ANSWERS_KEPT));
        } catch (fault) {
          const message =
            `Cannot resolve ${host} of a walled garden: strangers do not reach its newer addresses`;
          this.#fault(new Error(message, { cause: fault }));
        }
        const after = this.#addressesOf(host);
        return before.size !== after.size || [...after].some((address) => !before.has(address));
      }),
    );
    return changes.includes(true);
  }

  #addressesOf(host: string): Set<string> {
    return new Set((this.#answers.get(host) ?? []).flat());
  }

  #hosts(): string[] {
    return [...new Set([...this.#entries.values()].flatMap(gardenHosts))];
  }
}
