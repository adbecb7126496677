import { equal, ok } from "node:assert/strict";
import corpus from "../../fixtures/accounting_bodies.json" with { type: "json" };
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isEmpty } from "../hotspot.ts";

/** The largest total that the bodies reported, Gigawords added in where the octets are the low 32 bits. */
function largest(bodies: readonly Record<string, string>[], direction: "input" | "output"): number | null {
  const totals = bodies.map((body) => {
    const octets = Number(body[`${direction}_octets`] || -1);
    return octets >= 2 ** 32 || octets < 0
      ? octets
      : octets + 2 ** 32 * Number(body[`${direction}_gigawords`] || 0);
  });
  return Math.max(...totals) < 0 ? null : Math.max(...totals);
}

/** Accounting as devices send it through rlm_rest: every value a text, what is absent an empty one. */
export const cases: ContractCase[] = corpus.map(({ vendor, bodies }) => ({
  name: `the sessions of ${vendor} are stored as sent`,
  async run(target) {
    const spot = await hotspot(target);
    for (const [index, body] of bodies.entries()) isEmpty(await spot.accounting(body), index ? 200 : 201);
    const rows = (await spot.sessions()).json as Record<string, unknown>[];
    equal(rows.length, 1);
    const [row] = rows;
    const last: Record<string, string> = bodies.at(-1) ?? {};
    ok(row?.stop_time);
    equal(row.terminate_cause, last.terminate_cause || "");
    equal(row.session_time, Number(last.session_time));
    for (const direction of ["input", "output"] as const) {
      const total = largest(bodies, direction);
      // A Start's empty octets are stored as 0.
      equal(row[`${direction}_octets`], total ?? 0);
    }
    for (
      const field of ["username", "session_id", "called_station_id", "calling_station_id", "nas_port_id"]
    ) {
      equal(row[field] ?? "", last[field], field);
    }
  },
}));
