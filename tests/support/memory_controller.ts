import { withDefaults, type Zone } from "../../src/aaa/identity/zones.ts";
import type { Controller, LogOn, LogOnOutcome } from "../../src/controller/controller.ts";
import { NO_TRAFFIC, type Traffic } from "../../src/controller/gate/gate.ts";
import type { Grant } from "../../src/controller/sessions/grant.ts";
import type { Session, Station } from "../../src/controller/station.ts";
import type { OrganizationId } from "../../src/values/organization_id.ts";

export const UNLIMITED: Grant = {
  sessionTimeout: 0,
  idleTimeout: 0,
  terminateAt: null,
  interimSeconds: 300,
  bandwidthUp: 0,
  bandwidthDown: 0,
  maxInputOctets: null,
  maxOutputOctets: null,
  maxTotalOctets: null,
  redirectionUrl: "",
  replyMessage: null,
  className: null,
  splash: false,
};

/** What the authority of a `memoryController()` says to a log-on. */
export type Verdict =
  | { readonly kind: "accept"; readonly grant?: Partial<Grant> }
  | { readonly kind: "reject"; readonly replyMessage?: string }
  | { readonly kind: "silent" };

export interface MemoryController extends Controller {
  /** The log-ons that were tried, the newest last. */
  readonly asked: readonly LogOn[];
  verdict: Verdict;
  /** A station comes, or becomes what is named. */
  put(address: string, change?: Partial<Station>): Station;
  at(address: string): Station;
  /** Opens a session as a log-on does. */
  open(address: string, grant?: Partial<Grant>, traffic?: Partial<Traffic>): Session;
}

/** A zone with the options that are named, as `ZONE_OPTIONS` has them. */
export function testZone(options: Readonly<Record<string, unknown>> = {}, name = "guests"): Zone {
  return {
    id: `zone-${name}`,
    // The pages only show it.
    organizationId: "00000000-0000-4000-8000-000000000001" as OrganizationId,
    organizationSlug: "default",
    name,
    ...withDefaults(name, options),
  };
}

/** Stations of made-up zones, without a network and an authority: for the edges' own tests. */
export function memoryController(zones: readonly Zone[], now: () => Date): MemoryController {
  const stations = new Map<string, Station>();
  const asked: LogOn[] = [];
  let made = 0;
  const next = () => String(++made).padStart(2, "0");
  const keyOf = ({ ip, ip6: [first = ""] }: Station) => ip || first;
  const put = (address: string, change: Partial<Station>): Station => {
    const [zone] = zones;
    if (!zone) throw new Error("there is no zone");
    const known = stations.get(address) ?? stranger(zone, address, next());
    const station = { ...known, ...change };
    stations.set(address, station);
    return station;
  };
  const change = (station: Station, what: Partial<Station>) => put(keyOf(station), what);
  const renewed = () => ({ challenge: next().repeat(16), sessionId: `1795311857000000${next()}` });
  const opened = (station: Station, userName: string, grant: Partial<Grant>) => {
    const session = sessionOf(station, userName, { ...UNLIMITED, ...grant }, now());
    return change(station, { session, userName, state: session.grant.splash ? "splash" : "open" });
  };
  const controller: MemoryController = {
    zones,
    asked,
    verdict: { kind: "accept" },
    put: (address, what = {}) => put(address, what),
    at(address) {
      const station = stations.get(address);
      if (!station) throw new Error(`nobody has ${address}`);
      return station;
    },
    open(address, grant = {}, traffic = {}) {
      const { session } = opened(put(address, {}), "ada", grant);
      if (!session) throw new Error("no session was opened");
      const counted = { ...session, traffic: { ...NO_TRAFFIC, ...traffic } };
      put(address, { session: counted });
      return counted;
    },
    stations: () => [...stations.values()],
    calledStationId: () => "02-00-00-00-00-01",
    stationAt(zone, address) {
      const station = stations.get(address);
      return Promise.resolve(station?.zone.id === zone.id ? station : null);
    },
    passesSince: () => Promise.resolve(null),
    withChallenge: (station) =>
      station.challenge ? station : change(station, { challenge: next().repeat(16) }),
    abort: (station) => change(station, renewed()),
    rememberOriginalUrl: (station, originalUrl) => change(station, { originalUrl }),
    logOn(station, request) {
      asked.push(request);
      return Promise.resolve(outcomeOf(request));
      function outcomeOf({ userName, lang = "" }: LogOn): LogOnOutcome {
        if (station.state === "open") return { kind: "already", station };
        const { verdict } = controller;
        switch (verdict.kind) {
          case "accept":
            change(station, { lang });
            return { kind: "accepted", station: opened(station, userName, verdict.grant ?? {}) };
          case "reject":
            return {
              kind: "refused",
              station: change(station, renewed()),
              replyMessage: verdict.replyMessage ?? null,
            };
          case "silent":
            return { kind: "silent", station: change(station, renewed()) };
        }
      }
    },
    logOff: (station) =>
      Promise.resolve(
        change(station, { ...renewed(), state: "stranger", lastSession: station.session, session: null }),
      ),
    leaveSplash: (station) => Promise.resolve(change(station, { state: "open" })),
    tryMac() {},
    admit: (station, { userName = "" }) => Promise.resolve(opened(station, userName, {})),
    reload: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  return controller;
}

function stranger(zone: Zone, address: string, number: string): Station {
  const isIpv6 = address.includes(":");
  return {
    zone,
    mac: `02:00:00:00:00:${number}`,
    slot: Number(number),
    ip: isIpv6 ? "" : address,
    ip6: isIpv6 ? [address] : [],
    state: "stranger",
    isDenied: false,
    sessionId: `1795311856000000${number}`,
    userName: "",
    challenge: "",
    originalUrl: "",
    lang: "",
    session: null,
    lastSession: null,
  };
}

function sessionOf({ sessionId }: Station, userName: string, grant: Grant, at: Date): Session {
  return {
    uniqueId: "f".repeat(32),
    sessionId,
    userName,
    startedAt: at,
    grant,
    traffic: NO_TRAFFIC,
    countedAt: at,
    activeAt: at,
  };
}
