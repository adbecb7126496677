import * as v from "valibot";
import type { Box } from "../box.ts";

const Address = v.object({
  local: v.optional(v.string(), ""),
  prefixlen: v.optional(v.number(), 0),
  scope: v.optional(v.string(), ""),
  /** From DHCP, or made of a router's prefix. */
  dynamic: v.optional(v.boolean(), false),
});
const Link = v.object({
  ifname: v.string(),
  flags: v.array(v.string()),
  master: v.optional(v.string()),
  address: v.optional(v.string(), ""),
  linkinfo: v.optional(v.object({ info_kind: v.optional(v.string()) })),
  addr_info: v.array(Address),
});
const Route = v.object({ dev: v.optional(v.string()), gateway: v.optional(v.string()) });

export type Link = v.InferOutput<typeof Link>;
export type Route = v.InferOutput<typeof Route>;

/** A socket that waits for somebody. */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  /** `*` for every address. */
  readonly address: string;
  /** The interface it is bound to, if to one. */
  readonly device: string | null;
  readonly port: number;
  /** Null where one may not see it. */
  readonly program: { readonly name: string; readonly pid: number } | null;
}

/** The box's network, as the kernel tells it. */
export interface NetworkState {
  readonly links: readonly Link[];
  readonly defaultRoutes: readonly Route[];
  readonly defaultRoutes6: readonly Route[];
  readonly listeners: readonly Listener[];
}

/** What a program of iproute2 does not tell, or is not there to tell, is empty. */
export async function readNetwork(box: Pick<Box, "run">): Promise<NetworkState> {
  const [links, routes, routes6, sockets] = await Promise.all([
    box.run("ip", ["-json", "-details", "address", "show"]),
    box.run("ip", ["-json", "route", "show", "default"]),
    box.run("ip", ["-6", "-json", "route", "show", "default"]),
    box.run("ss", ["-H", "-l", "-n", "-t", "-u", "-p"]),
  ]);
  return {
    links: read(v.array(Link), links.stdout),
    defaultRoutes: read(v.array(Route), routes.stdout),
    defaultRoutes6: read(v.array(Route), routes6.stdout),
    listeners: sockets.stdout.split("\n").flatMap(listener),
  };
}

function read<S extends v.GenericSchema<unknown, unknown[]>>(schema: S, text: string): v.InferOutput<S> | [] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : [];
}

/** `udp UNCONN 0 0 0.0.0.0%eth1:67 0.0.0.0:* users:(("dnsmasq",pid=812,fd=4))`. */
const SOCKET = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]*)",pid=(\d+))?/;
const EVERY_ADDRESS = new Set(["*", "0.0.0.0", "::"]);

function listener(line: string): Listener[] {
  const [, protocol, local = "", port, name, pid] = SOCKET.exec(line) ?? [];
  if (!protocol) return [];
  const [address = "", device = null] = local.replace(/[[\]]/g, "").split("%");
  return [{
    protocol: protocol === "tcp" ? "tcp" : "udp",
    address: EVERY_ADDRESS.has(address) ? "*" : address,
    device,
    port: Number(port),
    program: name === undefined ? null : { name, pid: Number(pid) },
  }];
}
