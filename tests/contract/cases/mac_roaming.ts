import { deepEqual, equal } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { type Hotspot, hotspot, isDetail, isEmpty } from "../hotspot.ts";

const ROAMING = { settings: { mac_addr_roaming_enabled: true } };
let last = 0;

/** A MAC address that no other case uses. */
function newMac(): string {
  const mark = (Date.now() % 0xffffff).toString(16).padStart(6, "0") +
    (last++ % 256).toString(16).padStart(2, "0");
  return `02:${`0${mark}00`.slice(1).match(/../g)?.slice(0, 5).join(":")}`;
}

async function online(spot: Hotspot, mac: string): Promise<string> {
  const username = spot.name("roamer");
  await spot.users({ username });
  const answer = await spot.accounting({
    status_type: "Start",
    session_id: "s",
    unique_id: mac.replaceAll(":", ""),
    username,
    nas_ip_address: "10.0.0.1",
    called_station_id: "AP-1",
    calling_station_id: mac,
  });
  equal(answer.status, 201, answer.text);
  return username;
}

export const cases: ContractCase[] = [
  {
    name: "a MAC address that is online is let in without a password, in any spelling",
    async run(target) {
      const spot = await hotspot(target, ROAMING);
      const mac = newMac();
      await online(spot, mac);
      for (const username of [mac, mac.toUpperCase(), mac.replaceAll(":", "-")]) {
        const answer = await spot.authorize({ username, password: "anything" }, {});
        equal(
          (answer.json as Record<string, unknown>)?.["control:Auth-Type"],
          "Accept",
          `${username} ${answer.text}`,
        );
      }
    },
  },
  {
    name: "a name that only begins with a MAC address is no MAC address",
    async run(target) {
      const spot = await hotspot(target, ROAMING);
      const mac = newMac();
      await online(spot, mac);
      isDetail(await spot.authorize({ username: `${mac}x`, password: "anything" }, {}), 403);
    },
  },
  {
    name: "a MAC address without a session is answered with nothing, on all three endpoints",
    async run(target) {
      const spot = await hotspot(target, ROAMING);
      const username = newMac();
      isEmpty(await spot.authorize({ username, password: "x" }, {}), 200);
      isEmpty(await spot.postAuth({ username, password: "x", reply: "Access-Reject" }, {}), 200);
      isEmpty(await spot.accounting({ username, status_type: "Start" }, {}), 200);
      deepEqual(await spot.sql("select 1 from radpostauth where username = ?", username), []);
    },
  },
  {
    name: "where roaming is off, or there are no settings, a session does not help",
    async run(target) {
      const spot = await hotspot(target);
      const mac = newMac();
      await online(spot, mac);
      isEmpty(await spot.authorize({ username: mac, password: "x" }, {}), 200);
      await spot.sql("delete from organization_radius_settings where organization_id = ?", spot.id);
      isEmpty(await spot.authorize({ username: mac, password: "x" }, {}), 200);
    },
  },
  {
    name: "a roaming session's accounting and post-auth go under the user's name",
    async run(target) {
      const spot = await hotspot(target, ROAMING);
      const mac = newMac();
      const username = await online(spot, mac);
      isEmpty(await spot.postAuth({ username: mac, password: "x", reply: "Access-Accept" }, {}), 201);
      const answer = await spot.accounting({
        status_type: "Start",
        session_id: "s2",
        unique_id: `2${mac.replaceAll(":", "")}`,
        username: mac,
        nas_ip_address: "10.0.0.2",
        called_station_id: "AP-2",
        calling_station_id: mac,
      }, {});
      isEmpty(answer, 201);
      deepEqual(await spot.sql("select username from radpostauth where organization_id = ?", spot.id), [[
        username,
      ]]);
      const rows = await spot.sql("select username from radacct where organization_id = ?", spot.id);
      deepEqual(rows, [[username], [username]]);
    },
  },
  {
    name: "the session's organization decides who may ask, not the one the user logged in to since",
    async run(target) {
      const far = await hotspot(target, { settings: { mac_addr_roaming_enabled: true } });
      const mac = newMac();
      const username = await online(far, mac);
      const near = await hotspot(target);
      await near.users({ username });
      await near.radiusKey(username);
      const before = await far.authorize({ username: mac, password: "x" }, {});
      equal((before.json as Record<string, unknown>)?.["control:Auth-Type"], "Accept");
      await target.apply({
        organizations: [{ slug: far.slug, settings: { freeradius_allowed_hosts: "192.0.2.1" } }],
      });
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      isDetail(await far.authorize({ username: mac, password: "x" }, {}), 403);
    },
  },
];
