import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type GuestSpot, guestSpot, isUnauthenticated, mobileNumber, object } from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import { isDetail, isEmpty } from "../hotspot.ts";

const SESSION_KEYS = [
  "unique_id",
  "session_id",
  "username",
  "groupname",
  "realm",
  "nas_ip_address",
  "nas_port_id",
  "nas_port_type",
  "start_time",
  "update_time",
  "stop_time",
  "interval",
  "session_time",
  "authentication",
  "connection_info_start",
  "connection_info_stop",
  "input_octets",
  "output_octets",
  "called_station_id",
  "calling_station_id",
  "terminate_cause",
  "service_type",
  "framed_protocol",
  "framed_ip_address",
  "framed_ipv6_address",
  "framed_ipv6_prefix",
  "framed_interface_id",
  "delegated_ipv6_prefix",
  "organization",
  "start_time_display",
  "stop_time_display",
];

const packet = (status_type: string, username: string, id: string, more: Record<string, unknown> = {}) => ({
  status_type,
  session_id: id,
  unique_id: id,
  nas_ip_address: "10.0.0.1",
  username,
  ...more,
});

type Row = Readonly<Record<string, unknown>>;

async function list({ api }: GuestSpot, key: string, query = ""): Promise<readonly Row[]> {
  const answer = await api.get(`session/${query}`, { key });
  equal(answer.status, 200, answer.text);
  ok(Array.isArray(answer.json), "a bare array");
  return answer.json;
}

