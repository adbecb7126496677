import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  isInNetwork,
  isIpv6Network,
  normalizeIpAddress,
  normalizeIpv6Address,
  parseIpAddress,
  parseIpNetwork,
  subscriberOf,
} from "../../src/values/ip_address.ts";

Deno.test("addresses are shown in their shortest lower-case form", () => {
  const cases: Record<string, string | null> = {
    "10.0.0.1": "10.0.0.1",
    "::ffff:10.0.0.1": "10.0.0.1",
    "::FFFF:0A00:0001": "10.0.0.1",
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "::": "::",
    "10.0.0.256": null,
    "10.0.0": null,
    "10.0.0.1.2": null,
    "010.0.0.1": null,
    "0x0a.0.0.1": null,
    "10.0.0.1/32": null,
    " 10.0.0.1": null,
    "": null,
    ":::": null,
    "1::2::3": null,
    "localhost": null,
  };
  for (const [text, shown] of Object.entries(cases)) equal(normalizeIpAddress(text), shown, text);
  equal(normalizeIpv6Address("::ffff:c0a8:b603"), "::ffff:192.168.182.3");
  equal(normalizeIpv6Address("fe80::1%eth0"), "fe80::1");
  equal(normalizeIpv6Address("192.168.182.3"), null);
});

Deno.test("an IPv6 network has no host bits, or no length", () => {
  for (const text of ["2001:db8::/32", "2001:db8::", "::/0", "2001:db8::1/128", "fe80::/10"]) {
    ok(isIpv6Network(text), text);
  }
  for (const text of ["2001:db8::1/64", "2001:db8::/129", "10.0.0.0/8", "2001:db8::/", "/64", "::/0/0", ""]) {
    ok(!isIpv6Network(text), text);
  }
});

Deno.test("networks contain their own kind of address only", () => {
  const isIn = (address: string, network: string) => {
    const [parsed, within] = [parseIpAddress(address), parseIpNetwork(network)];
    ok(parsed && within, `${address} ${network}`);
    return isInNetwork(parsed, within);
  };
  ok(isIn("10.1.2.3", "10.0.0.0/8") && isIn("10.1.2.3", "10.99.0.0/8") && isIn("10.1.2.3", "0.0.0.0/0"));
  ok(isIn("::ffff:10.1.2.3", "10.0.0.0/8"));
  ok(!isIn("11.1.2.3", "10.0.0.0/8") && !isIn("10.1.2.3", "::/0") && !isIn("2001:db8::1", "0.0.0.0/0"));
  ok(isIn("2001:db8::1", "2001:db8::/32") && !isIn("2001:db9::1", "2001:db8::/32"));
  for (const text of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "fe80::1%eth0", "a", ""]) {
    equal(parseIpNetwork(text), null, text);
  }
});

Deno.test("whoever has an IPv6 network of their own is one subscriber, whichever address they send from", () => {
  equal(subscriberOf("2001:db8:1:2::1"), "2001:db8:1:2::/64");
  equal(subscriberOf("2001:db8:1:2:ffff:eeee:dddd:cccc"), "2001:db8:1:2::/64");
  equal(subscriberOf("2001:db8:1:3::1"), "2001:db8:1:3::/64");
  equal(subscriberOf("::ffff:192.0.2.7"), "192.0.2.7");
  equal(subscriberOf("192.0.2.7"), "192.0.2.7");
  equal(subscriberOf("fe80::1%eth0"), "fe80::/64");
  equal(subscriberOf("unknown"), "unknown");
});

Deno.test("no text makes a parser throw", () => {
  const alphabet = fc.constantFrom(..."0123456789abcdefxABCDEF::::....//%% -+é");
  const texts = fc.oneof(
    fc.string({ unit: alphabet, maxLength: 50 }),
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: -2, max: 200 })).map((parts) =>
      parts.join("/")
    ),
    fc.tuple(fc.ipV6(), fc.string({ unit: alphabet, maxLength: 5 })).map((parts) => parts.join("%")),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const shown = normalizeIpAddress(text);
      if (shown !== null) equal(normalizeIpAddress(shown), shown);
      const network = parseIpNetwork(text);
      if (network) ok(isInNetwork(network[0], network));
      subscriberOf(text);
      normalizeIpv6Address(text);
      isIpv6Network(text);
    }),
    { seed: 1, numRuns: 5000 },
  );
  deepEqual(parseIpNetwork("10.0.0.0/08")?.[1], 8);
});
