import { deepEqual } from "node:assert/strict";
import { Gardens } from "../../../src/controller/gate/gardens.ts";
import { gardenEntries, gardenHosts, gardenOf } from "../../../src/controller/gate/walled_garden.ts";
import { gatedZone } from "./gated_zone.ts";

const texts = (networks: readonly (readonly [{ toString(): string }, number])[]) =>
  networks.map(([address, bits]) => `${address}/${bits}`);

Deno.test("the garden has what was named, the login page on its own port, and nothing twice", () => {
  const { zone } = gatedZone({
    uamallowed: [
      "203.0.113.0/24",
      "203.0.113.7",
      "tcp:192.0.2.1:443",
      "tcp:192.0.2.0/24:443",
      "icmp:[2001:db8::1]",
    ],
    uamserver: "https://login.example.org/page",
    uamhomepage: "http://192.0.2.80:8080/",
  });
  const entries = gardenEntries(zone);
  deepEqual(gardenHosts(entries), ["login.example.org"]);
  const garden = gardenOf(entries, () => ["198.51.100.7"]);
  deepEqual(texts(garden.any), ["203.0.113.0/24"]);
  deepEqual(
    garden.byPort.map(({ network, protocol, port }) => `${texts([network])} ${protocol} ${port}`),
    [
      "192.0.2.0/24 6 443",
      "198.51.100.7/32 6 443",
      "198.51.100.7/32 17 443",
      "192.0.2.80/32 6 8080",
      "192.0.2.80/32 17 8080",
    ],
  );
  deepEqual(garden.byProtocol.map(({ protocol }) => protocol), [58], "ICMP of IPv6 is another protocol");
});

Deno.test("addresses of a name hold for some answers, and for as long as it cannot be resolved", async () => {
  const { zone } = gatedZone({ uamallowed: ["cdn.example.org"] });
  let answer: () => Promise<string[]> = () => Promise.resolve(["192.0.2.1"]);
  const faults: unknown[] = [];
  const gardens = new Gardens(() => answer(), (fault) => void faults.push(fault));
  gardens.plant([zone]);
  const addresses = () => texts(gardens.of(zone).any).sort();
  deepEqual(await gardens.refresh(), true);
  answer = () => Promise.resolve(["192.0.2.2"]);
  deepEqual(await gardens.refresh(), true);
  deepEqual(addresses(), ["192.0.2.1/32", "192.0.2.2/32"]);
  answer = () => Promise.reject(new Error("no answer"));
  deepEqual(await gardens.refresh(), false);
  deepEqual([addresses().length, faults.length], [2, 1]);
  answer = () => Promise.resolve(["192.0.2.2"]);
  for (let n = 0; n < 10; n++) await gardens.refresh();
  deepEqual(addresses(), ["192.0.2.2/32"]);
});
