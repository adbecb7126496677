import type { Zone } from "../../aaa/identity/zones.ts";
import { stationKey } from "../gate/gate.ts";
import { MOST_ADDRESSES } from "../sighting.ts";
import type { SessionIds } from "./session_ids.ts";
import { addressesOf, newRecord, type StationRecord } from "./station_record.ts";

const MOST_STRANGERS = 4_096;
const SILENCE_MILLISECONDS = 3_600_000;

/**
 * All stations known. Who has a session stays; strangers are forgotten after an hour's silence, or when there are too
 * many, those first that were heard of longest ago: a flood of addresses takes no more memory than that.
 */
export class Stations {
  readonly #ids: SessionIds;
  readonly #mostStrangers: number;
  readonly #byKey = new Map<string, StationRecord>();
  readonly #byAddress = new Map<string, StationRecord>();
  /** The one heard of longest ago first. */
  readonly #strangers = new Set<StationRecord>();
  readonly #withSession = new Set<StationRecord>();

  constructor(ids: SessionIds, mostStrangers = MOST_STRANGERS) {
    this.#ids = ids;
    this.#mostStrangers = mostStrangers;
  }

  all(): IterableIterator<StationRecord> {
    return this.#byKey.values();
  }

  withSession(): ReadonlySet<StationRecord> {
    return this.#withSession;
  }

  find(zoneId: string, mac: string): StationRecord | null {
    return this.#byKey.get(stationKey({ zoneId, mac })) ?? null;
  }

  findByAddress(zoneId: string, address: string): StationRecord | null {
    return this.#byAddress.get(`${zoneId} ${address}`) ?? null;
  }

  /** The station, which was heard of just now. */
  meet(zone: Zone, mac: string, now: Date): StationRecord {
    const known = this.find(zone.id, mac);
    if (known) {
      this.hear(known, now);
      return known;
    }
    const slot = this.#ids.takeSlot();
    const record = newRecord(zone, mac, slot, this.#ids.next(slot, now), now);
    this.#byKey.set(record.key, record);
    this.sort(record);
    while (this.#strangers.size > this.#mostStrangers) {
      const oldest = this.#oldestIdle(record);
      if (!oldest) break;
      this.#forget(oldest);
    }
    return record;
  }

  /** A station that an earlier process knew. */
  restore(zone: Zone, mac: string, slot: number, sessionId: string, now: Date): StationRecord {
    const record = newRecord(zone, mac, this.#ids.reclaim(slot, sessionId), sessionId, now);
    this.#byKey.set(record.key, record);
    return record;
  }

  hear(record: StationRecord, now: Date): void {
    record.seenAt = now.getTime();
    this.sort(record);
  }

  /** To be called when its session began or ended: only strangers are ever forgotten. */
  sort(record: StationRecord): void {
    this.#strangers.delete(record);
    if (record.session) this.#withSession.add(record);
    else {
      this.#withSession.delete(record);
      this.#strangers.add(record);
    }
  }

  forgetSilent(now: Date): void {
    const since = now.getTime() - SILENCE_MILLISECONDS;
    for (const record of this.#strangers) {
      if (record.seenAt > since) return;
      if (record.busy || record.closing) this.hear(record, now);
      else this.#forget(record);
    }
  }

  /** Those of a zone that is no more. */
  forgetZone(zoneId: string): void {
    for (const record of this.#strangers) {
      if (record.zone.id === zoneId && !record.busy && !record.closing) this.#forget(record);
    }
  }

  /**
   * The station has the address from now on, and whoever had it before has not.
   *
   * @returns those whose addresses are others than before.
   */
  place(record: StationRecord, address: string): StationRecord[] {
    const key = `${record.zone.id} ${address}`;
    const holder = this.#byAddress.get(key);
    if (holder === record) {
      this.#refresh(record, address);
      return [];
    }
    if (holder) this.leave(holder, address);
    this.#byAddress.set(key, record);
    if (address.includes(":")) {
      record.ip6.push(address);
      const [oldest] = record.ip6;
      if (record.ip6.length > MOST_ADDRESSES && oldest !== undefined) this.leave(record, oldest);
    } else {
      if (record.ip) this.leave(record, record.ip);
      record.ip = address;
    }
    return holder ? [record, holder] : [record];
  }

  leave(record: StationRecord, address: string): void {
    this.#byAddress.delete(`${record.zone.id} ${address}`);
    if (record.ip === address) record.ip = "";
    const at = record.ip6.indexOf(address);
    if (at >= 0) record.ip6.splice(at, 1);
  }

  /** Of too many addresses the one goes that was not heard of for longest. */
  #refresh({ ip6 }: StationRecord, address: string): void {
    const at = ip6.indexOf(address);
    if (at >= 0 && at < ip6.length - 1) ip6.push(...ip6.splice(at, 1));
  }

  #oldestIdle(but: StationRecord): StationRecord | null {
    for (const record of this.#strangers) {
      if (record !== but && !record.busy && !record.closing) return record;
    }
    return null;
  }

  #forget(record: StationRecord): void {
    this.#strangers.delete(record);
    this.#byKey.delete(record.key);
    for (const address of addressesOf(record)) this.#byAddress.delete(`${record.zone.id} ${address}`);
    this.#ids.leaveSlot(record.slot);
  }
}
