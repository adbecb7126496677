import { findZone, type Zone } from "../../aaa/identity/zones.ts";
import { DomainError } from "../../errors.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { macKey } from "../../values/mac_address.ts";
import type { Admission, Controller } from "../controller.ts";
import type { Station } from "../station.ts";
import type { Control, ControlRequest } from "./control.ts";
import { stationDetails, stationView } from "./station_view.ts";

export interface VenueControlPorts {
  readonly controller: Controller;
  readonly now: () => Date;
  /** Sentences: what zones wait for. */
  readonly waits?: () => readonly string[];
}

/** What a running venue does for commands. */
export function venueControl({ controller, now, waits = () => [] }: VenueControlPorts): Control {
  return {
    stations: ({ zone }) =>
      new Promise((resolve) => {
        const stations = stationsIn(controller, zone === undefined ? null : findZone(controller.zones, zone));
        resolve(stations.map((station) => stationView(station, station.session, now())));
      }),
    station: (request) =>
      new Promise((resolve) => resolve(stationDetails(only(find(controller, request), request.who), now()))),
    async disconnect(request) {
      const open = find(controller, request).filter(({ session }) => session);
      if (!open.length) {
        throw new DomainError("not_found", `Cannot disconnect "${request.who}": it has no session`);
      }
      const views = [];
      for (const station of open) {
        const ended = await controller.logOff(station, "Admin-Reset");
        views.push(stationView(ended, ended.lastSession, now()));
      }
      return views;
    },
    async authorize(request) {
      const station = admissible(controller, request);
      const admitted = await controller.admit(station, admissionOf(request));
      if (!admitted.session) {
        throw new DomainError(
          "conflict",
          `Cannot authorize ${station.mac}: no session could be opened, see the log`,
        );
      }
      return stationView(admitted, admitted.session, now());
    },
    async reload() {
      await controller.reload();
      const zones = controller.zones.map(({ organizationSlug, name }) => `${organizationSlug}/${name}`);
      return { zones, waits: waits() };
    },
  };
}

/** @throws {DomainError} not_found when no station fits. */
function find(controller: Controller, { who, zone }: ControlRequest<"station">): Station[] {
  const within = zone === undefined ? null : findZone(controller.zones, zone);
  const mac = macKey(who);
  const address = normalizeIpAddress(who);
  const found = stationsIn(controller, within).filter((station) =>
    macKey(station.mac) === mac || (address !== null && [station.ip, ...station.ip6].includes(address)) ||
    station.session?.sessionId === who || station.session?.userName === who
  );
  if (!found.length) throw unknown(who, within);
  return found;
}

function admissible(controller: Controller, { mac, zone }: ControlRequest<"authorize">): Station {
  if (macKey(mac) === null) {
    throw new DomainError("invalid_input", `Cannot authorize "${mac}": expected a MAC address`);
  }
  const station = only(find(controller, { who: mac, zone }), mac);
  if (station.state === "bypass") {
    throw new DomainError(
      "conflict",
      `Cannot authorize ${station.mac}: it passes already, by the zone's bypass`,
    );
  }
  if (station.state === "open") {
    const who = station.session?.userName ?? "";
    throw new DomainError(
      "conflict",
      `Cannot authorize ${station.mac}: it has a session already, of "${who}"`,
    );
  }
  return station;
}

function admissionOf({ username, session_timeout: seconds }: ControlRequest<"authorize">): Admission {
  return {
    ...(username === undefined ? {} : { userName: username }),
    ...(seconds === undefined ? {} : { sessionTimeout: seconds }),
  };
}

function only([station, ...more]: readonly Station[], who: string): Station {
  if (station && !more.length) return station;
  const places = [station, ...more].flatMap((each) => each ? [`${each.mac} in ${each.zone.name}`] : []);
  throw new DomainError("conflict", `"${who}" fits several stations: say which of ${places.join(", ")}`);
}

function unknown(who: string, zone: Zone | null): DomainError {
  const where = zone ? ` in the zone "${zone.name}"` : "";
  const why = macKey(who) === null ? "" : ": it has to connect to the network first";
  return new DomainError("not_found", `No station "${who}" is known${where}${why}`);
}

/** Zone by zone, in the order in which the stations came. */
function stationsIn(controller: Controller, zone: Zone | null): Station[] {
  return controller.stations().filter((station) => !zone || station.zone.id === zone.id).sort((a, b) =>
    a.zone.id < b.zone.id ? -1 : a.zone.id > b.zone.id ? 1 : a.slot - b.slot
  );
}