export const cases: ContractCase[] = [
  {
    name: "a guest's sessions are a bare array with every key, newest first, and only hers",
    async run(target) {
      const spot = await guestSpot(target);
      const [ada, bob] = [await spot.member("ada"), await spot.member("bob")];
      const at = (hour: number) => ({ start_time: `2026-03-01T0${hour}:00:00Z` });
      isEmpty(
        await spot.accounting(
          packet("Stop", ada.username, "first", { ...at(1), session_time: "60", input_octets: "9" }),
        ),
        201,
      );
      isEmpty(await spot.accounting(packet("Start", ada.username, "second", at(2))), 201);
      isEmpty(await spot.accounting(packet("Start", bob.username, "bobs", at(3))), 201);
      const [second, first, ...others] = await list(spot, ada.key);
      deepEqual(others, []);
      deepEqual([second?.session_id, first?.session_id], ["second", "first"]);
      deepEqual(Object.keys(second ?? {}), SESSION_KEYS);
      equal(second?.stop_time, null);
      deepEqual([first?.input_octets, first?.output_octets], [9, null]);
      ok(!Number.isNaN(Date.parse(String(second?.start_time))));
      equal(first?.session_time, 60);
      equal(typeof first?.stop_time, "string");
      equal(first?.organization, spot.id);
    },
  },
  {
    name: "open and closed ones are told apart, other filters work, and unknown ones are none",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      const station = {
        calling_station_id: "5C:7D:C1:72:A7:3B",
        called_station_id: "00-27-22-F3-FA-F1:lobby",
      };
      isEmpty(
        await spot.accounting(packet("Stop", username, "closed", { ...station, session_time: "60" })),
        201,
      );
      isEmpty(await spot.accounting(packet("Start", username, "open", station)), 201);
      const ids = async (query: string) => (await list(spot, key, query)).map(({ session_id }) => session_id);
      deepEqual(await ids("?is_open=true"), ["open"]);
      deepEqual(await ids("?is_open=1"), ["open"]);
      deepEqual(await ids("?is_open=false"), ["closed"]);
      deepEqual(await ids("?is_open=maybe"), ["open", "closed"]);
      deepEqual(await ids("?username=somebody-else"), ["open", "closed"]);
      for (const mac of ["5C:7D:C1:72:A7:3B", "5c-7d-c1-72-a7-3b", "5c:7d:c1:72:a7:3b"]) {
        deepEqual(await ids(`?is_open=true&calling_station_id=${mac}`), ["open"], mac);
      }
      deepEqual(await ids("?calling_station_id=00:00:00:00:00:01"), []);
      deepEqual(await ids("?called_station_id=00-27-22-F3-FA-F1:lobby"), ["open", "closed"]);
      deepEqual(await ids("?start_time=2100-01-01"), []);
      equal((await spot.api.get("session/?start_time=nonsense", { key })).status, 400);
      // What the NAS sent comes back as it was sent: the pages compare it character by character.
      equal((await list(spot, key))[0]?.calling_station_id, "5C:7D:C1:72:A7:3B");
    },
  },
  {
    name: "long lists come in pages, with a Link to the next only where there is one",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      for (let index = 0; index < 23; index++) {
        const start_time = `2026-03-01T00:00:${String(10 + index)}Z`;
        isEmpty(
          await spot.accounting(packet("Stop", username, `s${index}`, { start_time, session_time: "5" })),
          201,
        );
      }
      const page = async (query: string) => {
        const answer = await spot.api.get(`session/?is_open=false${query}`, { key });
        return {
          rows: (answer.json as Row[]).length,
          link: answer.headers.get("link") ?? "",
          status: answer.status,
        };
      };
      const first = await page("&page=1");
      equal(first.rows, 10);
      match(first.link, /rel="next"/);
      match(
        first.link,
        new RegExp(`<http://[^>]+/api/v1/radius/organization/${spot.slug}/account/session/\\?`),
      );
      ok((await page("&page=2")).link.includes('rel="next"'));
      const last = await page("&page=3");
      equal(last.rows, 3);
      ok(!last.link.includes("next"), last.link);
      equal((await page("&page=last")).rows, 3);
      equal((await page("&page_size=1000")).link, "");
      const beyond = await spot.api.get("session/?is_open=false&page=4", { key });
      deepEqual([beyond.status, beyond.json], [404, { detail: "Invalid page." }]);
      deepEqual(await list(spot, (await spot.member("bob")).key, "?page=1"), []);
    },
  },
  {
    name: "what is accounted under an address or a number is the guest's, and shows at once",
    async run(target) {
      const spot = await guestSpot(target);
      const phone = mobileNumber();
      const { email, key } = await spot.member("ada", { phone });
      isEmpty(await spot.accounting(packet("Start", phone, "by number")), 201);
      deepEqual((await list(spot, key, "?is_open=true")).map(({ session_id }) => session_id), ["by number"]);
      isEmpty(
        await spot.accounting(packet("Stop", email.toUpperCase(), "by address", { session_time: "9" })),
        201,
      );
      equal((await list(spot, key)).length, 2);
    },
  },
  {
    name: "sessions of another organization do not show here, and membership is not needed to see none",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const { username, key } = await one.member("ada");
      isEmpty(await one.accounting(packet("Start", username, "there")), 201);
      deepEqual(await list(two, key), []);
      equal((await list(one, key)).length, 1);
      isUnauthenticated(await two.api.get("session/"));
    },
  },
  {
    name: "usage names the group's quotas, texts for values and numbers for results",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      deepEqual((await spot.api.get("usage/", { key })).json, {
        checks: [
          { attribute: "Max-Daily-Session", op: ":=", value: "10800", result: 0, type: "seconds" },
          { attribute: "Max-Daily-Session-Traffic", op: ":=", value: "3000000000", result: 0, type: "bytes" },
        ],
      });
      const used = { session_time: "261", input_octets: "1000000000", output_octets: "1000000000" };
      isEmpty(await spot.accounting(packet("Start", username, "s")), 201);
      isEmpty(await spot.accounting(packet("Interim-Update", username, "s", used)), 200);
      const answer = await spot.api.get("usage/", { key });
      equal(answer.status, 200);
      const [time, traffic] = object(answer).checks as Row[];
      equal(time?.result, 261);
      equal(traffic?.result, 2_000_000_000);
    },
  },
  {
    name: "what is used up stands at its limit, and every result is a number",
    async run(target) {
      const spot = await guestSpot(target, {}, {
        groups: [{
          name: "guests",
          default: true,
          checks: [
            ["Max-Daily-Session", ":=", "many"],
            ["Simultaneous-Use", ":=", "3"],
            ["Max-Daily-Session-Traffic", ":=", "1000"],
            ["Max-Monthly-Session-Traffic", ":=", "0"],
          ],
        }],
      });
      const { username, key } = await spot.member("ada");
      isEmpty(
        await spot.accounting(packet("Stop", username, "s", { input_octets: "5000", session_time: "1" })),
        201,
      );
      const { checks } = object(await spot.api.get("usage/", { key })) as { checks: Row[] };
      deepEqual(checks.map(({ attribute }) => attribute), [
        "Max-Daily-Session",
        "Max-Daily-Session-Traffic",
        "Max-Monthly-Session-Traffic",
      ]);
      for (const { value, result } of checks) {
        equal(typeof value, "string");
        ok(Number.isSafeInteger(result), String(result));
      }
      equal(checks[1]?.result, 1000);
      equal(checks[1]?.type, "bytes");
      equal(checks[2]?.result, 0);
    },
  },
  {
    name: "usage of somebody without a group is 404, without a key 401",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const { key } = await one.member("ada");
      isDetail(await two.api.get("usage/", { key }), 404);
      isUnauthenticated(await one.api.get("usage/"));
    },
  },
];
