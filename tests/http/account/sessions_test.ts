import { deepEqual, equal, ok } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";

interface Listed {
  readonly session_id: string;
  readonly stop_time: string | null;
  readonly calling_station_id: string;
  readonly input_octets: unknown;
}

/** A member with an API key, who looks at their own sessions. */
async function guestOf(venue: MemoryVenue, user: TestUser) {
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  const ask = async ({ slug }: { readonly slug: string }, query = "") =>
    await venue.fetch(`/api/v1/radius/organization/${slug}/account/session/${query}`, {
      headers: {
        authorization: `Bearer ${key}`,
        // As the login pages' proxy does for a GET.
        "content-type": "application/x-www-form-urlencoded",
      },
    });
  return {
    ask,
    async list(organization: { readonly slug: string }, query = ""): Promise<Listed[]> {
      const response = await ask(organization, query);
      equal(response.status, 200, query);
      return await response.json();
    },
  };
}

const ids = (sessions: readonly Listed[]) => sessions.map(({ session_id }) => session_id);

async function account(
  venue: MemoryVenue,
  organization: TestOrganization,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  venue.clock.pass(1_000);
  const { status, text } = await venue.post("accounting", organization, {
    status_type: "Start",
    session_id: id,
    unique_id: id,
    nas_ip_address: "10.0.0.1",
    called_station_id: "00-11-22-33-44-55:Guests",
    calling_station_id: `AA-BB-CC-DD-EE-${id.padStart(2, "0").slice(-2)}`,
    ...fields,
  });
  equal(status, 201, text);
}

Deno.test("a guest sees all their sessions, under whatever name they were opened, and nobody else's", async () => {
  const venue = await memoryVenue();
  const [spot, other] = [await venue.addOrganization(), await venue.addOrganization()];
  const ada = await venue.addUser({
    username: "ada",
    email: "ada@example.org",
    phoneNumber: "+393665243702",
    organizations: [spot, other],
  });
  await venue.addUser({ username: "bob", organizations: [spot] });
  for (const [index, username] of ["ada", "Ada@Example.org", "+393665243702", "bob", "nobody"].entries()) {
    await account(venue, spot, `0${index}`, { username });
  }
  await account(venue, other, "10", { username: "ada" });
  const guest = await guestOf(venue, ada);
  deepEqual(ids(await guest.list(spot)), ["02", "01", "00"]);
  deepEqual(ids(await guest.list(spot, "?username=bob")), ["02", "01", "00"]);
  deepEqual(ids(await guest.list(other)), ["10"]);
  await venue.close();
});

Deno.test("the sessions of somebody who is no member any more are still theirs", async () => {
  const venue = await memoryVenue();
  const spot = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [spot] });
  await account(venue, spot, "01", { username: user.username });
  await venue.rows("delete from organization_user where user_id = ?", [user.id]);
  venue.db.cache.clear();
  const guest = await guestOf(venue, user);
  deepEqual(ids(await guest.list(spot)), ["01"]);
  deepEqual(await guest.list(await venue.addOrganization()), []);
  await venue.close();
});

Deno.test("station filters take any spelling, and the list keeps the NAS's", async () => {
  const venue = await memoryVenue();
  const spot = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [spot] });
  const { username } = user;
  await account(venue, spot, "01", { username, calling_station_id: "AA-bb-CC-DD-EE-01" });
  await account(venue, spot, "02", { username, calling_station_id: "aabb.ccdd.ee02" });
  await account(venue, spot, "03", { username, calling_station_id: "Room-Seven", called_station_id: "x" });
  const guest = await guestOf(venue, user);
  for (const text of ["aa:bb:cc:dd:ee:01", "AA-BB-CC-DD-EE-01", "AABBCCDDEE01"]) {
    for (const isOpen of ["", "&is_open=true"]) {
      const found = await guest.list(spot, `?calling_station_id=${text}${isOpen}`);
      deepEqual(found.map((one) => one.calling_station_id), ["AA-bb-CC-DD-EE-01"], text);
    }
  }
  deepEqual(ids(await guest.list(spot, "?calling_station_id=aa:bb:cc:dd:ee:02")), ["02"]);
  deepEqual(ids(await guest.list(spot, "?calling_station_id=room:seven")), ["03"]);
  deepEqual(ids(await guest.list(spot, "?called_station_id=00:11:22:33:44:55:guests")), ["02", "01"]);
  deepEqual(ids(await guest.list(spot, "?calling_station_id=aa:bb:cc:dd:ee:99")), []);
  deepEqual(ids(await guest.list(spot, "?calling_station_id=%25")), []);
  await venue.close();
});

