import { DatabaseSync } from "node:sqlite";
import { toSqlDateTime } from "../../src/values/sql_date_time.ts";
import type { Hotspot } from "./hotspot.ts";

/** A session with its share of nine indexes and of usage_day, and what sorting them takes meanwhile. */
export const OCTETS_OF_ROW = 1_300;

const ORGANIZATIONS = 10;
const DAYS = 300;
/** Coprime to every number of rows that is used: it spreads an organization's sessions over users and time. */
const SPREAD = 7_919;
/** Of the sessions, the oldest ones; an index that is built of sorted rows has full pages, which a life never leaves. */
const WRITTEN_AT_ONCE = 0.95;

/**
 * Writes sessions of the last 300 days into a hotspot's ledger: a tenth of them its own users', the others of nine more
 * organizations with as many users. Of each fifth user the newest session is open. Every user has a row of usage_day
 * for each day with a session, one of them today. Most sessions are written at once, the newest one by one.
 */
export async function fillLedger(
  { databaseFile, organizationId, users }: Hotspot,
  rows: number,
  now: Date,
): Promise<void> {
  using database = new DatabaseSync(databaseFile);
  // Whoever loses power begins anew.
  database.exec("pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -1000000");
  database.exec("pragma threads = 2; begin");
  const indexes = database.prepare(
    "select name, sql from sqlite_master where tbl_name = 'radacct' and type = 'index' and sql is not null",
  ).all();
  makeMembers(database, organizationId, users);
  // Sorted once they are much faster than inserted row by row.
  for (const { name } of indexes) database.exec(`drop index ${name}`);
  const ofOne = Math.floor(rows / ORGANIZATIONS);
  const atOnce = Math.floor(ofOne * WRITTEN_AT_ONCE);
  insertSessions(database, AT_ONCE, 0, atOnce, ofOne, now);
  for (const { sql } of indexes) database.exec(String(sql));
  insertSessions(database, ONE_BY_ONE, atOnce, ofOne, ofOne, now);
  insertUsage(database, rows, now);
  database.exec("drop table member; commit; pragma journal_mode = wal; pragma wal_checkpoint(truncate)");
  // What the kernel has still to write would be written during the measurement.
  await new Deno.Command("sync", { args: ["-f", databaseFile] }).output();
}

/** Users of ten organizations by number, organizations in the order of their ids. */
function makeMembers(database: DatabaseSync, organizationId: string, users: Hotspot["users"]): void {
  const others = Array.from({ length: ORGANIZATIONS - 1 }, () => crypto.randomUUID());
  const organizations = [organizationId, ...others].sort();
  database.exec("create table member (n integer primary key, organization_id, user_id, username)");
  const insert = database.prepare("insert into member values (?, ?, ?, ?)");
  organizations.forEach((organization, o) => {
    users.forEach(({ id, username }, u) => {
      const own = organization === organizationId;
      insert.run(
        o * users.length + u,
        organization,
        own ? id : crypto.randomUUID(),
        own ? username : `visitor${u}`,
      );
    });
  });
}

/** @param ofOne how many sessions an organization has in all, of which `from` to `to` are written now. */
function insertSessions(
  database: DatabaseSync,
  statement: string,
  from: number,
  to: number,
  ofOne: number,
  now: Date,
): void {
  const members = Number(database.prepare("select count(*) as n from member").get()?.n) / ORGANIZATIONS;
  const ofUser = Math.ceil(ofOne / members);
  const insert = database.prepare(statement);
  for (let organization = 0; organization < ORGANIZATIONS; organization++) {
    insert.run({
      first: organization * ofOne,
      from,
      to,
      order: statement === AT_ONCE ? SPREAD : 2_654_435_761,
      firstMember: organization * members,
      members,
      last: ofUser - 1,
      beginning: Math.floor(now.getTime() / 1_000) - DAYS * 86_400,
      step: Math.floor(DAYS * 86_400 / ofUser),
      now: toSqlDateTime(now),
    });
  }
  database.prepare(
    `insert into node_sequence select value, ? from installation where name = 'node_id'
      on conflict do update set change_seq = excluded.change_seq`,
  ).run(ofOne * ORGANIZATIONS);
}

