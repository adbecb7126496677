import type { Zone } from "../../aaa/identity/zones.ts";
import type { Box } from "../box.ts";
import type { NetworkState } from "./network_state.ts";

/** What became of a question to a DNS server: its RCODE (RFC 1035 section 4.1.1), 0 for an answer; null for silence. */
export type DnsOutcome = number | null;

export type CertificateState =
  /** Guests are served nothing over TLS. */
  | { readonly kind: "off" }
  | { readonly kind: "good"; readonly hostname: string; readonly validTo: Date }
  | { readonly kind: "bad"; readonly complaint: string };

/** What an examination works with. */
export interface Examination {
  readonly box: Pick<Box, "run" | "readText" | "commandLine">;
  /** Those that are looked at. */
  readonly zones: readonly Zone[];
  /** As the box is now. */
  readonly network: NetworkState;
  /** Whether a venue runs on this installation. */
  readonly isRunning: boolean;
  /** Whether a program is the venue's own, by its command line. */
  readonly isOwn: (commandLine: readonly string[]) => boolean;
  readonly askDns: (server: string) => Promise<DnsOutcome>;
  readonly certificate: () => Promise<CertificateState>;
  readonly now: Date;
}

/** `organization/name`. */
export function nameOf({ name, organizationSlug }: Zone): string {
  return `${organizationSlug}/${name}`;
}

/** What a command takes for this zone. */
export function setZone({ name, organizationSlug }: Zone, options: string): string {
  return `portico zone set ${organizationSlug}/${name} ${options}`;
}

export function hasGate({ gate }: Zone): boolean {
  return gate === "nftables";
}

/** The zone's addresses of one kind, with their prefixes. */
export function prefixesOf({ options }: Zone, kind: "ipv4" | "ipv6"): readonly string[] {
  return options.address.filter((text) => text.includes(":") === (kind === "ipv6"));
}
