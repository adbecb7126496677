import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { noneWhereabouts } from "../../../src/controller/leases/none_whereabouts.ts";

Deno.test("without a network a station's MAC address is made of its address", async () => {
  const { find } = noneWhereabouts();
  deepEqual(await find("zone", "::ffff:192.168.1.20"), {
    zoneId: "zone",
    mac: "02:00:c0:a8:01:14",
    address: "192.168.1.20",
  });
  const one = await find("zone", "2001:DB8:0::1");
  match(one?.mac ?? "", /^02(:[0-9a-f]{2}){5}$/);
  deepEqual(await find("zone", "2001:db8::1%eth0"), one);
  notEqual((await find("zone", "2001:db8::2"))?.mac, one?.mac);
  equal(await find("zone", "nonsense"), null);
});