/** Unique ids rise, so that rows are written in the order of their key: what the rest comes from is in disorder. */
const AT_ONCE = sessionsStatement("i * (4294967296 / :to) as high, i * :order % :to as j");
/** In the order of time: unique ids are in disorder. */
const ONE_BY_ONE = sessionsStatement("i * :order & 4294967295 as high, i as j");

/** @param order gives the unique id's beginning and the number that everything else comes from. */
function sessionsStatement(order: string): string {
  return `
  with recursive
    number(i) as (select :from union all select i + 1 from number where i + 1 < :to),
    ordered as (select i, ${order} from number),
    placed as (select i, j, high, :firstMember + j % :members as member, j / :members as k from ordered),
    timed as (
      select i, j, high, member, k, k = :last and member % 5 = 0 as open,
        :beginning + k * :step + j * 31 % :step as began, 300 + j * 7 % 7200 as lasted
      from placed
    ),
    node(id) as (select value from installation where name = 'node_id')
  insert into radacct (
    acctuniqueid, organization_id, acctsessionid, username, user_id, groupname, realm, nasipaddress, nasportid,
    nasporttype, acctstarttime, acctupdatetime, acctstoptime, acctsessiontime, acctauthentic, acctinputoctets,
    acctoutputoctets, calledstationid, callingstationid, acctterminatecause, servicetype, framedipaddress,
    calling_mac, heard_at, described_by, closed_by, node_id, change_seq
  )
  select
    printf('%08x%024x', high, j), organization_id, printf('%016X', i * 2654435761), username, user_id, null,
    null, printf('10.0.0.%d', j % 20 + 1), '1',
    'Wireless-802.11', strftime('%Y-%m-%d %H:%M:%f000', began, 'unixepoch'),
    iif(open, :now, strftime('%Y-%m-%d %H:%M:%f000', began + lasted, 'unixepoch')),
    iif(open, null, strftime('%Y-%m-%d %H:%M:%f000', began + lasted, 'unixepoch')), lasted, 'RADIUS', j * 1009 % 5000000,
    j * 9013 % 90000000, printf('00-11-22-33-44-%02X:Guests', j % 20),
    printf('B2-00-00-%02X-%02X-%02X', k % 2, j % :members / 256, j % :members % 256), iif(open, '', 'User-Request'), 'Login-User',
    printf('10.1.%d.%d', j / 256 % 256, j % 256),
    printf('b20000%02x%02x%02x', k % 2, j % :members / 256, j % :members % 256),
    iif(open, :now, strftime('%Y-%m-%d %H:%M:%f000', began + lasted, 'unixepoch')), iif(open, 2, 3),
    iif(open, null, 'nas'), node.id, :first + i + 1
  from timed join member on member.n = timed.member cross join node`;
}

function insertUsage(database: DatabaseSync, rows: number, now: Date): void {
  const members = Number(database.prepare("select count(*) as n from member").get()?.n);
  const days = Math.min(DAYS, Math.ceil(rows / members));
  insertDays(database, "usage_day", { from: days - 1, to: 1 }, now);
  insertDays(database, "usage_latest", { from: 0, to: 0 }, now);
}

/** @param ago days before today. */
function insertDays(
  database: DatabaseSync,
  table: string,
  ago: { readonly from: number; readonly to: number },
  now: Date,
): void {
  database.prepare(`
    with recursive
      ago(days) as (select :from where :from >= :to union all select days - 1 from ago where days > :to),
      node(id) as (select value from installation where name = 'node_id')
    insert into ${table}
    select organization_id, user_id, strftime('%Y-%m-%d', :today, 'unixepoch', -days || ' days'), node.id,
      600 + n * 31 % 1200, n * 1009 % 5000000, n * 9013 % 90000000
    from member cross join ago cross join node order by days desc, n`).run({
    ...ago,
    today: Math.floor(now.getTime() / 1_000),
  });
}
