import * as v from "valibot";
import { normalizeIpAddress, parseIpAddress, parseIpNetwork } from "../../values/ip_address.ts";
import { macKey } from "../../values/mac_address.ts";
import { Count, countBetween, Flag } from "../setting_values.ts";
import { parseGardenEntry } from "./garden_entry.ts";

/**
 * What a zone can be told, under CoovaChilli's option names where it has one: one schema for the command line
 * (`--uamserver URL`), the setup file (`"uamserver": "URL"`) and the database. Every option has a default; bandwidths
 * are bits a second, times seconds, 0 is none.
 */
function option<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about)), fallback);
}

const matching = (pattern: RegExp, expected: string) =>
  v.pipe(v.string(expected), v.regex(pattern, expected));
const listOf = <S extends v.GenericSchema<string>>(entry: S) => v.array(entry, "expected a list");

const Line = matching(/^[^\p{Cc}\p{Cs}]*$/u, "expected a text without control characters");
/** Linux: up to 15 octets (IFNAMSIZ), no white space, `/` or `:`. One that begins with `-` would be read as an option. */
const InterfaceName = matching(
  /^[A-Za-z0-9_@][A-Za-z0-9_.@-]{0,14}$/,
  "expected the name of a network interface",
);
const Prefix = v.pipe(
  v.string("expected an address with its prefix, such as 10.1.0.1/24"),
  v.check(
    (text) => text.includes("/") && parseIpNetwork(text) !== null,
    "expected an address with its prefix, such as 10.1.0.1/24",
  ),
);
const AnyAddress = v.pipe(
  v.string("expected an address"),
  v.check((text) => parseIpAddress(text) !== null, "expected an address"),
);
const isIpv4 = (text: string) => !text.includes(":") && parseIpAddress(text) !== null;
const Ipv4 = v.pipe(
  v.string("expected an IPv4 address"),
  v.check((text) => text === "" || isIpv4(text), "expected an IPv4 address"),
);
const Mac = v.pipe(
  v.string("expected a MAC address"),
  v.check((text) => macKey(text) !== null, "expected a MAC address"),
  v.transform(colonMac),
);
/** Who passes without a session: a MAC address, an address or a network, in one spelling. */
export const BypassEntry = v.pipe(
  v.string("expected a MAC address, an address or a network"),
  v.check(
    (text) => macKey(text) !== null || parseIpNetwork(text) !== null,
    "expected a MAC address, an address or a network",
  ),
  v.transform((text) => parseIpNetwork(text) ? shortNetwork(text) : colonMac(text)),
);
const DHCP_HOST = "expected MAC=ADDRESS, such as aa:bb:cc:dd:ee:ff=10.1.0.9";
const DhcpHost = v.pipe(
  v.string(DHCP_HOST),
  v.transform((text) => text.split("=")),
  v.check(
    ([mac = "", address = "", ...more]) => macKey(mac) !== null && isIpv4(address) && !more.length,
    DHCP_HOST,
  ),
  v.transform(([mac = "", address = ""]) => `${colonMac(mac)}=${address}`),
);
const GardenText = v.pipe(
  v.string("expected [proto:]host[:port] or [proto:]address/bits[:port]"),
  v.transform((text) => text.trim()),
  v.check(
    (text) => parseGardenEntry(text) !== null,
    "expected [proto:]host[:port] or [proto:]address/bits[:port]",
  ),
);
const Url = matching(/^$|^https?:\/\/[^\s\p{Cc}]+$/u, "expected an http: or https: address");
const Domain = matching(/^\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, "expected a domain name");

