import type { Sighting } from "../sighting.ts";

/** The station that has an address. */
export interface Holder {
  readonly mac: string;
  readonly address: string;
  readonly isLeased: boolean;
  /** When it last showed that it is there under this address, in milliseconds since 1970. */
  provenAt: number;
  /** It was found there, not only heard of. */
  isProven: boolean;
}

/** Who has which address of a zone; each change is told. */
export interface AddressHolders {
  get(address: string): Holder | undefined;
  of(mac: string): readonly Holder[];
  all(): readonly Holder[];
  hold(mac: string, address: string, isLeased: boolean, isProven?: boolean): void;
  release(address: string): void;
}

export function addressHolders(
  zoneId: string,
  now: () => Date,
  seen: (sighting: Sighting) => void,
  gone: (sighting: Sighting) => void,
): AddressHolders {
  const holders = new Map<string, Holder>();
  const addressesOf = new Map<string, Set<string>>();
  const of = (mac: string) =>
    [...addressesOf.get(mac) ?? []].flatMap((address) => holders.get(address) ?? []);
  return {
    get: (address) => holders.get(address),
    of,
    all: () => [...holders.values()],
    hold(mac, address, isLeased, isProven = false) {
      holders.set(address, { mac, address, isLeased, provenAt: now().getTime(), isProven });
      addressesOf.set(mac, (addressesOf.get(mac) ?? new Set()).add(address));
      seen({ zoneId, mac, address });
    },
    release(address) {
      const holder = holders.get(address);
      if (!holder) return;
      const { mac } = holder;
      holders.delete(address);
      addressesOf.get(mac)?.delete(address);
      if (!of(mac).length) addressesOf.delete(mac);
      gone({ zoneId, mac, address });
    },
  };
}
