import { deepEqual, equal, ok } from "node:assert/strict";
import { isCallback, jsonBody } from "../../../src/http/coova/json_interface.ts";
import { uamSite } from "../../../src/http/coova/uam_site.ts";
import { memoryController, testZone } from "../../support/memory_controller.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const LOCAL = { local: { address: "10.1.0.1", port: 3990 } };

Deno.test("JSONP calls a function by its name, its members and indices, and nothing else", () => {
  for (
    const name of ["f", "jQuery123_456", "chilliJSON.reply", "$.a.b", "a[0]", 'a["b c"].d', "a['b'][1]", "_"]
  ) {
    ok(isCallback(name), name);
  }
  for (
    const name of [
      "a();<x> b",
      "alert(1)//",
      "a;b",
      "a b",
      "a`x`",
      "1a",
      "a[b]",
      'a["b"',
      "a[",
      "a[0](1)",
      "<script>",
      "a\u2028b",
      "a=",
      "a".repeat(256),
      'a["\\"]',
    ]
  ) ok(!isCallback(name), name);
});

Deno.test("every text of an answer is escaped", () => {
  const nasty = 'q"t\\</script>\u2028\n';
  const zone = testZone({ nasid: 'n"', locationname: 'l"', address: ["10.1.0.1/24"] });
  const controller = memoryController([zone], () => NOW);
  const station = controller.put("10.1.0.2", { originalUrl: `http://e/${nasty}` });
  const body = jsonBody(
    uamSite(zone, LOCAL, { called: "" }),
    station,
    {
      message: nasty,
      location: true,
      redir: { originalUrl: station.originalUrl, redirectionUrl: `http://r/${nasty}` },
      session: {
        session: { ...controller.open("10.1.0.2"), userName: nasty },
        sessionId: nasty,
        isOver: false,
      },
    },
    "cb",
    NOW,
  );
  ok(body.startsWith("cb({") && body.endsWith("})"));
  const told = JSON.parse(body.slice(3, -1));
  equal(told.message, nasty);
  equal(told.nasid, 'n"');
  equal(told.location.name, 'l"');
  equal(told.redir.originalURL, `http://e/${nasty}`);
  equal(told.redir.redirectionURL, `http://r/${nasty}`);
  equal(told.session.userName, nasty);
  ok(body.includes("<\\/script>"), "a message's solidi are escaped");
  ok(!/[\u2028\n]/.test(body), "nothing ends a line");
});

Deno.test("octets above 2^32 are told in gigawords, quotas as whole numbers, in the direction that swapoctets chooses", () => {
  for (const swapoctets of [false, true]) {
    const zone = testZone({ swapoctets, vlan: 7, address: ["10.1.0.1/24"] });
    const controller = memoryController([zone], () => NOW);
    const session = controller.open("10.1.0.2", { maxTotalOctets: 2n ** 60n, maxInputOctets: 5n }, {
      upOctets: 3 * 2 ** 32 + 17,
      downOctets: 5,
    });
    const told = JSON.parse(
      jsonBody(
        uamSite(zone, LOCAL, { called: "" }),
        controller.at("10.1.0.2"),
        {
          session: { session, sessionId: session.sessionId, isOver: false },
        },
        "",
        new Date(NOW.getTime() + 61_500),
      ),
    );
    const [up, down] = swapoctets ? ["input", "output"] : ["output", "input"];
    deepEqual(told.accounting, {
      sessionTime: 61,
      idleTime: 61,
      [`${up}Octets`]: 17,
      [`${down}Octets`]: 5,
      [`${up}Gigawords`]: 3,
      [`${down}Gigawords`]: 0,
      viewPoint: swapoctets ? "nas" : "client",
    });
    equal(told.session.vlan, 7);
    equal(BigInt(told.session.maxTotalOctets), 2n ** 60n);
    deepEqual(Object.keys(told.session).slice(-3), ["vlan", "maxInputOctets", "maxTotalOctets"]);
  }
});

Deno.test("the counters of a session that is over are not told, and one that never was has zeros", () => {
  const zone = testZone({ nasid: "", address: ["10.1.0.1/24"] });
  const controller = memoryController([zone], () => NOW);
  const station = controller.put("10.1.0.2");
  const body = jsonBody(
    uamSite(zone, LOCAL, { called: "" }),
    station,
    {
      session: { session: null, sessionId: "179531185700000001", isOver: true },
    },
    "",
    NOW,
  );
  equal(
    body,
    '{"version":"1.0","clientState":0,"session":{"sessionId":"179531185700000001","userName":"","startTime":0,' +
      '"sessionTimeout":0,"terminateTime":0,"idleTimeout":0},"accounting":{"sessionTime":0,"idleTime":0,' +
      '"inputOctets":0,"outputOctets":0,"inputGigawords":0,"outputGigawords":0,"viewPoint":"client"}}',
  );
});
