import { deepEqual, equal, match } from "node:assert/strict";
import { memoryVenue, type MemoryVenueOptions } from "../../support/memory_venue.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const PATHS = ["authorize", "postauth", "accounting", "batch"].map((name) => `/api/v1/${name}/`);

Deno.test("without a configured token nothing legacy is open, whatever is sent", async () => {
  const { venue } = await legacyVenue({ settings: { legacyApiToken: "" } });
  for (const path of [...PATHS, "/api/v1/account/token/"]) {
    for (const authorization of ["", "Bearer", "Bearer ", `Bearer ${TOKEN}`]) {
      for (const query of ["", "?token=", `?token=${TOKEN}`]) {
        const { status } = await post(venue, path + query, { username: "ada", password: "x" }, {
          authorization,
        });
        equal(status, 403, `${path}${query} ${authorization}`);
      }
    }
  }
  await venue.close();
});

Deno.test("the token is taken from a Bearer header of two parts or from the query, and from nowhere else", async () => {
  const { venue } = await legacyVenue();
  const body = { username: "nobody", password: "x", reply: "Access-Reject" };
  const statuses = async (path: string, headers: Record<string, string>) => {
    const [authorize, postauth] = PATHS;
    return [
      (await post(venue, `${authorize}${path}`, body, headers)).status,
      (await post(venue, `${postauth}${path}`, body, headers)).status,
    ];
  };
  deepEqual(await statuses("", { authorization: `Bearer ${TOKEN}` }), [200, 201]);
  deepEqual(await statuses("", { authorization: `bearer ${TOKEN}` }), [200, 201]);
  deepEqual(await statuses(`?token=${TOKEN}`, {}), [200, 201]);
  deepEqual(await statuses(`?token=${TOKEN}`, { authorization: "Basic eDp5" }), [200, 201]);
  for (
    const [query, authorization] of [
      ["", ""],
      ["", `Bearer ${TOKEN}x`],
      ["", `Bearer ${TOKEN.slice(1)}`],
      ["", `Bearer 00000000-0000-0000-0000-000000000000 ${TOKEN}`],
      ["", `Token ${TOKEN}`],
      ["", TOKEN],
      ["", `Bearer  ${TOKEN}`],
      [`?uuid=x&token=${TOKEN.toUpperCase()}`, ""],
      [`?token=${TOKEN}`, "Bearer wrong"],
    ] as const
  ) {
    const answer = await statuses(query, authorization ? { authorization } : {});
    deepEqual(answer, [403, 403], `${query} ${authorization}`);
  }
  const inBody = await post(venue, "/api/v1/authorize/", { ...body, token: TOKEN }, {});
  equal(inBody.status, 403);
  match(inBody.text, /^\{"detail":".+"\}$/);
  await venue.close();
});

Deno.test("allowed hosts are those of the organization", async () => {
  const { venue } = await legacyVenue({}, { freeradiusAllowedHosts: "10.0.0.0/8" });
  for (const path of PATHS.map((one) => `${one}?token=${TOKEN}`)) {
    equal((await post(venue, path, {}, {})).status, 403);
    const inside = await post(venue, path, { status_type: "Accounting-Off" }, {}, "10.1.2.3");
    equal(inside.status === 403, false, inside.text);
  }
  await venue.close();
});

Deno.test("a token for an organization that does not exist opens nothing", async () => {
  const { venue } = await legacyVenue({ settings: { legacyApiToken: TOKEN, legacyOrganization: "gone" } });
  equal(
    (await post(venue, `/api/v1/authorize/?token=${TOKEN}`, { username: "a", password: "b" }, {})).status,
    403,
  );
  equal((await post(venue, "/api/v1/account/token/", { username: "a", password: "b" }, {})).status, 403);
  await venue.close();
});

Deno.test("neither a roaming MAC address nor a user's key speaks for anybody", async () => {
  const { venue, organization } = await legacyVenue({}, { macAddrRoamingEnabled: true });
  const ada = await venue.addUser({ username: "ada", organizations: [organization] });
  const mac = "02:00:00:00:00:01";
  await venue.post("accounting", organization, {
    status_type: "Start",
    unique_id: "u",
    session_id: "s",
    nas_ip_address: "10.0.0.1",
    username: "ada",
    calling_station_id: mac,
  });
  const roaming = { username: mac, password: mac };
  equal((await venue.post("authorize", null, roaming)).text.includes("Accept"), true);
  equal((await post(venue, "/api/v1/authorize/", roaming, {})).status, 403);
  equal((await post(venue, `/api/v1/authorize/?token=${TOKEN}`, roaming, {})).text, "");

  const password = await venue.token(ada, organization);
  equal((await post(venue, "/api/v1/authorize/", { username: "ada", password }, {})).status, 403);
  const byToken = await post(venue, `/api/v1/authorize/?token=${TOKEN}`, { username: "ada", password }, {});
  equal(byToken.text.includes("Accept"), true);
  await venue.close();
});

Deno.test("a session's id is an integer that stays, and grows with later sessions", async () => {
  const { venue } = await legacyVenue();
  const path = `/api/v1/accounting/?token=${TOKEN}`;
  const session = { session_id: "s", nas_ip_address: "10.0.0.1", username: "ada", session_time: "1" };
  for (const unique_id of ["b", "a", "c"]) {
    await post(venue, path, { ...session, unique_id, status_type: "Start" }, {});
    venue.clock.pass(1000);
  }
  const list = async () => {
    const sessions: { id: number; unique_id: string }[] = await (await venue.fetch(path)).json();
    return sessions.map(({ id, unique_id }) => [id, unique_id]);
  };
  deepEqual(await list(), [[3, "c"], [2, "a"], [1, "b"]]);
  await post(venue, path, { ...session, unique_id: "a", status_type: "Stop" }, {});
  await venue.rows("delete from radacct where acctuniqueid = 'b'");
  await venue.client.executeMultiple("vacuum");
  deepEqual(await list(), [[3, "c"], [2, "a"]]);
  await venue.close();
});

async function legacyVenue(options: MemoryVenueOptions = {}, settings = {}) {
  const venue = await memoryVenue({ settings: { legacyApiToken: TOKEN }, ...options });
  const organization = await venue.addOrganization({ slug: "default", settings });
  return { venue, organization };
}

async function post(
  venue: Awaited<ReturnType<typeof memoryVenue>>,
  path: string,
  body: unknown,
  headers: Record<string, string>,
  from?: string,
) {
  const response = await venue.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    ...(from !== undefined && { from }),
  });
  return { status: response.status, text: await response.text() };
}
