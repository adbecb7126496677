import { equal, ok, throws } from "node:assert/strict";
import { lastRules, ruleset } from "../../../src/controller/gate/ruleset.ts";
import { gardenSets } from "../../../src/controller/gate/table.ts";
import { deviceSet } from "../../../src/controller/gate/zone_rules.ts";
import { gatedZone } from "./gated_zone.ts";

const NOTHING = { any: [], byProtocol: [], byPort: [] };

Deno.test("what earlier zones left in the table goes in the same transaction, what stations have stays", () => {
  const present = { chains: ["up_gone", "forward"], sets: ["map up4_gone", "set counted"] };
  const lines = ruleset([gatedZone()], () => NOTHING, [], present).split("\n");
  ok(lines.includes("delete chain inet portico up_gone"));
  ok(lines.includes("delete map inet portico up4_gone"));
  ok(lines.indexOf("flush chain inet portico forward") < lines.indexOf("delete chain inet portico up_gone"));
  ok(!lines.some((line) => /^(delete|flush) (set|map) .*counted/.test(line)));
});

Deno.test("without zones the table catches nobody", () => {
  ok(!/vmap|masquerade/.test(ruleset([], () => NOTHING, [], { chains: [], sets: [] })));
});

Deno.test("what stays at the end is a refusal, the guests' way out, or nothing", () => {
  equal(lastRules([gatedZone()]), "");
  ok(lastRules([gatedZone({ hold_when_stopped: true })]).includes('iifname { "lan0" } goto refuse'));
  const open = lastRules([gatedZone({ fail_open: true })]);
  ok(open.includes("ip saddr 10.1.0.1/24") && open.includes("masquerade") && !open.includes("hook forward"));
});

Deno.test("dnsmasq is told of sets that the table has", () => {
  const { zone } = gatedZone();
  const text = ruleset([gatedZone()], () => NOTHING, [], { chains: [], sets: [] });
  for (const path of Object.values(gardenSets(zone))) {
    const [family, table, set] = path.split("#");
    equal(`${family} ${table}`, "inet portico");
    ok(text.includes(`set ${set} {`));
  }
});

Deno.test("an interface whose name would need escaping comes into no rule", () => {
  throws(() => deviceSet(['lan0"; flush ruleset']), /cannot name/);
});
