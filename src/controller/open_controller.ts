import type { AccessContext } from "../aaa/access/access_context.ts";
import type { Zone } from "../aaa/identity/zones.ts";
import type { Authority } from "./authority/authority.ts";
import type { Controller } from "./controller.ts";
import { fetchChallenge, renewChallenge } from "./sessions/challenges.ts";
import { tryMac } from "./sessions/mac_authentication.ts";
import { calledStationIdOf } from "./sessions/nas_identity.ts";
import { type Gates, Passage } from "./sessions/passage.ts";
import { closeForgotten, findSessions, resumeSessions } from "./sessions/recover.ts";
import { passesSince } from "./sessions/open_addresses.ts";
import { reportSeldom } from "./sessions/report_seldom.ts";
import { recordOf, type SessionContext } from "./sessions/session_context.ts";
import { followClock, settableClock } from "./sessions/set_clock.ts";
import { SessionIds } from "./sessions/session_ids.ts";
import { admit, leaveSplash, logOn } from "./sessions/sign_in.ts";
import { logOff } from "./sessions/sign_out.ts";
import { stationGone, stationSeen, stationWithAddress } from "./sessions/sightings.ts";
import { pictureOf, type StationRecord } from "./sessions/station_record.ts";
import { Stations } from "./sessions/stations.ts";
import { startSweep } from "./sessions/sweep.ts";
import { changeZones, endAll } from "./sessions/zone_changes.ts";
import type { Whereabouts } from "./sighting.ts";
import type { Station } from "./station.ts";
import { type Timers, timers as realTimers } from "./timers.ts";

/** How long a stop waits for one more session to end. */
const PATIENCE_MILLISECONDS = 20_000;
/** As long as coova 1 lets it be. */
const LONGEST_URL = 2_047;

export interface ControllerOptions {
  readonly context: AccessContext;
  readonly gates: Gates;
  /** `nftables` is null where `gates.nftables` is. */
  readonly whereabouts: { readonly nftables: Whereabouts | null; readonly none: Whereabouts };
  readonly authority: Authority;
  readonly listZones: () => Promise<readonly Zone[]>;
  readonly now: () => Date;
  /** Milliseconds on a clock that nobody sets; without one, `now` is taken to go on evenly. */
  readonly uptime?: () => number;
  readonly reportFault: (fault: unknown) => void;
  /** Something was put into the outbox. */
  readonly wakeOutbox: () => void;
  readonly timers?: Timers;
  /** Strangers that are remembered; each takes about a kilobyte. */
  readonly mostStrangers?: number;
}

/**
 * Makes this box a NAS: finds the sessions that an earlier process left, makes gates and leases be as the zones say,
 * and looks after the sessions from then on.
 *
 * @throws {Error} when the machine or the database refuses.
 */
export async function openController(options: ControllerOptions): Promise<Controller> {
  const context = sessionContext(options);
  for (const zone of await options.listZones()) context.zones.set(zone.id, zone);
  const found = await findSessions(context);
  const zones = [...context.zones.values()];
  await context.passage.apply(zones);
  await serve(context, options, zones);
  await resumeSessions(context, found);
  await closeForgotten(context);
  const stopSweep = await startSweep(context, options.timers ?? realTimers);
  return controllerOf(context, options, stopSweep);
}