const network = {
  interface: option(
    listOf(InterfaceName),
    [],
    "The interface where guests are; several are bridged. None: a zone that is only thought.",
  ),
  address: option(
    listOf(Prefix),
    [],
    "The box's own address there with the zone's prefix, IPv4 and IPv6: `10.1.0.1/24`.",
  ),
  gate: option(
    v.picklist(["", "nftables", "none"], "expected nftables or none"),
    "",
    "`nftables`, or `none` for sessions without a network. Empty: `nftables` where there is an interface.",
  ),
  wan: option(
    v.union([v.literal(""), InterfaceName]),
    "",
    "The interface towards the internet; empty for the default route's.",
  ),
  nat: option(Flag, true, "Guests leave under the box's address (masquerading)."),
  setaddress: option(
    Flag,
    true,
    "Portico gives the interface its addresses, and takes them back at the end.",
  ),
  forwarding: option(Flag, true, "Portico switches forwarding on, and back at the end."),
  hold_when_stopped: option(Flag, false, "When Portico has stopped nobody of the zone passes."),
  fail_open: option(Flag, false, "When Portico has stopped everybody of the zone passes."),
};

const leases = {
  dhcp: option(
    Flag,
    true,
    "Portico hands out addresses and answers DNS (dnsmasq). Off: another DHCP server does.",
  ),
  dhcpstart: option(Ipv4, "", "First address handed out; empty: the first of the prefix."),
  dhcpend: option(Ipv4, "", "Last address handed out; empty: the last of the prefix."),
  dhcphost: option(
    listOf(DhcpHost),
    [],
    "Stations with an address of their own: `aa:bb:cc:dd:ee:ff=10.1.0.9`.",
  ),
  lease: option(countBetween(120, 31_536_000), 600, "Seconds a lease is good for."),
  domain: option(v.union([v.literal(""), Domain]), "", "The domain name handed out."),
  dns1: option(
    v.union([v.literal(""), AnyAddress]),
    "",
    "DNS server asked for guests; empty: the box's own.",
  ),
  dns2: option(v.union([v.literal(""), AnyAddress]), "", "The second one."),
  mtu: option(countBetween(576, 9000), 1500, "The MTU handed out."),
  dnsrate: option(
    Count,
    20,
    "DNS queries a second that an unknown station may send, and a tenth of what a known one may; 0 for any number.",
  ),
  dnsburst: option(Count, 60, "And how many at once."),
};

const portal = {
  uamserver: option(Url, "", "The login page; empty for Portico's own."),
  uamhomepage: option(Url, "", "A page that guests see before the login page."),
  uamsecret: option(Line, "", "Shared with the login page; empty for none."),
  // The next one up is taken for logging out.
  uamport: option(
    countBetween(1, 65_534),
    3990,
    "Where the login page's requests are answered, on the zone's address.",
  ),
  uamaliasip: option(Ipv4, "1.0.0.1", "An address that is answered like the zone's own, on port 80."),
  uamaliasname: option(v.union([v.literal(""), Domain]), "", "The name of that address in the zone's DNS."),
  uamhostname: option(v.union([v.literal(""), Domain]), "", "The name of the zone's own address in its DNS."),
  uamlogoutip: option(
    Ipv4,
    "1.0.0.0",
    "Whoever connects to its port 80 is logged out; also `logout` in DNS.",
  ),
  uamallowed: option(
    listOf(GardenText),
    [],
    "Walled garden: `[proto:]host[:port]`, `[proto:]address/bits[:port]`.",
  ),
  uamdomain: option(listOf(Domain), [], "Walled garden: domains with all below them."),
  uamdomainttl: option(countBetween(1, 86_400), 60, "Seconds that stations keep a garden name's address."),
  uamanydns: option(Flag, false, "Strangers may ask any DNS server."),
  uamauthedallowed: option(
    Flag,
    false,
    "Garden traffic of logged-on stations is neither counted nor shaped.",
  ),
  redirurl: option(Flag, false, "A WISPr-Redirection-URL goes to the login page as `redirurl`."),
  nochallenge: option(Flag, false, "Passwords come in clear text, without a challenge."),
  challengetimeout: option(Count, 600, "Seconds after which a new challenge is shown."),
  challengetimeout2: option(Count, 1200, "Seconds after which a challenge is no longer taken."),
  wisprlogin: option(Url, "", "The LoginURL for WISPr clients; empty for `uamserver`."),
  nowispr1: option(Flag, false, "WISPr 1.0 is not offered."),
  nowispr2: option(Flag, false, "WISPr 2.0 is not offered."),
  uamallowpost: option(Flag, false, "POST is answered like GET; nothing is read of its body."),
  alloworigin: option(listOf(Url), [], "Origins of portal pages whose scripts may read the JSON answers."),
  venueinfourl: option(Url, "", "`venue-info-url` of the captive portal API (RFC 8908)."),
};

