import type { StationDetails, StationView } from "../controller/control/station_view.ts";
import { DomainError } from "../errors.ts";
import { type Command, type CommandOptions, type OptionValues, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { requireVenue } from "./running_venue.ts";
import { table } from "./table.ts";

const WHO = "WHO is a MAC address in any spelling, an IP address, a session's id or a user's name.";
const IN_ZONE: CommandOptions = { zone: { type: "string" } };

/** Prints who is there. */
export const stationList: Command = {
  name: "station list",
  operands: "",
  about: "Print the stations of a running venue, strangers too.",
  help: "Input is what came from the station, output what went to it.",
  options: IN_ZONE,
  run: async (world, values, operands) => {
    refuseOperands("station list", operands);
    const venue = await requireVenue(world, values);
    const stations = await venue.stations(zoneOf(values));
    world.print(values.json ? JSON.stringify(stations) : listOf(stations));
  },
};

/** Prints one station and its session's limits. */
export const stationShow: Command = {
  name: "station show",
  operands: "WHO",
  about: "Print a station of a running venue, and what its session may.",
  help: WHO,
  options: IN_ZONE,
  run: async (world, values, operands) => {
    const who = only("station show", "WHO", operands);
    const venue = await requireVenue(world, values);
    const station = await venue.station({ who, ...zoneOf(values) });
    world.print(values.json ? JSON.stringify(station) : detailsOf(station));
  },
};

/** Ends sessions. */
export const stationDisconnect: Command = {
  name: "station disconnect",
  operands: "WHO",
  about: "End the sessions of a station or a user in a running venue (Admin-Reset).",
  help: WHO,
  options: IN_ZONE,
  run: async (world, values, operands) => {
    const who = only("station disconnect", "WHO", operands);
    const venue = await requireVenue(world, values);
    const ended = await venue.disconnect({ who, ...zoneOf(values) });
    if (values.json) return world.print(JSON.stringify(ended));
    for (const { mac, zone, username, session_id: id } of ended) {
      world.print(`Ended the session ${id} of ${username} on ${mac} in ${zone}`);
    }
  },
};

/** Lets a station in. */
export const stationAuthorize: Command = {
  name: "station authorize",
  operands: "MAC",
  about: "Open a session for a station that is connected to a running venue.",
  help: "MAC [--username U] [--session-timeout SECONDS] [--zone Z]\n" +
    "What is not said is the zone's default. Who shall pass before having connected: bypass add, or macallowed.",
  options: { ...IN_ZONE, username: { type: "string" }, "session-timeout": { type: "string" } },
  run: async (world, values, operands) => {
    const mac = only("station authorize", "MAC", operands);
    const [username, seconds] = [textOf(values, "username"), secondsOf(values)];
    const venue = await requireVenue(world, values);
    const station = await venue.authorize({
      mac,
      ...zoneOf(values),
      ...(username === undefined ? {} : { username }),
      ...(seconds === undefined ? {} : { session_timeout: seconds }),
    });
    if (values.json) return world.print(JSON.stringify(station));
    world.print(`${station.mac} passes in ${station.zone}: session ${station.session_id}`);
  },
};

function only(command: string, what: string, [operand, ...more]: readonly string[]): string {
  if (operand && !more.length) return operand;
  throw new DomainError("invalid_input", `portico ${command}: expected one ${what}`);
}

function zoneOf(values: OptionValues): { readonly zone?: string } {
  const zone = textOf(values, "zone");
  return zone === undefined ? {} : { zone };
}

function secondsOf(values: OptionValues): number | undefined {
  const text = textOf(values, "session-timeout");
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new DomainError("invalid_input", `--session-timeout: expected seconds, not "${text}"`);
}

function listOf(stations: readonly StationView[]): string {
  const rows = stations.map((station) => [
    station.zone,
    station.mac,
    [station.ip, ...station.ip6].filter(Boolean).join(" "),
    station.state,
    station.username ?? "",
    station.session_id === null ? "" : duration(station.session_time),
    station.session_id === null ? "" : `${octets(station.input_octets)} / ${octets(station.output_octets)}`,
    station.session_id ?? "",
  ]);
  return table(["ZONE", "MAC", "ADDRESSES", "STATE", "USER", "TIME", "INPUT / OUTPUT", "SESSION"], rows);
}

function detailsOf({ limits, ...station }: StationDetails): string {
  const rows = Object.entries({ ...station, ...limits }).map(([name, value]) => [name, shown(value)]);
  return table(["", ""], rows).trimStart();
}

function shown(value: unknown): string {
  if (value === null) return "-";
  return Array.isArray(value) ? value.join(" ") : String(value);
}

/** `1:02:03`. */
function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [Math.floor(minutes / 60), minutes % 60, rest].map((part) => String(part).padStart(2, "0"));
  return parts.join(":");
}

/** `1.5 MB`: to be read, not to be added up. */
function octets(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [scaled, unit] = [count, 0];
  while (scaled >= 1_000 && unit < units.length - 1) {
    scaled /= 1_000;
    unit++;
  }
  return `${unit ? scaled.toFixed(1) : scaled} ${units[unit]}`;
}
