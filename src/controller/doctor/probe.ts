import * as v from "valibot";

/** What a stranger tries, in a process of its own inside the throw-away namespace. */
export const Probe = v.variant("kind", [
  /** Asks for an address by DHCP, and takes none. */
  v.object({ kind: v.literal("offer"), mac: v.string() }),
  /** Asks a DNS server for a name's IPv4 addresses. */
  v.object({ kind: v.literal("name"), server: v.string(), name: v.string() }),
  /** Asks for a web page. */
  v.object({ kind: v.literal("page"), address: v.string(), host: v.string() }),
  /** Opens a TCP connection. */
  v.object({ kind: v.literal("connect"), address: v.string(), port: v.number() }),
]);
export type Probe = v.InferOutput<typeof Probe>;
export const Probes = v.array(Probe);

/** What came of it; null is silence. */
export const Outcome = v.variant("kind", [
  v.object({ kind: v.literal("offer"), address: v.nullable(v.string()) }),
  v.object({ kind: v.literal("name"), rcode: v.nullable(v.number()), addresses: v.array(v.string()) }),
  v.object({ kind: v.literal("page"), status: v.nullable(v.number()), location: v.string() }),
  v.object({ kind: v.literal("connect"), result: v.picklist(["connected", "refused", "silent"]) }),
]);
export type Outcome = v.InferOutput<typeof Outcome>;
export const Outcomes = v.array(Outcome);
