import { equal, match } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isDetail, isEmpty, send } from "../hotspot.ts";

const PATHS = ["authorize", "postauth", "accounting"].map((name) => `/api/v1/freeradius/${name}/`);
const NOBODY = { username: "nobody", password: "x", reply: "Access-Reject" };

export const cases: ContractCase[] = [
  {
    name: "a header of fewer than three parts is 400",
    async run(target) {
      for (const path of PATHS) {
        for (const authorization of ["Bearer abc", "Basic xxx", "Bearer"]) {
          isDetail(await send(target, path, "POST", { authorization }, NOBODY), 400);
        }
      }
    },
  },
  {
    name: "only a uuid, only a token, or a wrong pair is 403, also when the uuid is none",
    async run(target) {
      const { id, token } = await hotspot(target);
      const other = await hotspot(target);
      for (const path of PATHS) {
        for (
          const query of [
            `?uuid=${id}`,
            `?token=${token}`,
            `?uuid=${id}&token=wrong`,
            `?uuid=no-uuid&token=${token}`,
          ]
        ) {
          isDetail(await send(target, path + query, "POST", {}, NOBODY), 403);
        }
        for (const pair of [`${id} wrong`, `a b`, `${other.id} ${token}`, `${id}  ${token}`]) {
          isDetail(await send(target, path, "POST", { authorization: `Bearer ${pair}` }, NOBODY), 403);
        }
      }
    },
  },
  {
    name: "credentials count in the query, in the header whatever its scheme, and the header wins",
    async run(target) {
      const { id, token } = await hotspot(target);
      const [authorize = ""] = PATHS;
      const query = `?uuid=${id}&token=${token}`;
      isEmpty(await send(target, authorize + query, "POST", {}, NOBODY), 200);
      isEmpty(
        await send(target, authorize, "POST", { authorization: `Token ${id} ${token} more` }, NOBODY),
        200,
      );
      isEmpty(
        await send(
          target,
          authorize,
          "POST",
          { authorization: `Bearer ${id.toUpperCase()} ${token}` },
          NOBODY,
        ),
        200,
      );
      isDetail(await send(target, authorize + query, "POST", { authorization: "Bearer a b" }, NOBODY), 403);
    },
  },
  {
    name: "an organization without a settings row has no credentials",
    async run(target) {
      const { id, token, sql } = await hotspot(target);
      await sql("delete from organization_radius_settings where organization_id = ?", id);
      isDetail(await send(target, `${PATHS[0]}?uuid=${id}&token=${token}`, "POST", {}, NOBODY), 403);
    },
  },
  {
    name: "without credentials a user name is mandatory, and nobody is found without one",
    async run(target) {
      const { users, name, radiusKey } = await hotspot(target);
      // An account without e-mail address must not match a missing name (defect 8).
      await users({ username: name("mailless") });
      await radiusKey(name("mailless"));
      for (const path of PATHS) {
        for (const body of [{}, { username: "" }, { username: null }]) {
          const answer = await send(target, path, "POST", {}, { ...body, password: "x" });
          isDetail(answer, 403);
          match(answer.text, /mandatory/);
        }
      }
    },
  },
  {
    name: "without credentials an unknown user and one without a RADIUS token are 403",
    async run(target) {
      const { users, name } = await hotspot(target);
      await users({ username: name("tokenless") });
      for (const username of [name("tokenless"), name("unknown")]) {
        isDetail(await send(target, PATHS[0] ?? "", "POST", {}, { username, password: "secret" }), 403);
      }
    },
  },
  {
    name: "a user's RADIUS token stands for the organization, also after it was used",
    async run(target) {
      const { users, name, radiusKey, sessions, authorize, postAuth } = await hotspot(target);
      const username = name("holder");
      await users({ username });
      const password = await radiusKey(username);
      equal((await authorize({ username, password }, {})).status, 200);
      isEmpty(await postAuth({ username, password, reply: "Access-Accept" }, {}), 201);
      equal((await sessions(`?username=${username}`, {})).text, "[]");
    },
  },
  {
    name: "hosts that are not allowed are 403, and the text names the address",
    async run(target) {
      const far = await hotspot(target, {
        settings: { freeradius_allowed_hosts: "10.99.0.0/16,2001:db8::/32" },
      });
      const answer = await far.authorize(NOBODY);
      isDetail(answer, 403);
      match(answer.text, /127\.0\.0\.1|::1/);
      for (const forged of ["10.99.0.1", "127.0.0.1"]) {
        const headers = {
          authorization: `Bearer ${far.id} ${far.token}`,
          "x-forwarded-for": forged,
          "x-real-ip": forged,
        };
        isDetail(await far.authorize(NOBODY, headers), 403);
      }
      const near = await hotspot(target, {
        settings: { freeradius_allowed_hosts: "192.0.2.1,127.0.0.0/8,::1" },
      });
      isEmpty(await near.authorize(NOBODY), 200);
    },
  },
  {
    name: "the key `organization` is 403 before credentials are looked at, as JSON and as a form",
    async run(target) {
      for (const path of PATHS) {
        for (const organization of [null, "", "x", 1]) {
          isDetail(await send(target, path, "POST", {}, { ...NOBODY, organization }), 403);
        }
        isDetail(await send(target, path, "POST", {}, new URLSearchParams({ organization: "" })), 403);
      }
    },
  },
  {
    name: "a body that is no JSON object is 400, with and without credentials",
    async run(target) {
      const { id, token } = await hotspot(target);
      for (const path of PATHS) {
        for (const headers of [{}, { authorization: `Bearer ${id} ${token}` }]) {
          for (const body of ["[]", "[1]", "null", '"text"', "1", "true"]) {
            const answer = await send(target, path, "POST", headers, body);
            equal(answer.status, 400, body);
            match(answer.text, /^\{"non_field_errors":\["/);
          }
          isDetail(await send(target, path, "POST", headers, "{"), 400);
          isDetail(
            await send(target, path, "POST", headers, `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`),
            400,
          );
        }
      }
    },
  },
  {
    name: "a lone surrogate is 400 wherever it stands, with and without credentials",
    async run(target) {
      const { id, token } = await hotspot(target);
      for (const path of PATHS) {
        for (const headers of [{}, { authorization: `Bearer ${id} ${token}` }]) {
          for (const field of ["username", "unique_id", "nas_ip_address", "called_station_id"]) {
            const body = `{"status_type":"Accounting-On","password":"x","${field}":"a\\ud800"}`;
            const answer = await send(target, path, "POST", headers, body);
            equal(answer.status, 400, `${path} ${field} ${answer.text}`);
          }
        }
      }
    },
  },
  {
    name: "a body of an unknown type is 415, one over 1 MiB 413",
    async run(target) {
      for (const path of PATHS) {
        isDetail(await send(target, path, "POST", { "content-type": "text/plain" }, "username=a"), 415);
        isDetail(await send(target, path, "POST", {}, { username: "x".repeat(1_100_000) }), 413);
      }
    },
  },
  {
    name: "a GET where only POST is known is 403 without and 405 with credentials",
    async run(target) {
      const { id, token } = await hotspot(target);
      for (const path of PATHS.slice(0, 2)) {
        isDetail(await send(target, path, "GET", {}), 403);
        const answer = await send(target, path, "GET", { authorization: `Bearer ${id} ${token}` });
        isDetail(answer, 405);
        match(answer.text, /Method \\"GET\\" not allowed\./);
      }
    },
  },
  {
    name: "no answer to a NAS challenges it",
    async run(target) {
      const answer = await send(target, PATHS[0] ?? "", "POST", { authorization: "Bearer a b" }, NOBODY);
      equal(answer.headers.get("www-authenticate"), null);
    },
  },
  {
    name: "paths without their last slash are answered, not redirected",
    async run(target) {
      const { id, token } = await hotspot(target);
      const authorization = `Bearer ${id} ${token}`;
      isEmpty(await send(target, "/api/v1/freeradius/authorize", "POST", { authorization }, NOBODY), 200);
    },
  },
  {
    name: "an unknown path is 404 in JSON",
    async run(target) {
      isDetail(await send(target, "/api/v1/freeradius/nothing/", "POST", {}, NOBODY), 404);
    },
  },
];
