import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { asciiUrl } from "./original_url.ts";
import type { UamRequest } from "./uam_request.ts";

/** Under which addresses a zone is spoken to. */
export interface UamSite {
  readonly zone: Zone;
  /** `uamip`: IPv6 addresses are in brackets. */
  readonly ip: string;
  readonly port: number;
  /** What our own paths are put behind: `http://10.1.0.1:3990`, and `/zone/<name>` on a listener of several zones. */
  readonly base: string;
  /** `uamserver`, or Portico's own page. */
  readonly loginPage: string;
  /** Called-Station-Id. */
  readonly called: string;
}

/** Answered as an alias for pages that have it built in, whatever `uamaliasip` is (coova 12). */
const FORMER_ALIAS = "1.0.0.1";

/**
 * A zone without a network is spoken to where the request came to; any other one under its own address, IPv4 if it has
 * any and the station too.
 *
 * @param prefix `/zone/<name>` or empty.
 * @param usesIpv6 the station has no IPv4 address.
 */
export function uamSite(
  zone: Zone,
  { local }: Pick<UamRequest, "local">,
  { called, prefix = "", usesIpv6 = false }: {
    readonly called: string;
    readonly prefix?: string;
    readonly usesIpv6?: boolean;
  },
): UamSite {
  const own = zone.gate === "none" ? [] : ownAddresses(zone);
  const address = own.find((one) => one.includes(":") === usesIpv6) ?? own[0] ?? local.address;
  const ip = address.includes(":") ? `[${address}]` : address;
  const port = own.length ? zone.options.uamport : local.port;
  const base = `http://${ip}:${port}${prefix}`;
  const loginPage = asciiUrl(zone.options.uamserver) || `${base}/www/login`;
  return { zone, ip, port, base, loginPage, called };
}

/** Whether a request was meant for us, and not for a site that the station wanted to see. */
export function isOwnHost(
  { zone, ip }: UamSite,
  { local }: Pick<UamRequest, "local">,
  host: string,
): boolean {
  const { uamaliasip, uamaliasname, uamhostname, domain } = zone.options;
  const name = hostName(host);
  const names = [uamaliasname, uamhostname].filter(Boolean).flatMap((one) =>
    domain ? [one, `${one}.${domain}`] : [one]
  );
  return name === hostName(ip) || name === local.address || name === uamaliasip || name === FORMER_ALIAS ||
    ownAddresses(zone).includes(name) || names.some((one) => one.toLowerCase() === name);
}

/** Whether a request is for the address that logs out who comes to it, or for the name that our DNS gives it. */
export function isLogoutHost({ options }: UamSite["zone"], host: string): boolean {
  const name = hostName(host);
  if (!name) return false;
  return name === options.uamlogoutip || name === "logout" ||
    (options.domain !== "" && name === `logout.${options.domain.toLowerCase()}`);
}

/** Without its port and brackets, in lower case, an address in its shortest form. */
export function hostName(host: string): string {
  const bare = host.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "").toLowerCase();
  return normalizeIpAddress(bare) ?? bare;
}

function ownAddresses({ options }: Zone): string[] {
  return options.address.flatMap((prefix) => normalizeIpAddress(prefix.split("/", 1)[0] ?? "") ?? []);
}
