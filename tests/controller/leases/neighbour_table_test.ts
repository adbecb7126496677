import { deepEqual, equal } from "node:assert/strict";
import type { Ran } from "../../../src/controller/box.ts";
import { neighbourTable } from "../../../src/controller/leases/neighbour_table.ts";

const ADDRESS = "10.1.0.20";
const OTHER = "10.1.0.21";

/** A kernel that knows two stations; each `ip` ends when the test lets it, with what the table was when it began. */
function slowKernel() {
  const known = new Set([ADDRESS, OTHER]);
  const under: { readonly what: string; readonly end: () => Promise<void> }[] = [];
  const faults: unknown[] = [];
  const table = neighbourTable({
    box: {
      run: (_program, args) =>
        new Promise<Ran>((resolve) => {
          const what = args.includes("del") ? "del" : "show";
          const listed = [...known].map((dst) => ({ dst, lladdr: "02:aa:00:00:00:01", state: ["STALE"] }));
          const end = async () => {
            if (what === "del") known.delete(args[2] ?? "");
            resolve({ code: 0, stdout: JSON.stringify(listed), stderr: "" });
            await settled();
          };
          under.push({ what, end });
        }),
    },
    device: "lan0",
    reportFault: (fault) => faults.push(fault),
  });
  const endNext = async (what: string) => {
    const next = under.shift();
    equal(next?.what, what);
    await next?.end();
  };
  return { table, known, faults, endNext };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const addresses = (found: readonly { readonly address: string }[]) => found.map(({ address }) => address);

Deno.test("a reading that began before an address was forgotten does not bring it back", async () => {
  const { table, endNext } = slowKernel();
  const reading = table.read();
  await settled();
  table.forget(ADDRESS);
  await endNext("show");
  deepEqual(addresses(await reading), [OTHER]);
});

Deno.test("nor does one that began before the kernel had forgotten it", async () => {
  const { table, endNext } = slowKernel();
  table.forget(ADDRESS);
  const reading = table.read();
  equal(table.isForgetting(ADDRESS), true);
  await endNext("del");
  equal(table.isForgetting(ADDRESS), false);
  await endNext("show");
  deepEqual(addresses(await reading), [OTHER]);
});

Deno.test("a station that speaks after it was forgotten is there again", async () => {
  const { table, known, endNext } = slowKernel();
  table.forget(OTHER);
  await endNext("del");
  known.add(OTHER);
  const reading = table.read();
  await endNext("show");
  deepEqual(addresses(await reading), [ADDRESS, OTHER]);
});

Deno.test("an address that is forgotten twice is being forgotten until the second time is over", async () => {
  const { table, endNext, faults } = slowKernel();
  table.forget(ADDRESS);
  table.forget(ADDRESS);
  await endNext("del");
  equal(table.isForgetting(ADDRESS), true);
  await endNext("del");
  equal(table.isForgetting(ADDRESS), false);
  deepEqual(faults, []);
});
