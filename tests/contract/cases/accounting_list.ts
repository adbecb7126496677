import { deepEqual, equal, match } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { type Hotspot, hotspot, isDetail } from "../hotspot.ts";

const KEYS = [
  ..."unique_id session_id username groupname realm nas_ip_address nas_port_id nas_port_type".split(" "),
  ..."start_time update_time stop_time interval session_time authentication connection_info_start".split(" "),
  ..."connection_info_stop input_octets output_octets called_station_id calling_station_id terminate_cause"
    .split(" "),
  ..."service_type framed_protocol framed_ip_address framed_ipv6_address framed_ipv6_prefix".split(" "),
  ..."framed_interface_id delegated_ipv6_prefix organization start_time_display stop_time_display".split(" "),
];

async function withSessions(spot: Hotspot, count: number): Promise<Hotspot> {
  for (let index = 0; index < count; index++) {
    const answer = await spot.accounting({
      status_type: index % 2 ? "Start" : "Stop",
      session_id: `s${index}`,
      unique_id: `u${index}`,
      username: index % 3 ? "ada" : "bob",
      nas_ip_address: "10.0.0.1",
      called_station_id: "AP",
      calling_station_id: `station ${index}`,
      start_time: `2018-03-${String(index + 1).padStart(2, "0")}T14:44:17.234035+01:00`,
    });
    equal(answer.status, 201, answer.text);
  }
  return spot;
}

const ids = (answer: { json: unknown }) =>
  (answer.json as { unique_id: string }[]).map(({ unique_id }) => unique_id);

export const cases: ContractCase[] = [
  {
    name: "an item has exactly the contract's keys, times with microseconds and in words",
    async run(target) {
      const spot = await withSessions(await hotspot(target), 1);
      const [item] = (await spot.sessions()).json as Record<string, unknown>[];
      deepEqual(Object.keys(item ?? {}), KEYS);
      equal(item?.start_time, "2018-03-01T13:44:17.234035Z");
      equal(item?.start_time_display, "March 1, 2018, 1:44 p.m.");
      equal(item?.organization, spot.id);
      const own = { authorization: `Bearer ${spot.id} ${spot.token}` };
      const [british] = (await spot.sessions("", { ...own, "accept-language": "en-GB,en" })).json as Record<
        string,
        unknown
      >[];
      equal(british?.start_time_display, "1 Mar 2018, 1:44 p.m.");
    },
  },
  {
    name: "an empty list is [], without a Link, and its page 2 does not exist",
    async run(target) {
      const { sessions } = await hotspot(target);
      const answer = await sessions();
      equal(answer.text, "[]");
      equal(answer.headers.get("link"), null);
      equal((await sessions("?page=1")).text, "[]");
      const missing = await sessions("?page=2");
      isDetail(missing, 404);
      equal(missing.text, '{"detail":"Invalid page."}');
    },
  },
  {
    name: "the newest come first, ten to a page, with links to the other pages",
    async run(target) {
      const { sessions, target: { url } } = await withSessions(await hotspot(target), 25);
      const first = await sessions();
      deepEqual(ids(first), Array.from({ length: 10 }, (_, index) => `u${24 - index}`));
      const base = `${url}/api/v1/freeradius/accounting/`;
      equal(first.headers.get("link"), `<${base}?page=2>; rel="next", <${base}?page=3>; rel="last"`);
      const second = await sessions("?username=&page_size=10&page=2");
      equal(
        second.headers.get("link"),
        `<${base}?page_size=10&username=>; rel="first", <${base}?page_size=10&username=>; rel="prev", ` +
          `<${base}?page=3&page_size=10&username=>; rel="next", <${base}?page=3&page_size=10&username=>; rel="last"`,
      );
      const last = await sessions("?page=last");
      deepEqual(ids(last), ["u4", "u3", "u2", "u1", "u0"]);
      equal(last.headers.get("link"), `<${base}>; rel="first", <${base}?page=2>; rel="prev"`);
      for (const page of ["0", "4", "-1", "x", "1.5"]) isDetail(await sessions(`?page=${page}`), 404);
      for (const size of ["0", "-1", "x", ""]) {
        equal(ids(await sessions(`?page_size=${size}`)).length, 10, size);
      }
      equal(ids(await sessions("?page_size=1000")).length, 25);
      equal(ids(await sessions("?page_size=3")).length, 3);
    },
  },
  {
    name: "filters find exactly, unknown values filter nothing, bad dates are 400",
    async run(target) {
      const { sessions } = await withSessions(await hotspot(target), 6);
      deepEqual(ids(await sessions("?username=bob")), ["u3", "u0"]);
      deepEqual(ids(await sessions("?username=BOB")), []);
      deepEqual(ids(await sessions("?calling_station_id=station%202")), ["u2"]);
      equal(ids(await sessions("?called_station_id=AP")).length, 6);
      deepEqual(ids(await sessions("?is_open=true")), ["u5", "u3", "u1"]);
      deepEqual(ids(await sessions("?is_open=False")), ["u4", "u2", "u0"]);
      equal(ids(await sessions("?is_open=yes")).length, 6);
      deepEqual(ids(await sessions("?start_time=2018-03-05")), ["u5", "u4"]);
      deepEqual(ids(await sessions("?start_time=2018-03-06%2013:44:17.234035")), ["u5"]);
      deepEqual(ids(await sessions("?start_time=2018-03-06T14:44:18%2B01:00")), []);
      deepEqual(ids(await sessions("?stop_time=2018-03-02")), []);
      deepEqual(ids(await sessions("?stop_time=2999-01-01%2000:00")), ["u4", "u2", "u0"]);
      for (const field of ["start_time", "stop_time"]) {
        const answer = await sessions(`?${field}=tomorrow`);
        equal(answer.status, 400);
        deepEqual(answer.json, { [field]: ["Enter a valid date/time."] });
      }
    },
  },
  {
    name: "only the organization's own sessions are listed, to nobody without credentials",
    async run(target) {
      const one = await withSessions(await hotspot(target), 2);
      const two = await hotspot(target);
      equal((await two.sessions()).text, "[]");
      isDetail(await one.sessions("", {}), 403);
      isDetail(await one.sessions("?username=nobody-at-all", {}), 403);
      match((await one.sessions()).type ?? "", /^application\/json/);
    },
  },
];
