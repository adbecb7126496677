import { deepEqual, rejects } from "node:assert/strict";
import fc from "fast-check";
import { Connections, networksOf } from "../../../src/controller/gate/connections.ts";
import { isInNetwork, parseIpAddress, parseIpNetwork } from "../../../src/values/ip_address.ts";

Deno.test("stations that leave together are told of by the networks that have nobody else", () => {
  const all = Array.from({ length: 256 }, (_, n) => `10.1.0.${n}`);
  deepEqual(networksOf(all, []), ["10.1.0.0/24"]);
  deepEqual(networksOf(["10.1.0.4", "10.1.0.5"], ["10.1.0.9"]), ["10.1.0.4/31"]);
  deepEqual(networksOf(["10.1.0.4", "10.1.0.7"], ["10.1.0.5"]), ["10.1.0.4/32", "10.1.0.7/32"]);
  deepEqual(networksOf(["10.1.0.4", "fd00::1"], ["10.1.0.4"]), ["fd00:0:0:0:0:0:0:1/128"]);
  deepEqual(networksOf([], ["10.1.0.4"]), []);
});

Deno.test("such networks have everybody who leaves and nobody who stays", () => {
  const address = fc.oneof(
    fc.nat({ max: 300 }).map((n) => `10.1.${n >> 8}.${n & 255}`),
    fc.nat({ max: 300 }).map((n) => `fd00::${n.toString(16)}`),
  );
  fc.assert(fc.property(fc.uniqueArray(address), fc.uniqueArray(address), (leaving, staying) => {
    const networks = networksOf(leaving, staying).map((text) => parseIpNetwork(text));
    const has = (text: string) => {
      const parsed = parseIpAddress(text);
      return networks.some((network) => parsed && network && isInNetwork(parsed, network));
    };
    return leaving.every((text) => staying.includes(text) || has(text)) && !staying.some(has);
  }));
});

Deno.test("that there was no connection to forget is no fault, any other end of conntrack is", async () => {
  const ends = [
    { code: 1, stdout: "", stderr: "conntrack v1.4.7: 0 flow entries have been deleted." },
    { code: 127, stdout: "", stderr: "not found" },
  ];
  const asked: string[] = [];
  const box = {
    run: (program: string, args: readonly string[]) => {
      asked.push(`${program} ${args.slice(0, 5).join(" ")}`);
      return Promise.resolve(ends.shift() ?? { code: 0, stdout: "", stderr: "" });
    },
  };
  const connections = new Connections(box, () => []);
  await connections.end([]);
  await connections.end(["10.1.0.4"]);
  await rejects(connections.end(["fd00::1"]), /conntrack .*fd00::1.*not found/);
  deepEqual(asked, ["conntrack -D -f ipv4 --orig-src 10.1.0.4", "conntrack -D -f ipv6 --orig-src fd00::1"]);
});
