import { deepEqual, equal, ok } from "node:assert/strict";
import passwords from "../../fixtures/passwords.json" with { type: "json" };
import type { ContractCase } from "../contract_case.ts";
import { hotspot } from "../hotspot.ts";

const TOGETHER = 64;
const numbers = Array.from({ length: TOGETHER }, (_, i) => i);

/** What the runtimes do in ways of their own: threads for hashes, and what requests may share. */
export const cases: ContractCase[] = [
  {
    name: "passwords that Django hashed log in, whatever its format, and again after they were hashed anew",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      const plain = passwords.filter((one) => one.name.endsWith(", plain ASCII"));
      await users(
        ...plain.map(({ encoded }, i) => ({ username: name(`django${i}`), password_hash: encoded })),
      );
      equal(plain.length, 5);
      for (const round of [1, 2]) {
        for (const [i, { name: format, password }] of plain.entries()) {
          const right = await authorize({ username: name(`django${i}`), password });
          ok(right.text.includes('"Accept"'), `${format}, round ${round}: ${right.text}`);
          const wrong = await authorize({ username: name(`django${i}`), password: `${password}r` });
          equal(wrong.text, "", `${format}, round ${round}`);
        }
      }
    },
  },
  {
    name: `${TOGETHER} log-ins and packets at the same moment are all answered`,
    async run(target) {
      const { users, name, authorize, accounting, postAuth, sql } = await hotspot(target);
      await users(...numbers.map((i) => ({ username: name(`u${i}`) })));
      for (const round of [1, 2, 3]) {
        const statuses = await Promise.all(numbers.map(async (i) => {
          const username = name(`u${i}`);
          const login = authorize({ username, password: "secret" });
          const started = accounting({
            status_type: "Start",
            session_id: `s${i}`,
            unique_id: `${round}-${i}`,
            username,
            nas_ip_address: "10.0.0.1",
            calling_station_id: `02-00-00-00-00-${i.toString(16).padStart(2, "0")}`,
          });
          const reported = postAuth({ username, reply: "Access-Accept", called_station_id: "a" });
          return (await Promise.all([login, started, reported])).map(({ status }) => status).join(" ");
        }));
        deepEqual(new Set(statuses), new Set(["200 201 201"]), `round ${round}`);
      }
      const rows = await sql("select count(*) from radacct where username like ?", name("u%"));
      deepEqual(rows, [[3 * TOGETHER]]);
    },
  },
];
