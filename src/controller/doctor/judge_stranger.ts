import type { Zone } from "../../aaa/identity/zones.ts";
import { prefixesOf } from "./examination.ts";
import { bad, type Finding, good, warning } from "./finding.ts";
import type { Outcome, Probe } from "./probe.ts";

export interface Tried {
  readonly probe: Probe;
  readonly outcome: Outcome;
}

/** What is wrong is nothing that one setting would heal: the rules are to be written anew, or somebody meddles. */
const AGAIN = "portico zone apply";

/** To `uamserver`, or to `uamhomepage` before it (coova 4). */
const LOGIN_PAGE = /[?&](res=notyet(&|$)|loginurl=)/;

/** @param offered the address that DHCP offered; null when it did not, or was not asked. */
export function judgeStranger(zone: Zone, offered: string | null, tried: readonly Tried[]): Finding[] {
  return [...judgeDhcp(zone, offered), ...tried.flatMap((each) => judge(zone, each))];
}

function judgeDhcp({ options }: Zone, offered: string | null): Finding[] {
  if (!options.dhcp) return [];
  if (offered) return [good("captivity", `A stranger is offered an address (${offered})`)];
  return [bad("captivity", "A stranger is offered no address by DHCP", AGAIN)];
}

function judge(zone: Zone, { probe, outcome }: Tried): Finding[] {
  if (probe.kind === "name" && outcome.kind === "name") return judgeName(zone, outcome);
  if (probe.kind === "page" && outcome.kind === "page") return judgePage(outcome);
  if (probe.kind === "connect" && outcome.kind === "connect") return judgeConnection(zone, probe, outcome);
  return [];
}

function judgeName({ options }: Zone, { rcode, addresses }: Extract<Outcome, { kind: "name" }>): Finding[] {
  if (rcode === null) return [bad("captivity", "A stranger gets no answer from DNS", AGAIN)];
  if (!options.uamlogoutip || addresses.includes(options.uamlogoutip)) {
    return [good("captivity", "DNS answers a stranger")];
  }
  return [warning("captivity", "DNS answers a stranger, but does not know http://logout/", AGAIN)];
}

function judgePage({ status, location }: Extract<Outcome, { kind: "page" }>): Finding[] {
  if (status === null) {
    return [
      bad("captivity", "A stranger who opens a web page gets no answer: no log-in window opens", AGAIN),
    ];
  }
  if (status === 302 && LOGIN_PAGE.test(location)) {
    return [good("captivity", `A stranger who opens a web page is sent to ${location.split("?")[0]}`)];
  }
  return [
    bad("captivity", `A stranger who opens a web page is not caught: the answer has status ${status}`, AGAIN),
  ];
}

function judgeConnection(
  zone: Zone,
  { address, port }: Extract<Probe, { kind: "connect" }>,
  { result }: Extract<Outcome, { kind: "connect" }>,
): Finding[] {
  const isOwn = prefixesOf(zone, "ipv4").some((text) => text.split("/")[0] === address);
  const target = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  switch (result) {
    case "connected":
      return [
        bad("captivity", `A stranger reaches ${target} ${isOwn ? "of the box" : "on the internet"}`, AGAIN),
      ];
    case "silent": {
      const text = `A stranger who tries ${target} waits for nothing: packets are dropped, not refused`;
      return [warning("captivity", text, AGAIN)];
    }
    case "refused":
      return [good("captivity", `A stranger is refused ${target} at once`)];
  }
}