const nas = {
  nasid: option(Line, "nas01", "NAS-Identifier."),
  nasmac: option(v.union([v.literal(""), Mac]), "", "Called-Station-Id; empty for the interface's address."),
  nasip: option(v.union([v.literal(""), AnyAddress]), "", "NAS-IP-Address; empty for the zone's own."),
  ssid: option(Line, "", "Told to the login page."),
  vlan: option(countBetween(0, 4094), 0, "Told to the login page; 0 for none."),
  locationname: option(Line, "", "Name of the location in the JSON interface."),
  radiuslocationid: option(Line, "", "WISPr-Location-ID."),
  radiuslocationname: option(Line, "", "WISPr-Location-Name."),
  localusers: option(
    listOf(matching(/^[^:\p{Cc}]+:[^:\p{Cc}]+(:.*)?$/u, "expected user:password")),
    [],
    "Users that this zone knows by itself: `user:password`.",
  ),
  authority: option(
    v.picklist(["local"], "expected local"),
    "local",
    "Who decides: `local` is this Portico.",
  ),
  swapoctets: option(
    Flag,
    false,
    "JSON and the input and output limits take the network's view of directions.",
  ),
};

const sessions = {
  defsessiontimeout: option(Count, 0, "Seconds of a session whose accept names none."),
  defidletimeout: option(Count, 0, "Idle seconds after which a session whose accept names none is ended."),
  defbandwidthmaxup: option(Count, 0, "Bits a second from a station whose accept names none."),
  defbandwidthmaxdown: option(Count, 0, "Bits a second to it."),
  definteriminterval: option(Count, 300, "Seconds between Interim-Updates where the accept names none."),
  macauth: option(Flag, false, "Stations are tried by their MAC address as user name."),
  macauthdeny: option(Flag, false, "Those that are refused get no network at all."),
  macreauth: option(Flag, false, "They are tried again whenever they are caught."),
  macsuffix: option(Line, "", "Put behind the MAC address to make the user name."),
  macpasswd: option(Line, "", "Password of MAC authentication; empty: the user name."),
  macallowed: option(listOf(Mac), [], "Stations that are let in without asking anybody, with a session."),
  bypass: option(
    listOf(BypassEntry),
    [],
    "Stations and destinations' hosts that pass without a session: MAC addresses, addresses, networks.",
  ),
};

export const ZONE_OPTIONS = { ...network, ...leases, ...portal, ...nas, ...sessions };
export const ZoneOptions = v.strictObject(ZONE_OPTIONS, "there is no such option");
export type ZoneOptions = v.InferOutput<typeof ZoneOptions>;
export type ZoneOptionName = keyof typeof ZONE_OPTIONS;

/** Options that `show` masks. */
export const SECRET_OPTIONS: ReadonlySet<string> = new Set(["uamsecret", "macpasswd", "localusers"]);

type Change<S> = S extends { readonly wrapped: infer W extends v.GenericSchema }
  ? v.OptionalSchema<v.NullableSchema<W, undefined>, undefined>
  : never;

/** As a change gives them: what is absent stays; null takes an option back to its default, but a secret stays. */
export const ZONE_OPTION_CHANGES = Object.fromEntries(
  Object.entries(ZONE_OPTIONS).map(([name, { wrapped }]) => [name, v.optional(v.nullable(wrapped))]),
  // The same keys, each schema without its default.
) as unknown as { readonly [N in ZoneOptionName]: Change<typeof ZONE_OPTIONS[N]> };

/** An address or a network, without change in what it means. */
function shortNetwork(text: string): string {
  const [base = "", bits] = text.split("/");
  return `${normalizeIpAddress(base)}${bits === undefined ? "" : `/${bits}`}`;
}

/** `aa:bb:…` from any spelling. */
function colonMac(text: string): string {
  return (macKey(text) ?? "").replace(/(..)(?!$)/g, "$1:");
}