Deno.test("open and closed sessions are told apart, and an open one has stop_time null", async () => {
  const venue = await memoryVenue();
  const spot = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [spot] });
  const { username } = user;
  await account(venue, spot, "01", { username, status_type: "Stop", session_time: 5 });
  await account(venue, spot, "02", { username });
  const guest = await guestOf(venue, user);
  const [open, ...noMore] = await guest.list(spot, "?is_open=true");
  equal(noMore.length, 0);
  deepEqual([open?.session_id, open?.stop_time, open?.input_octets], ["02", null, null]);
  const closed = await guest.list(spot, "?is_open=False");
  deepEqual(ids(closed), ["01"]);
  ok(!Number.isNaN(Date.parse(closed[0]?.stop_time ?? "")));
  equal((await guest.list(spot, "?is_open=constructor")).length, 2);
  await venue.close();
});

Deno.test("Link has the word next where there is a next page, and nowhere else", async () => {
  const venue = await memoryVenue();
  const spot = await venue.addOrganization({ slug: "next-hotel" });
  const user = await venue.addUser({ organizations: [spot] });
  for (let index = 0; index < 25; index++) {
    await account(venue, spot, String(index).padStart(2, "0"), {
      username: user.username,
      status_type: "Stop",
    });
  }
  const guest = await guestOf(venue, user);
  const seen: string[] = [];
  for (const page of [1, 2, 3]) {
    const response = await guest.ask(spot, `?is_open=false&page=${page}&from=Nextdoor`);
    const link = response.headers.get("link") ?? "";
    equal((link.match(/next/gi) ?? []).length, page < 3 ? 1 : 0, link);
    equal(link.includes('rel="next"'), page < 3);
    equal(link.includes('rel="prev"'), page > 1);
    seen.push(...ids(await response.json()));
    const [, first] = /<([^>]*)>; rel="first"/.exec(link) ?? [];
    if (first) {
      equal(new URL(first).searchParams.get("from"), "Nextdoor");
      equal((await venue.fetch(new URL(first).pathname)).status, 401);
    }
  }
  deepEqual(seen, Array.from({ length: 25 }, (_, index) => String(24 - index).padStart(2, "0")));
  equal((await guest.ask(spot, "?is_open=true")).headers.get("link"), null);
  const past = await guest.ask(spot, "?page=4");
  equal(past.status, 404);
  deepEqual(await past.json(), { detail: "Invalid page." });
  await venue.close();
});

Deno.test("a host with the word next in its name is left out of Link", async () => {
  const venue = await memoryVenue({ settings: { apiDefaultPageSize: 1 } });
  const spot = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [spot] });
  for (const id of ["01", "02"]) await account(venue, spot, id, { username: user.username });
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  const path = `/api/v1/radius/organization/${spot.slug}/account/session/`;
  const last = await venue.fetch(`http://radius.next.example${path}?page=2`, {
    headers: { authorization: `Bearer ${key}` },
  });
  equal(last.headers.get("link"), `<${path}>; rel="first", <${path}>; rel="prev"`);
  await last.body?.cancel();
  await venue.close();
});

Deno.test("sessions are for whoever has a key: 404, 401, 405 in their order", async () => {
  const venue = await memoryVenue();
  const spot = await venue.addOrganization();
  const path = `/api/v1/radius/organization/${spot.slug}/account/session`;
  equal((await venue.fetch("/api/v1/radius/organization/nowhere/account/session/")).status, 404);
  for (const authorization of [undefined, "Bearer", `Bearer ${"0".repeat(40)}`]) {
    const response = await venue.fetch(path, { headers: authorization ? { authorization } : {} });
    equal(response.status, 401);
    equal(response.headers.get("www-authenticate"), "Bearer");
  }
  const user = await venue.addUser({ organizations: [spot] });
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  const headers = { authorization: `bearer ${key}` };
  equal((await venue.fetch(`${path}/`, { method: "POST", headers })).status, 405);
  equal((await venue.fetch(path, { headers })).status, 200);
  const bad = await venue.fetch(`${path}/?start_time=tomorrow`, { headers });
  equal(bad.status, 400);
  deepEqual(Object.keys(await bad.json()), ["start_time"]);
  await venue.close();
});
