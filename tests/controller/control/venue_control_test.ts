import { deepEqual, equal, rejects } from "node:assert/strict";
import { venueControl } from "../../../src/controller/control/venue_control.ts";
import type { StationView } from "../../../src/controller/control/station_view.ts";
import { testZone } from "../../support/memory_controller.ts";
import { operatedController, testSession, testStation } from "../../support/operated_controller.ts";

const guests = testZone();
const staff = testZone({}, "staff");
const stranger = testStation(guests, 1, { originalUrl: "http://example.org/" });
const ada = testStation(guests, 2, { state: "open", session: testSession("ada"), ip6: ["fd00::2"] });
const bob = testStation(staff, 3, {
  state: "open",
  session: testSession("ada", { sessionId: "179531855700000009" }),
});
const printer = testStation(staff, 4, { state: "bypass" });

function opened() {
  const { controller, done } = operatedController([guests, staff], [printer, bob, ada, stranger]);
  return { done, control: venueControl({ controller, now: () => new Date("2026-11-22T12:01:30.900Z") }) };
}

const macs = (views: readonly StationView[]) => views.map(({ mac }) => mac);

Deno.test("every station is listed, strangers too, zone by zone", async () => {
  const views = await opened().control.stations({});
  deepEqual(macs(views), [stranger.mac, ada.mac, bob.mac, printer.mac]);
  deepEqual(views[0], {
    zone: "guests",
    mac: "02:00:00:00:00:01",
    ip: "10.1.0.1",
    ip6: [],
    state: "stranger",
    session_id: null,
    username: null,
    started_at: null,
    session_time: 0,
    input_octets: 0,
    output_octets: 0,
  });
  deepEqual(views[1], {
    zone: "guests",
    mac: "02:00:00:00:00:02",
    ip: "10.1.0.2",
    ip6: ["fd00::2"],
    state: "open",
    session_id: "179531855700000001",
    username: "ada",
    started_at: "2026-11-22T12:00:00.000Z",
    session_time: 90,
    input_octets: 100,
    output_octets: 2_000,
  }, "input is what the station sent (RFC 2866 section 5.3)");
});

Deno.test("a station is shown by any of its names, with what its session may", async () => {
  const { control } = opened();
  for (const who of ["0200.0000.0002", "10.1.0.2", "FD00:0::2", "179531855700000001"]) {
    const { mac, limits, organization, unique_id } = await control.station({ who });
    equal(mac, ada.mac, who);
    deepEqual([organization, unique_id], ["default", "0123456789abcdef0123456789abcdef"]);
    deepEqual([limits?.session_timeout, limits?.bandwidth_down, limits?.max_total_octets], [
      3600,
      2_000_000,
      5_000_000_000,
    ]);
  }
  equal((await control.station({ who: "ada", zone: "default/staff" })).mac, bob.mac);
  equal((await control.station({ who: stranger.mac })).original_url, "http://example.org/");
  await rejects(
    control.station({ who: "ada" }),
    /"ada" fits several stations: say which of 02:00:00:00:00:02 in guests, 02:00:00:00:00:03 in staff/,
  );
  await rejects(control.station({ who: "eve" }), /No station "eve" is known/);
  await rejects(control.station({ who: "ada", zone: "lobby" }), /There is no zone "lobby"/);
});

Deno.test("disconnect ends every session that fits, and tells what they came to", async () => {
  const { control, done } = opened();
  const ended = await control.disconnect({ who: "ada" });
  deepEqual(done, [`log off ${ada.mac} Admin-Reset`, `log off ${bob.mac} Admin-Reset`]);
  deepEqual(ended.map(({ state, username, output_octets }) => [state, username, output_octets]), [
    ["stranger", "ada", 2_000],
    ["stranger", "ada", 2_000],
  ]);
  await rejects(control.disconnect({ who: ada.mac }), /Cannot disconnect "02:.*": it has no session/);
  await rejects(control.disconnect({ who: "ada" }), /No station "ada" is known/);
});

Deno.test("disconnect in one zone leaves the others' sessions", async () => {
  const { control, done } = opened();
  deepEqual(macs(await control.disconnect({ who: "ada", zone: "guests" })), [ada.mac]);
  deepEqual(done, [`log off ${ada.mac} Admin-Reset`]);
});

Deno.test("authorize lets a station in that is known and has no session", async () => {
  const { control, done } = opened();
  const view = await control.authorize({ mac: "02-00-00-00-00-01", username: "carl", session_timeout: 60 });
  deepEqual([view.state, view.username], ["open", "carl"]);
  deepEqual(done, [`admit ${stranger.mac} carl 60`]);
  await rejects(
    control.authorize({ mac: "02:00:00:00:00:99" }),
    /No station "02:00:00:00:00:99" is known: it has to connect to the network first/,
  );
  await rejects(control.authorize({ mac: ada.mac }), /it has a session already, of "ada"/);
  await rejects(control.authorize({ mac: printer.mac }), /it passes already, by the zone's bypass/);
  await rejects(control.authorize({ mac: "ada" }), /expected a MAC address/);
  await rejects(control.authorize({ mac: ada.mac, zone: "staff" }), /is known in the zone "staff"/);
});

Deno.test("an authorization that opens no session is a refusal", async () => {
  const { controller } = operatedController([guests], [stranger]);
  controller.admit = (station) => Promise.resolve(station);
  const control = venueControl({ controller, now: () => new Date() });
  await rejects(control.authorize({ mac: stranger.mac }), /no session could be opened/);
});

Deno.test("reload tells which zones are served then", async () => {
  const { control, done } = opened();
  deepEqual(await control.reload({}), { zones: ["default/guests", "default/staff"], waits: [] });
  deepEqual(done, ["reload"]);
});
