import { eventually } from "./delay.ts";
import { type NamespaceLab, namespaceLab } from "./network_namespace.ts";
import { withDatabase } from "./portico_venue.ts";
import { type Guest, guestIn } from "./venue_guest.ts";
import { openInternet } from "./venue_internet.ts";
import { type VenueProcess, venueProcess } from "./venue_process.ts";

/** A box with Portico, guests behind it and an internet before it, each in a network namespace. */
export interface VenueLab extends AsyncDisposable {
  readonly network: NamespaceLab;
  readonly venue: VenueProcess;
  readonly dataFolder: string;
  /** Files of the test, besides the data folder. */
  readonly folder: string;
  /** The n-th guest, without an address yet. @param where Of the first zone unless told. */
  readonly guest: (n: number, where?: Partial<Place>) => Promise<Guest>;
  /** Sessions as recorded, oldest first. */
  readonly records: (userName: string) => Promise<readonly Recorded[]>;
  /** The session's record, once it has an end. */
  readonly ended: (userName: string, patienceMs?: number) => Promise<Recorded>;
}

export interface Place {
  readonly lan: string;
  /** Where the zone's JSON interface is. */
  readonly portal: string;
  readonly mac: string;
}

/** A session in the ledger; up is from the station. */
export interface Recorded {
  readonly uniqueId: string;
  readonly sessionId: string;
  readonly organizationId: string;
  readonly seconds: number;
  readonly upOctets: number;
  readonly downOctets: number;
  /** Null while it is open. */
  readonly terminateCause: string | null;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly callingStationId: string;
  readonly framedIpAddress: string;
}

export interface VenueOptions {
  readonly lans?: readonly string[];
  /** The `uamsecret` of the internet's login pages. */
  readonly secret?: string;
  /** Further options of `serve`. */
  readonly serve?: readonly string[];
  /** Where the first zone's JSON interface is; `10.1.0.1:3990` unless told. */
  readonly portal?: string;
}

/** Everything but Portico runs; it is started by the test, after its setup. */
export async function venueLab(options: VenueOptions = {}): Promise<VenueLab> {
  const { lans = ["lan0"], secret = "", serve = [], portal = "10.1.0.1:3990" } = options;
  const folder = await Deno.makeTempDir({ prefix: "portico-lab-" });
  const dataFolder = `${folder}/data`;
  const network = await namespaceLab(lans);
  const venue = venueProcess(network.box, dataFolder, serve);
  const records = (userName: string) => recordsOf(`${dataFolder}/portico.db`, userName);
  const clear = async () => {
    await venue.stop("SIGTERM");
    await network[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await openInternet(network, secret);
  } catch (fault) {
    await clear();
    throw fault;
  }
  return {
    network,
    venue,
    dataFolder,
    folder,
    async guest(n, where = {}) {
      const station = await network.station(n, where.lan);
      const mac = where.mac ?? globalMac(n);
      return await guestIn(station, { folder, portal: where.portal ?? portal, mac });
    },
    records,
    ended: (userName, patienceMs) =>
      eventually(`the end of ${userName}'s session`, async () => {
        const last = (await records(userName)).at(-1);
        return last?.stoppedAt ? last : undefined;
      }, patienceMs),
    [Symbol.asyncDispose]: clear,
  };
}

/** One behaviour of a venue; when it fails, what Portico wrote is told too. */
export async function step(
  t: Deno.TestContext,
  { venue }: Pick<VenueLab, "venue">,
  behaviour: string,
  check: () => Promise<void>,
): Promise<void> {
  await t.step(behaviour, async () => {
    const before = venue.log().length;
    try {
      await check();
    } catch (fault) {
      console.error(`Portico wrote:\n${venue.log().slice(before) || "nothing"}`);
      throw fault;
    }
  });
}

/** Not a locally administered one, which would be nobody's for long. */
export function globalMac(n: number): string {
  return `00:16:3e:00:00:${n.toString(16).padStart(2, "0")}`;
}

async function recordsOf(databaseFile: string, userName: string): Promise<Recorded[]> {
  const sql = "SELECT * FROM radacct WHERE username = ? ORDER BY acctstarttime, acctuniqueid";
  const { rows } = await withDatabase(databaseFile, (client) => client.execute({ sql, args: [userName] }));
  return rows.map((row) => ({
    uniqueId: String(row["acctuniqueid"]),
    sessionId: String(row["acctsessionid"]),
    organizationId: String(row["organization_id"]),
    seconds: Number(row["acctsessiontime"]),
    upOctets: Number(row["acctinputoctets"]),
    downOctets: Number(row["acctoutputoctets"]),
    terminateCause: row["acctterminatecause"] ? String(row["acctterminatecause"]) : null,
    startedAt: instant(row["acctstarttime"]),
    stoppedAt: row["acctstoptime"] ? instant(row["acctstoptime"]) : null,
    callingStationId: String(row["callingstationid"]),
    framedIpAddress: String(row["framedipaddress"]),
  }));
}

/** UTC, as `2026-11-22 12:00:00.000000`. */
function instant(text: unknown): Date {
  return new Date(`${String(text).replace(" ", "T")}Z`);
}
