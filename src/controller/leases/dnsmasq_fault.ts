/** What a shell and `env` answer for a program that is not there. */
const NOT_FOUND = 127;

/** What dnsmasq says when it cannot start, and what a person makes of it. */
const CAUSES: readonly { readonly says: RegExp; readonly sentence: string }[] = [
  {
    says: /DHCP.*(address already in use)|port 67.*in use/i,
    sentence:
      "another program has port 67 (DHCP): stop it, or set `dhcp off` where it is to serve the guests",
  },
  {
    says: /address already in use/i,
    sentence:
      "another program has port 53 (DNS) on the zone's address: stop it, or let it leave that interface alone",
  },
  {
    says: /operation not permitted|permission denied|capabilit/i,
    sentence:
      "it may not: start Portico as root, or with the capabilities CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE",
  },
];

/** A sentence for people about a dnsmasq that did not start. */
export function dnsmasqFault(zoneName: string, code: number, stderr: string): string {
  const what = `Stations of the zone "${zoneName}" get no addresses and no DNS`;
  if (code === NOT_FOUND) {
    return `${what}: dnsmasq is not installed; \`apt-get install dnsmasq-base\` installs it`;
  }
  const said =
    stderr.split("\n").map((line) => line.trim()).filter(Boolean).at(-1)?.replace(/^dnsmasq: /, "") ??
      `it ended with ${code}`;
  const cause = CAUSES.find(({ says }) => says.test(said));
  return cause
    ? `${what}: dnsmasq did not start, ${cause.sentence} (${said})`
    : `${what}: dnsmasq did not start: ${said}`;
}
