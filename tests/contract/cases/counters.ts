import { deepEqual, equal, match } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { type Hotspot, hotspot } from "../hotspot.ts";

type Reply = Record<string, unknown>;

async function quota(
  target: Parameters<ContractCase["run"]>[0],
  checks: unknown[],
  more: object = {},
): Promise<Hotspot> {
  const spot = await hotspot(target, { groups: [{ name: "test", default: true, checks }], ...more });
  await spot.users({ username: spot.name("ada") });
  return spot;
}

async function use(spot: Hotspot, id: string, counts: Record<string, unknown>): Promise<void> {
  const answer = await spot.accounting({
    status_type: "Stop",
    session_id: id,
    unique_id: id,
    username: spot.name("ada"),
    nas_ip_address: "10.0.0.1",
    ...counts,
  });
  equal(answer.status, 201, answer.text);
}

async function ask(spot: Hotspot): Promise<Reply> {
  return (await spot.authorize({ username: spot.name("ada"), password: "secret" })).json as Reply;
}

/** Past usage, as accounting would have noted it, some days before today (UTC). */
async function usedBefore(spot: Hotspot, days: number, seconds: number, octets: number): Promise<void> {
  await spot.sql(
    `insert into usage_day (organization_id, user_id, day, node_id, session_seconds, input_octets, output_octets)
     select ?, id, date('now', ?), 'test', ?, ?, 0 from user where username = ?`,
    spot.id,
    `-${days} days`,
    seconds,
    octets,
    spot.name("ada"),
  );
}

export const cases: ContractCase[] = [
  {
    name: "what is left of the day's time and traffic goes down with use, open or closed",
    async run(target) {
      const spot = await quota(target, [["Max-Daily-Session", ":=", "10800"], [
        "Max-Daily-Session-Traffic",
        ":=",
        "3000",
      ]]);
      await use(spot, "a", {
        session_time: "1",
        input_octets: "1000",
        output_octets: "500",
        start_time: new Date().toISOString(),
      });
      deepEqual(await ask(spot), {
        "control:Auth-Type": "Accept",
        "Session-Timeout": 10799,
        "CoovaChilli-Max-Total-Octets": 1500,
      });
      await spot.accounting({
        status_type: "Interim-Update",
        session_id: "b",
        unique_id: "b",
        username: spot.name("ada"),
        nas_ip_address: "10.0.0.1",
        session_time: "0",
        output_octets: "500",
      });
      equal((await ask(spot))["CoovaChilli-Max-Total-Octets"], 1000);
    },
  },
  {
    name: "a used-up traffic quota is told as traffic, with the day it starts again",
    async run(target) {
      const spot = await quota(target, [["Max-Daily-Session", ":=", "10800"], [
        "Max-Daily-Session-Traffic",
        ":=",
        "1500",
      ]]);
      await use(spot, "a", { session_time: "0", input_octets: "1000", output_octets: "500" });
      const reply = await ask(spot);
      equal(reply["control:Auth-Type"], "Reject");
      equal(reply["Session-Timeout"], 10800);
      match(String(reply["Reply-Message"]), /daily data .* again on \d+ [A-Z][a-z]+/);
    },
  },
  {
    name: "daily and monthly traffic together: the smaller is left",
    async run(target) {
      const spot = await quota(target, [["Max-Daily-Session-Traffic", ":=", "5000"], [
        "Max-Monthly-Session-Traffic",
        ":=",
        "4000",
      ]]);
      deepEqual(await ask(spot), { "control:Auth-Type": "Accept", "CoovaChilli-Max-Total-Octets": 4000 });
      await use(spot, "a", { input_octets: "4000" });
      const reply = await ask(spot);
      equal(reply["control:Auth-Type"], "Reject");
      match(String(reply["Reply-Message"]), /monthly data/);
    },
  },
  {
    name: "the day's quota forgets yesterday, the month's remembers it",
    async run(target) {
      const spot = await quota(target, [["Max-Daily-Session", ":=", "100"], [
        "Max-Monthly-Session-Traffic",
        ":=",
        "100",
      ]]);
      const today = new Date();
      await usedBefore(spot, 1, 90, 30);
      const sameMonth = today.getUTCDate() > 1;
      deepEqual(await ask(spot), {
        "control:Auth-Type": "Accept",
        "Session-Timeout": 100,
        "CoovaChilli-Max-Total-Octets": sameMonth ? 70 : 100,
      });
    },
  },
  {
    name: "a limit that is no integer counts nothing, 0 and less refuse at once",
    async run(target) {
      const odd = await quota(target, [["Max-Daily-Session", ":=", "lots"], [
        "Max-Daily-Session-Traffic",
        ":=",
        "10",
      ]]);
      deepEqual(await ask(odd), { "control:Auth-Type": "Accept", "CoovaChilli-Max-Total-Octets": 10 });
      for (const limit of ["0", "-5"]) {
        const spot = await quota(target, [["Max-Daily-Session", ":=", limit]]);
        deepEqual(await ask(spot), {
          "control:Auth-Type": "Reject",
          "Reply-Message": "Your maximum daily usage time has been reached",
        });
      }
    },
  },
  {
    name: "numbers above 2^32-1 are clamped, or split where the organization asks for it",
    async run(target) {
      const checks = [["Max-Daily-Session-Traffic", ":=", "13000000000"]];
      deepEqual(await ask(await quota(target, checks)), {
        "control:Auth-Type": "Accept",
        "CoovaChilli-Max-Total-Octets": 4_294_967_295,
      });
      deepEqual(await ask(await quota(target, checks, { settings: { gigawords_replies: true } })), {
        "control:Auth-Type": "Accept",
        "CoovaChilli-Max-Total-Octets": 13_000_000_000 % 2 ** 32,
        "CoovaChilli-Max-Total-Gigawords": 3,
      });
    },
  },
  {
    name: "usage in one organization costs nothing in another",
    async run(target) {
      const one = await quota(target, [["Max-Daily-Session", ":=", "100"]]);
      const two = await quota(target, [["Max-Daily-Session", ":=", "100"]]);
      await target.apply({ users: [{ username: one.name("ada"), organizations: [two.slug] }] });
      await use(one, "a", { session_time: "60", start_time: new Date().toISOString() });
      const answer = await two.authorize({ username: one.name("ada"), password: "secret" });
      equal((answer.json as Reply)["Session-Timeout"], 100);
    },
  },
];
