import { deepEqual, equal } from "node:assert/strict";
import * as v from "valibot";
import type { AccountingPacket } from "../../../src/aaa/accounting/accounting_packet.ts";
import { advanceSession, beginSession, lastKnownAt } from "../../../src/aaa/accounting/advance_session.ts";
import { OrganizationId } from "../../../src/values/organization_id.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";

const ORGANIZATION = v.parse(OrganizationId, "9d2ad2a0-0000-4000-8000-000000000000");
const NOON = Date.parse("2026-11-22T12:00:00Z");
const minute = (minutes: number) => new Date(NOON + minutes * 60_000);
const at = (minutes: number) => toSqlDateTime(minute(minutes));

function packet(status: AccountingPacket["status"], rest: Partial<AccountingPacket> = {}): AccountingPacket {
  return { status, uniqueId: "u", sessionId: "s", nasIpAddress: "10.0.0.1", description: {}, ...rest };
}

Deno.test("a packet that is stored after a later one does not set the clock of its row back", () => {
  const begun = beginSession(ORGANIZATION, packet("Start"), null, minute(0));
  const later = advanceSession(begun, packet("Interim-Update", { sessionSeconds: 120n }), null, minute(2));
  const earlier = advanceSession(later, packet("Interim-Update", { sessionSeconds: 60n }), null, minute(1));
  equal(earlier.updatedAt, at(2));
  equal(earlier.heardAt, at(2));
  const stopped = advanceSession(later, packet("Stop", { sessionSeconds: 90n }), null, minute(1.5));
  deepEqual([stopped.updatedAt, stopped.stoppedAt], [at(2), at(1.5)]);
});

Deno.test("a repetition does not move the time from which the next packet's usage counts", () => {
  const interim = packet("Interim-Update", { sessionSeconds: 60n, inputOctets: 5n });
  const begun = beginSession(ORGANIZATION, interim, null, minute(1));
  equal(advanceSession(begun, interim, null, minute(30)).heardAt, at(1));
  equal(advanceSession(begun, { ...interim, inputOctets: 6n }, null, minute(30)).heardAt, at(30));
});

Deno.test("a Start that says when the session ended leaves the cause to its Stop", () => {
  const stoppedAt = at(5);
  const stop = packet("Stop", { terminateCause: "User-Request" });
  const startFirst = beginSession(ORGANIZATION, packet("Start", { stoppedAt }), null, minute(6));
  equal(advanceSession(startFirst, stop, null, minute(7)).terminateCause, "User-Request");
  const opened = beginSession(ORGANIZATION, packet("Start"), null, minute(0));
  const ended = advanceSession(opened, packet("Start", { stoppedAt }), null, minute(6));
  const complete = advanceSession(ended, stop, null, minute(7));
  deepEqual([complete.stoppedAt, complete.terminateCause], [stoppedAt, "User-Request"]);
});

Deno.test("only a sent start or a Start's receipt lowers the start", () => {
  const begun = beginSession(
    ORGANIZATION,
    packet("Interim-Update", { sessionSeconds: 300n }),
    null,
    minute(10),
  );
  equal(begun.startedAt, at(5));
  const more = advanceSession(begun, packet("Interim-Update", { sessionSeconds: 900n }), null, minute(10));
  equal(more.startedAt, at(5));
  equal(advanceSession(more, packet("Start"), null, minute(11)).startedAt, at(5));
  const told = packet("Interim-Update", { startedAt: at(1) });
  equal(advanceSession(more, told, null, minute(11)).startedAt, at(1));
});

Deno.test("a session time that no session can have dates nothing", () => {
  const absurd = packet("Stop", { sessionSeconds: 9_223_372_036_854_775_807n });
  const row = beginSession(ORGANIZATION, absurd, null, minute(10));
  equal(row.startedAt, at(10));
  equal(lastKnownAt(row), at(10));
});

Deno.test("at equal session time Start, Interim-Update and Stop describe the session in this order", () => {
  const named = (status: AccountingPacket["status"], name: string, sessionSeconds?: bigint) =>
    packet(status, {
      description: { framedProtocol: name },
      ...(sessionSeconds !== undefined && { sessionSeconds }),
    });
  const stopped = beginSession(ORGANIZATION, named("Stop", "stop", 60n), null, minute(1));
  equal(advanceSession(stopped, named("Start", "start"), null, minute(2)).framedProtocol, "stop");
  equal(
    advanceSession(stopped, named("Interim-Update", "interim", 60n), null, minute(2)).framedProtocol,
    "stop",
  );
  equal(
    advanceSession(stopped, named("Interim-Update", "interim", 61n), null, minute(2)).framedProtocol,
    "interim",
  );
  equal(advanceSession(stopped, named("Stop", "again", 60n), null, minute(2)).framedProtocol, "again");
  equal(advanceSession(stopped, named("Stop", "", 60n), null, minute(2)).framedProtocol, "stop");
});
