import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { type Hotspot, hotspot, isEmpty } from "../hotspot.ts";

const NAS = { nas_ip_address: "172.16.64.91" };
const packet = (status_type: string, unique_id: string, more: Record<string, unknown> = {}) => ({
  status_type,
  session_id: `s-${unique_id}`,
  unique_id,
  username: "ada",
  ...NAS,
  ...more,
});

type Row = Record<string, unknown>;

async function rowOf({ sessions }: Hotspot, uniqueId: string): Promise<Row> {
  const rows = (await sessions("?page_size=100")).json as Row[];
  const row = rows.find(({ unique_id }) => unique_id === uniqueId);
  ok(row, `no session ${uniqueId}`);
  return row;
}

export const cases: ContractCase[] = [
  {
    name: "Start, Interim-Update and Stop make one session: 201, 200, 200, all empty",
    async run(target) {
      const spot = await hotspot(target);
      const counts = (session_time: string, input_octets: string) => ({
        session_time,
        input_octets,
        output_octets: "7",
      });
      isEmpty(
        await spot.accounting(
          packet("Start", "a", { session_time: "", input_octets: "", output_octets: "" }),
        ),
        201,
      );
      const started = await rowOf(spot, "a");
      equal(started.session_time, 0);
      equal(started.update_time, null);
      equal(started.stop_time, null);
      isEmpty(await spot.accounting(packet("Interim-Update", "a", counts("60", "1000"))), 200);
      const updated = await rowOf(spot, "a");
      ok(updated.update_time);
      equal(updated.terminate_cause, "");
      isEmpty(
        await spot.accounting(
          packet("Stop", "a", { ...counts("90", "2000"), terminate_cause: "User-Request" }),
        ),
        200,
      );
      const stopped = await rowOf(spot, "a");
      equal(stopped.stop_time, stopped.update_time);
      deepEqual(
        [stopped.session_time, stopped.input_octets, stopped.output_octets, stopped.terminate_cause],
        [90, 2000, 7, "User-Request"],
      );
      equal(stopped.start_time, started.start_time);
    },
  },
  {
    name: "an Interim-Update or Stop without a Start creates the session, begun its session time ago",
    async run(target) {
      const spot = await hotspot(target);
      for (const status of ["Interim-Update", "Stop"]) {
        isEmpty(await spot.accounting(packet(status, status, { session_time: "3600" })), 201);
        const row = await rowOf(spot, status);
        const began = Date.now() - Date.parse(String(row.start_time));
        ok(Math.abs(began - 3_600_000) < 60_000, String(began));
        equal(row.stop_time === null, status === "Interim-Update");
      }
    },
  },
  {
    name: "a late Interim-Update raises the totals of a closed session and opens nothing",
    async run(target) {
      const spot = await hotspot(target);
      isEmpty(
        await spot.accounting(
          packet("Stop", "a", { session_time: "10", input_octets: "5", terminate_cause: "Idle-Timeout" }),
        ),
        201,
      );
      const before = await rowOf(spot, "a");
      isEmpty(
        await spot.accounting(packet("Interim-Update", "a", { session_time: "9", input_octets: "50" })),
        200,
      );
      isEmpty(await spot.accounting(packet("Start", "a", { session_time: "", input_octets: "" })), 200);
      const after = await rowOf(spot, "a");
      deepEqual(after, { ...before, input_octets: 50 });
    },
  },
  {
    name: "a repeated Start of a running session lowers nothing",
    async run(target) {
      const spot = await hotspot(target);
      await spot.accounting(packet("Start", "a"));
      await spot.accounting(packet("Interim-Update", "a", { session_time: "60", input_octets: "1000" }));
      isEmpty(
        await spot.accounting(
          packet("Start", "a", { session_time: "", input_octets: "", output_octets: "" }),
        ),
        200,
      );
      const row = await rowOf(spot, "a");
      deepEqual([row.session_time, row.input_octets], [60, 1000]);
    },
  },
  {
    name: "of identical packets at the same moment one gets 201, the others 200",
    async run(target) {
      const spot = await hotspot(target);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => spot.accounting(packet("Start", "a"))),
      );
      equal(answers.filter(({ status }) => status === 201).length, 1);
      equal(answers.filter(({ status }) => status === 200).length, 11);
    },
  },
  {
    name: "two organizations may have the same session id, each its own row",
    async run(target) {
      const [one, two] = [await hotspot(target), await hotspot(target)];
      isEmpty(await one.accounting(packet("Start", "same", { session_time: "5" })), 201);
      isEmpty(await two.accounting(packet("Start", "same", { session_time: "7" })), 201);
      equal((await rowOf(one, "same")).session_time, 5);
      equal((await rowOf(two, "same")).session_time, 7);
    },
  },
  {
    name: "gigawords are added in under both names, unless FreeRADIUS did so already",
    async run(target) {
      const spot = await hotspot(target);
      await spot.accounting(
        packet("Stop", "a", {
          input_octets: "5",
          input_gigawords: "2",
          output_octets: 6,
          acct_output_gigawords: 1,
        }),
      );
      const split = await rowOf(spot, "a");
      deepEqual([split.input_octets, split.output_octets], [2 * 2 ** 32 + 5, 2 ** 32 + 6]);
      await spot.accounting(
        packet("Stop", "b", { input_octets: "4294967296", input_gigawords: "1", output_gigawords: "3" }),
      );
      const composed = await rowOf(spot, "b");
      deepEqual([composed.input_octets, composed.output_octets], [2 ** 32, null]);
      for (
        const [key, value] of [["input_gigawords", "-1"], ["acct_input_gigawords", "x"], [
          "input_gigawords",
          "4294967296",
        ]]
      ) {
        const answer = await spot.accounting(packet("Stop", "c", { input_octets: "1", [key ?? ""]: value }));
        equal(answer.status, 400);
        deepEqual(Object.keys(answer.json as object), [key]);
      }
    },
  },
  {
    name: "totals up to 2^63-1 are kept to the last digit",
    async run(target) {
      const spot = await hotspot(target);
      await spot.accounting(
        packet("Stop", "a", { input_octets: "9223372036854775807", output_octets: "9007199254740993" }),
      );
      const { text } = await spot.sessions();
      match(text, /"input_octets":9223372036854775807,"output_octets":9007199254740993,/);
    },
  },
  {
    name: "bad fields are 400 under their names, and nothing is stored",
    async run(target) {
      const spot = await hotspot(target);
      deepEqual((await spot.accounting({})).json, {
        status_type: ["This field is required."],
        unique_id: ["This field is required."],
        session_id: ["This field is required."],
        nas_ip_address: ["This field is required."],
      });
      const bad: [string, unknown, string][] = [
        ["status_type", "start", '"start" is not a valid choice.'],
        ["unique_id", "", "This field may not be blank."],
        ["unique_id", "  ", "This field may not be blank."],
        ["unique_id", null, "This field may not be null."],
        ["unique_id", "x".repeat(33), "Ensure this field has no more than 32 characters."],
        ["nas_ip_address", "10.0.0", "Enter a valid IPv4 or IPv6 address."],
        ["nas_ip_address", "", "This field may not be blank."],
        ["session_time", "x", "A valid integer is required."],
        ["session_time", null, "This field may not be null."],
        ["session_time", "-1", "Ensure this value is greater than or equal to 0."],
        ["input_octets", -1, "Ensure this value is greater than or equal to 0."],
        [
          "output_octets",
          "9223372036854775808",
          "Ensure this value is less than or equal to 9223372036854775807.",
        ],
        ["framed_ip_address", "1.2.3", "Enter a valid IPv4 or IPv6 address."],
        ["framed_ip_address", null, "This field may not be null."],
        ["framed_ipv6_address", "10.0.0.1", "Enter a valid IPv6 address."],
        ["framed_ipv6_prefix", "2001:db8::1/32", "Enter a valid IPv6 network."],
        ["delegated_ipv6_prefix", "nonsense", "Enter a valid IPv6 network."],
        ["start_time", "yesterday", "Datetime has wrong format."],
        ["update_time", null, "This field may not be null."],
        ["calling_station_id", "x".repeat(254), "Ensure this field has no more than 253 characters."],
        ["terminate_cause", "x".repeat(33), "Ensure this field has no more than 32 characters."],
        ["interval", "x", "A valid integer is required."],
      ];
      for (const [field, value, message] of bad) {
        const answer = await spot.accounting(packet("Start", "a", { [field]: value }));
        equal(answer.status, 400, `${field}=${value}`);
        deepEqual(answer.json, { [field]: [message] });
      }
      equal((await spot.sessions()).text, "[]");
    },
  },
  {
    name: "numbers beyond any size are 400, sent as JSON numbers and as texts",
    async run(target) {
      const spot = await hotspot(target);
      for (const number of [`1${"0".repeat(400)}`, "1e308", `"1${"0".repeat(400)}"`, "9223372036854775808"]) {
        const body = JSON.stringify(packet("Start", "a", { session_time: "@" })).replace('"@"', number);
        const answer = await spot.accounting(body);
        equal(answer.status, 400, number);
        deepEqual(Object.keys(answer.json as object), ["session_time"]);
      }
    },
  },
  {
    name: "addresses are stored in one spelling",
    async run(target) {
      const spot = await hotspot(target);
      await spot.accounting(packet("Start", "a", {
        nas_ip_address: "::ffff:10.0.0.1",
        framed_ip_address: "192.168.182.3",
        framed_ipv6_address: "FE80:0:0::1%eth0",
        framed_ipv6_prefix: "2001:db8::/64",
        delegated_ipv6_prefix: "",
      }));
      const row = await rowOf(spot, "a");
      deepEqual(
        [
          row.nas_ip_address,
          row.framed_ip_address,
          row.framed_ipv6_address,
          row.framed_ipv6_prefix,
          row.delegated_ipv6_prefix,
        ],
        ["10.0.0.1", "192.168.182.3", "fe80::1", "2001:db8::/64", null],
      );
      await spot.accounting(
        packet("Start", "b", { framed_ip_address: "", framed_ipv6_address: "::ffff:c0a8:b603" }),
      );
      const mapped = await rowOf(spot, "b");
      deepEqual([mapped.framed_ip_address, mapped.framed_ipv6_address], [null, "::ffff:192.168.182.3"]);
    },
  },
  {
    name: "a session belongs to the user whom its name means: e-mail and telephone number count too",
    async run(target) {
      const spot = await hotspot(target);
      const phone = `+39347${String(Date.now()).slice(-7)}`;
      const email = `${spot.name("ada")}@example.org`;
      await spot.users({ username: spot.name("ada"), email, phone });
      for (const [index, username] of [spot.name("ada"), email.toUpperCase(), phone].entries()) {
        await spot.accounting(packet("Stop", `u${index}`, { username, session_time: "2" }));
        equal((await rowOf(spot, `u${index}`)).username, username);
      }
      const answer = await spot.authorize({ username: spot.name("ada"), password: "secret" });
      equal((answer.json as Row)["Session-Timeout"], 10800 - 6);
    },
  },
  {
    name: "a new session is noted with its user's group, a MAC address's own with what was sent",
    async run(target) {
      const spot = await hotspot(target);
      await spot.users({ username: spot.name("ada") }, { username: "02:00:00:00:00:01" });
      await spot.accounting(packet("Start", "a", { username: spot.name("ada"), groupname: "sent" }));
      equal((await rowOf(spot, "a")).groupname, `${spot.slug}-users`);
      const mac = {
        username: "02:00:00:00:00:01",
        calling_station_id: "02:00:00:00:00:01",
        groupname: "sent",
      };
      await spot.accounting(packet("Start", "b", mac));
      equal((await rowOf(spot, "b")).groupname, "sent");
      await spot.accounting(packet("Start", "c", { username: "stranger", groupname: "sent" }));
      equal((await rowOf(spot, "c")).groupname, "sent");
    },
  },
  {
    name: "a new session of the same user and station closes the older one, nobody else's",
    async run(target) {
      const spot = await hotspot(target);
      const other = await hotspot(target);
      const mine = {
        username: spot.name("ada"),
        called_station_id: "AP",
        calling_station_id: "5C:7D:C1:72:A7:3B",
      };
      await target.apply({
        users: [
          { username: spot.name("ada"), organizations: [spot.slug, other.slug] },
          { username: spot.name("bob"), organizations: [spot.slug] },
        ],
      });
      const begun = { start_time: new Date(Date.now() - 60_000).toISOString() };
      await spot.accounting(packet("Start", "old", { ...mine, ...begun }));
      await other.accounting(packet("Start", "old", { ...mine, ...begun }));
      await spot.accounting(packet("Start", "bob", { ...mine, ...begun, username: spot.name("bob") }));
      await spot.accounting(packet("Start", "nostation", { ...mine, ...begun, calling_station_id: "" }));
      await spot.accounting(packet("Start", "tablet", { ...mine, ...begun, calling_station_id: "tablet" }));
      await spot.accounting(packet("Start", "new", { ...mine, calling_station_id: "5c-7d-c1-72-a7-3b" }));
      await spot.accounting(packet("Start", "newer", { ...mine, calling_station_id: "" }));
      const open = ((await spot.sessions("?is_open=true")).json as Row[]).map(({ unique_id }) => unique_id)
        .sort();
      deepEqual(open, ["bob", "new", "newer", "nostation", "tablet"]);
      equal((await rowOf(spot, "old")).terminate_cause, "Session-Timeout");
      equal((await rowOf(other, "old")).stop_time, null);
    },
  },
  {
    name: "the first Stop after we closed a session still gives its cause, not its end",
    async run(target) {
      const spot = await hotspot(target);
      const mine = { called_station_id: "AP", calling_station_id: "phone" };
      await spot.accounting(
        packet("Start", "old", { ...mine, start_time: new Date(Date.now() - 60_000).toISOString() }),
      );
      await spot.accounting(packet("Start", "new", mine));
      const closed = await rowOf(spot, "old");
      await spot.accounting(
        packet("Stop", "old", { ...mine, session_time: "77", terminate_cause: "Lost-Carrier" }),
      );
      await spot.accounting(packet("Stop", "old", { ...mine, terminate_cause: "Admin-Reset" }));
      const stopped = await rowOf(spot, "old");
      deepEqual(
        [stopped.stop_time, stopped.terminate_cause, stopped.session_time],
        [closed.stop_time, "Lost-Carrier", 77],
      );
    },
  },
  {
    name: "Accounting-On closes the sessions of that NAS in that organization, and is 200 whatever it holds",
    async run(target) {
      const [spot, other] = [await hotspot(target), await hotspot(target)];
      const at = (nas_ip_address: string, called_station_id: string) => ({
        nas_ip_address,
        called_station_id,
      });
      for (const { accounting } of [spot, other]) {
        await accounting(packet("Start", "here", at("10.0.0.1", "AP")));
        await accounting(packet("Start", "next", at("10.0.0.2", "AP")));
        await accounting(packet("Start", "beside", at("10.0.0.1", "AP2")));
      }
      isEmpty(await spot.accounting({ status_type: "Accounting-On", ...at("10.0.0.1", "AP") }), 200);
      const open = async ({ sessions }: Hotspot) =>
        ((await sessions("?is_open=1")).json as Row[]).map(({ unique_id }) => unique_id).sort();
      deepEqual(await open(spot), ["beside", "next"]);
      deepEqual(await open(other), ["beside", "here", "next"]);
      const closed = await rowOf(spot, "here");
      deepEqual([closed.terminate_cause, closed.update_time, closed.session_time], [
        "NAS-Reboot",
        null,
        null,
      ]);
      ok(closed.stop_time);

      isEmpty(await spot.accounting({ status_type: "Accounting-On" }), 200);
      isEmpty(
        await spot.accounting({ status_type: "Accounting-On", ...at("nonsense", "AP"), session_time: "x" }),
        200,
      );
      isEmpty(await spot.accounting({ status_type: "Accounting-Off", ...at("10.0.0.2", "AP") }), 200);
      isEmpty(await spot.accounting({ status_type: "Accounting-On", ...at("10.0.0.2", "AP") }, {}), 200);
      deepEqual(await open(spot), ["beside", "next"]);

      isEmpty(await spot.accounting({ status_type: "Accounting-On", ...at("10.0.0.1", "") }), 200);
      deepEqual(await open(spot), ["next"]);
      isEmpty(
        await spot.accounting(
          packet("Interim-Update", "here", { ...at("10.0.0.1", "AP"), session_time: "9" }),
        ),
        200,
      );
      const late = await rowOf(spot, "here");
      deepEqual([late.stop_time, late.terminate_cause, late.session_time], [
        closed.stop_time,
        "NAS-Reboot",
        9,
      ]);
    },
  },
  {
    name: "Accounting-On said twice spares what began since it was first said",
    async run(target) {
      const spot = await hotspot(target);
      const on = { status_type: "Accounting-On", nas_ip_address: "10.0.0.1", called_station_id: "AP" };
      const here = { nas_ip_address: "10.0.0.1", called_station_id: "AP" };
      await spot.accounting(on);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await spot.accounting(packet("Start", "fresh", here));
      await spot.accounting(on);
      equal((await rowOf(spot, "fresh")).stop_time, null);
    },
  },
  {
    name: "a Stop ends the user's disposable tokens, a late one not those of a fresh log-in",
    async run(target) {
      const spot = await hotspot(target);
      const username = spot.name("ada");
      await spot.users({ username });
      const stations = { called_station_id: "AP", calling_station_id: "phone" };
      const old = await spot.radiusKey(username);
      equal((await spot.authorize({ username, password: old, ...stations })).status, 200);
      await spot.accounting(packet("Start", "a", { username, ...stations }));
      await spot.accounting(packet("Stop", "a", { username, ...stations, session_time: "1" }));
      isEmpty(await spot.authorize({ username, password: old, ...stations }), 200);
      const fresh = await spot.radiusKey(username);
      await spot.accounting(packet("Stop", "a", { username, ...stations, session_time: "1" }));
      const answer = await spot.authorize({ username, password: fresh, ...stations });
      equal((answer.json as Row)?.["control:Auth-Type"], "Accept");
    },
  },
  {
    name: "long ids and names are stored whole, and only their own column's length counts",
    async run(target) {
      const spot = await hotspot(target);
      const long = {
        session_id: "s".repeat(255),
        username: "u".repeat(255),
        realm: "r".repeat(255),
        nas_port_id: "p".repeat(255),
        called_station_id: "c".repeat(253),
        calling_station_id: "d".repeat(253),
        connection_info_start: "i".repeat(255),
      };
      isEmpty(await spot.accounting(packet("Start", "a", long)), 201);
      const row = await rowOf(spot, "a");
      for (const [field, value] of Object.entries(long)) equal(row[field], value, field);
    },
  },
  {
    name: "forms are accounted like JSON",
    async run(target) {
      const spot = await hotspot(target);
      const body = new URLSearchParams({ ...packet("Start", "a"), session_time: "", framed_ip_address: "" });
      isEmpty(await spot.accounting(body), 201);
      equal((await rowOf(spot, "a")).session_time, 0);
    },
  },
];
