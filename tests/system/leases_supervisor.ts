import { dnsmasqWhereabouts } from "../../src/controller/leases/dnsmasq_whereabouts.ts";
import { timers } from "../../src/controller/timers.ts";
import { testZone } from "../controller/leases/test_zone.ts";
import { namespaceOf } from "./network_namespace.ts";

/** A process that serves the laboratory's zone until it is killed: `NAMESPACE FOLDER`. */
const [name = "", folder = ""] = Deno.args;

await dnsmasqWhereabouts({
  box: namespaceOf(name),
  folder,
  deviceOf: () => "lan0",
  captivePortalUrl: () => "https://guests.example.org/api",
  gardenSets: () => ({ ipv4: "inet#garden#names4", ipv6: "inet#garden#names6" }),
  now: () => new Date(),
  every: timers.every,
  reportFault: console.error,
}).serve([testZone()], () => {}, () => {});
console.log("served");
