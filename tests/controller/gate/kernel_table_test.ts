import { deepEqual } from "node:assert/strict";
import { readCounts, readTable } from "../../../src/controller/gate/kernel_table.ts";

const ZONE = "0190a5b4-7c1d-4e2f-8a3b-000000000001";
const UP = "up4_0190a5b47c1d4e2f8a3b000000000001";

// As nft 1.0.6 writes it.
const LISTING = `table inet portico {
	set counted {
		typeof meta priority
		size 131072
		counter
		elements = { 0:2 counter packets 7 bytes 1234, 0:3 counter packets 5 bytes 98765432109,
			     1:10 counter packets 0 bytes 0 }
	}

	set stations {
		typeof meta priority
		size 65536
		elements = { 0:2 comment "${ZONE} 02:aa:00:00:00:01", 1:10 comment "${ZONE} 02:aa:00:00:00:02" }
	}

	map classes {
		typeof meta priority : meta priority
		size 131072
		elements = { 0:2 : 7007:1f, 0:3 : none }
	}

	map ${UP} {
		typeof ether saddr . ip saddr : meta priority
		size 65536
		elements = { 02:aa:00:00:00:01 . 10.1.0.11 : 0:2 }
	}

	set garden4_0190a5b47c1d4e2f8a3b000000000001 {
		type ipv4_addr
		flags interval
		elements = { 203.0.113.0/24 }
	}

	chain refuse {
		meta l4proto tcp reject with tcp reset
		reject with icmpx admin-prohibited
	}
}
`;

Deno.test("a table is read with its stations, their counters and classes", () => {
  const table = readTable(LISTING);
  deepEqual(table.chains, ["refuse"]);
  deepEqual(table.sets, [
    "set counted",
    "set stations",
    "map classes",
    `map ${UP}`,
    "set garden4_0190a5b47c1d4e2f8a3b000000000001",
  ]);
  deepEqual([...table.numbers], [[`${ZONE} 02:aa:00:00:00:01`, 2], [`${ZONE} 02:aa:00:00:00:02`, 65_552]]);
  deepEqual([...table.shapes], [[2, 31]]);
  deepEqual(table.counts.get(3), { packets: 5, octets: 98_765_432_109 });
  deepEqual(
    table.elements.filter(({ set }) => set !== "stations").map(({ set, text }) => `${set}: ${text}`),
    [
      "counted: 0:2",
      "counted: 0:3",
      "counted: 1:10",
      "classes: 0:2 : 7007:1f",
      "classes: 0:3 : none",
      `${UP}: 02:aa:00:00:00:01 . 10.1.0.11 : 0:2`,
    ],
  );
});

Deno.test("counters are read from JSON", () => {
  const json =
    '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"set": {"family": "inet", "name": "counted", ' +
    '"elem": [{"elem": {"val": "0:2", "counter": {"packets": 7, "bytes": 1234}}}, ' +
    '{"elem": {"val": "1:10", "counter": {"packets": 0, "bytes": 0}}}]}}]}';
  deepEqual([...readCounts(json)], [[2, { packets: 7, octets: 1234 }], [65_552, { packets: 0, octets: 0 }]]);
});