function controllerOf(
  context: SessionContext,
  options: ControllerOptions,
  stopSweep: () => void,
): Controller {
  const { access: { crypto }, now, stations } = context;
  const change = (station: Station, work: (record: StationRecord) => void) => {
    const record = recordOf(context, station);
    work(record);
    return pictureOf(record);
  };
  const changeLater = async (station: Station, work: (record: StationRecord) => Promise<unknown>) => {
    const record = recordOf(context, station);
    await work(record);
    return pictureOf(record);
  };
  let stopping: Promise<void> | null = null;
  return {
    get zones() {
      return [...context.zones.values()];
    },
    stations: () => Array.from(stations.all(), pictureOf),
    calledStationId: context.calledStationId,
    async stationAt(zone, address) {
      const record = await stationWithAddress(context, whereaboutsOf(context, options, zone), zone, address);
      return record && pictureOf(record);
    },
    passesSince: (station, address) => passesSince(context, recordOf(context, station), address),
    withChallenge: (station) => change(station, (record) => fetchChallenge(record, crypto, now())),
    abort: (station) =>
      change(station, (record) => {
        if (record.session && !record.session.isSplash) return;
        renewChallenge(record, crypto, now());
        record.isAborted = true;
      }),
    rememberOriginalUrl: (station, url) =>
      change(station, (record) => record.originalUrl = url.slice(0, LONGEST_URL)),
    logOn: (station, request) => logOn(context, recordOf(context, station), request),
    logOff: (station, cause) => changeLater(station, (record) => logOff(context, record, cause)),
    leaveSplash: (station) => changeLater(station, (record) => leaveSplash(context, record)),
    tryMac(station) {
      const record = recordOf(context, station);
      context.later(tryMac(context, record, record.ip));
    },
    admit: (station, admission) => changeLater(station, (record) => admit(context, record, admission)),
    reload: () =>
      context.turns.take("zones", async () => {
        if (context.isStopping) return;
        await changeZones(context, await options.listZones());
        if (!context.isStopping) await serve(context, options, [...context.zones.values()]);
      }),
    stop: () => stopping ??= stop(context, options, stopSweep),
  };
}

/** Sessions first: whatever else cannot be taken away, what they used is on record. */
async function stop(
  context: SessionContext,
  { timers = realTimers, whereabouts }: ControllerOptions,
  stopSweep: () => void,
): Promise<void> {
  context.isStopping = true;
  stopSweep();
  await endPatiently(context, timers);
  for (const served of [whereabouts.nftables, whereabouts.none]) {
    await served?.stop().catch((fault) => context.report("stopping leases and neighbours", fault));
  }
  await context.passage.remove();
}

/**
 * Ends the sessions. When nothing comes of it any more, as on a disk that is gone, the process ends without: the next one
 * finds the sessions as they were stored last.
 */
async function endPatiently(context: SessionContext, timers: Timers): Promise<void> {
  const left = () => context.stations.withSession().size + context.endings.size;
  const ended = context.turns.take("zones", () => endAll(context)).then(() => true);
  for (let before = left();;) {
    let cancel = () => {};
    const patience = new Promise<boolean>((resolve) => {
      cancel = timers.after(PATIENCE_MILLISECONDS, () => Promise.resolve(resolve(false)));
    });
    const isOver = await Promise.race([ended, patience]);
    cancel();
    if (isOver) return;
    if (left() >= before) {
      return context.report("ending all sessions", new Error(`${before} have no end on record`));
    }
    before = left();
  }
}

function sessionContext(options: ControllerOptions): SessionContext {
  const { reportFault, uptime } = options;
  const now = uptime
    ? settableClock(options.now, uptime, (milliseconds) => followClock(context, milliseconds))
    : options.now;
  const ids = new SessionIds();
  const zones = new Map<string, Zone>();
  const report = reportSeldom(reportFault, now);
  const context: SessionContext = {
    access: options.context,
    authority: options.authority,
    ids,
    stations: new Stations(ids, options.mostStrangers),
    passage: new Passage(options.gates),
    endings: new Set(),
    quotas: new Map(),
    turns: options.context.db.turns,
    zones,
    wakeOutbox: options.wakeOutbox,
    calledStationId: (zone) => calledStationIdOf(zone, whereaboutsOf(context, options, zone).ownMac(zone.id)),
    now,
    report,
    later: (work) => void work.catch((fault) => report("what goes on by itself", fault)),
    sweeps: 0,
    isStopping: false,
  };
  return context;
}

function whereaboutsOf({ passage }: SessionContext, { gates, whereabouts }: ControllerOptions, zone: Zone) {
  const { nftables, none } = whereabouts;
  return nftables && passage.gateOf(zone) === gates.nftables ? nftables : none;
}

async function serve(
  context: SessionContext,
  options: ControllerOptions,
  zones: readonly Zone[],
): Promise<void> {
  for (const whereabouts of [options.whereabouts.nftables, options.whereabouts.none]) {
    const own = zones.filter((zone) => whereaboutsOf(context, options, zone) === whereabouts);
    await whereabouts?.serve(
      own,
      (sighting) => void stationSeen(context, sighting),
      (sighting) => stationGone(context, sighting),
    );
  }
}
