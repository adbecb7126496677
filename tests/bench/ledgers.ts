import { DatabaseSync } from "node:sqlite";
import { toSqlDateTime } from "../../src/values/sql_date_time.ts";
import { freeOctets } from "./disk.ts";
import { giveOutApiKeys, type Hotspot, makeHotspot, type User } from "./hotspot.ts";
import { fillLedger, OCTETS_OF_ROW } from "./ledger_rows.ts";
import type { Workbench } from "./workbench.ts";

export const LEDGER_USERS = 1_000;
export const FEW_ROWS = 10_000;
const GUESTS = 8;
/** More than a page. */
const SESSIONS_OF_GUEST = 12;
const DAYS_OF_GUEST = 300;

export interface FilledHotspot extends Hotspot {
  /** API keys of guests beside the users, who have as many sessions in every ledger, and as many days of use. */
  readonly guestKeys: readonly string[];
}

/** A ledger with as many sessions as were asked for, and one with ten thousand. */
export interface Ledgers {
  readonly rows: number;
  readonly many: FilledHotspot;
  readonly few: FilledHotspot;
}

let filled: Promise<Ledgers> | undefined;

/** Filled once for all benchmarks of a run: it takes minutes. */
export function bigAndSmallLedger(bench: Workbench): Promise<Ledgers> {
  return filled ??= fill(bench);
}

async function fill(bench: Workbench): Promise<Ledgers> {
  const rows = affordableRows(bench);
  return { rows, many: await filledHotspot(bench, rows), few: await smallLedger(bench) };
}

/** Another one with ten thousand sessions: runs of accounting make many times as many of them. */
export function smallLedger(bench: Workbench): Promise<FilledHotspot> {
  return filledHotspot(bench, FEW_ROWS);
}

/**
 * As after a boot: nothing of it is still to be written, or in the kernel's memory. What is there by chance differs from
 * machine to machine, and in blocks of megabytes, as whoever reads a whole file leaves them, each page is slow to write.
 */
export async function leaveMemory({ databaseFile }: Hotspot): Promise<void> {
  const args = [`of=${databaseFile}`, "count=0", "oflag=nocache", "conv=notrunc,fdatasync"];
  const { success, stderr } = await new Deno.Command("dd", { args }).output();
  if (!success) throw new Error(`dd: ${new TextDecoder().decode(stderr)}`);
}

/** As many as were asked for, or as fit on the disk with half of it to spare. */
function affordableRows({ rows, sharedFolder, note }: Workbench): number {
  const most = Math.floor(freeOctets(sharedFolder) / 2 / OCTETS_OF_ROW);
  if (rows <= most) return rows;
  note(`the disk has room for ${most} rows instead of ${rows}`);
  return Math.max(most, FEW_ROWS);
}

async function filledHotspot(bench: Workbench, rows: number): Promise<FilledHotspot> {
  const folder = await Deno.makeTempDir({ dir: bench.sharedFolder, prefix: `rows-${rows}-` });
  const { users: everybody, ...hotspot } = await makeHotspot(`${folder}/data`, LEDGER_USERS + GUESTS);
  const [users, guests] = [everybody.slice(0, LEDGER_USERS), everybody.slice(LEDGER_USERS)];
  const begunAt = performance.now();
  bench.note(`filling a ledger with ${rows.toLocaleString("en")} sessions`);
  await fillLedger({ ...hotspot, users }, rows, new Date());
  giveHistory(hotspot, guests);
  const guestKeys = giveOutApiKeys({ ...hotspot, users: guests });
  const { size } = await Deno.stat(hotspot.databaseFile);
  const seconds = Math.round((performance.now() - begunAt) / 1_000);
  bench.note(`took ${seconds} s, ${(size / 2 ** 30).toFixed(2)} GiB`);
  return { ...hotspot, users, guestKeys };
}

/** Hands some of the users' sessions to the guests, from all over the ledger: the newest of each guest is open. */
function giveHistory(
  { databaseFile, organizationId }: Omit<Hotspot, "users">,
  guests: readonly User[],
): void {
  using database = new DatabaseSync(databaseFile);
  database.exec("begin immediate");
  const closed = "from radacct where organization_id = ? and acctstoptime is not null";
  const found = Number(database.prepare(`select count(*) as n ${closed}`).get(organizationId)?.n);
  const wanted = guests.length * SESSIONS_OF_GUEST;
  const rowIds: number[] = [];
  let seen = 0;
  for (
    const row of database.prepare(`select rowid as id ${closed} order by acctstarttime`).iterate(
      organizationId,
    )
  ) {
    if (Math.floor(++seen * wanted / found) > rowIds.length) rowIds.push(Number(row.id));
  }
  const own = database.prepare("update radacct set user_id = ?, username = ? where rowid = ?");
  const open = database.prepare(
    "update radacct set acctstoptime = null, acctterminatecause = '', closed_by = null where rowid = ?",
  );
  rowIds.forEach((rowId, i) => {
    const guest = guests[i % guests.length];
    own.run(guest?.id ?? "", guest?.username ?? "", rowId);
    if (i >= wanted - guests.length) open.run(rowId);
  });
  insertDays(database, organizationId, guests);
  database.exec("commit; pragma wal_checkpoint(truncate)");
}

function insertDays(database: DatabaseSync, organizationId: string, guests: readonly User[]): void {
  const today = Date.now();
  const insertInto = (table: string) =>
    database.prepare(
      `insert into ${table} select ?, ?, ?, value, 60, 1000, 5000 from installation where name = 'node_id'`,
    );
  const [days, latest] = [insertInto("usage_day"), insertInto("usage_latest")];
  for (const { id } of guests) {
    for (let ago = 0; ago < DAYS_OF_GUEST; ago++) {
      (ago ? days : latest).run(
        organizationId,
        id,
        toSqlDateTime(new Date(today - ago * 86_400_000)).slice(0, 10),
      );
    }
  }
}
