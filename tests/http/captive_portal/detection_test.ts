import { deepEqual, equal, match } from "node:assert/strict";
import { probeAnswer } from "../../../src/http/captive_portal/detection.ts";

const SUCCESS = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";

/** What each vendor's program asks, and what it takes for the open internet. */
const ASKED: readonly [host: string, path: string, status: number, body: string][] = [
  ["connectivitycheck.gstatic.com", "/generate_204", 204, ""],
  ["www.google.com", "/gen_204", 204, ""],
  ["clients3.google.com", "/generate_204", 204, ""],
  ["WWW.GSTATIC.COM:80", "/generate_204?x=1", 204, ""],
  ["captive.apple.com", "/hotspot-detect.html", 200, SUCCESS],
  ["captive.apple.com.", "/", 200, SUCCESS],
  ["www.apple.com", "/library/test/success.html", 200, SUCCESS],
  ["www.airport.us", "/h2jZ/7Ya.html", 200, SUCCESS],
  ["www.msftconnecttest.com", "/connecttest.txt", 200, "Microsoft Connect Test"],
  ["ipv6.msftconnecttest.com", "/connecttest.txt", 200, "Microsoft Connect Test"],
  ["www.msftncsi.com", "/ncsi.txt", 200, "Microsoft NCSI"],
  ["detectportal.firefox.com", "/success.txt?ipv4", 200, "success\n"],
  [
    "detectportal.firefox.com",
    "/canonical.html",
    200,
    '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
  ],
  ["nmcheck.gnome.org", "/check_network_status.txt", 200, "NetworkManager is online\n"],
  ["connectivity-check.ubuntu.com", "/", 204, ""],
  ["connectivity-check.ubuntu.com", "", 204, ""],
];

Deno.test("whoever asks whether it is caught hears what its maker wants to hear", () => {
  for (const [host, path, status, body] of ASKED) {
    const answer = probeAnswer(host, path);
    deepEqual([answer?.status, answer?.body], [status, body], host + path);
    equal(answer?.headers["Cache-Control"], "no-store");
  }
  match(
    probeAnswer("spectrum.s3.amazonaws.com", "/kindle-wifi/wifistub.html")?.body ?? "",
    /81ce4465-7167-4dcb-835b-dcc9e44c112a/,
  );
  equal(probeAnswer("connectivity-check.ubuntu.com", "/")?.headers["X-NetworkManager-Status"], "online");
});

Deno.test("a page that a guest may want is no probe", () => {
  for (
    const [host, path] of [
      ["www.google.com", "/"],
      ["www.apple.com", "/"],
      ["example.org", "/generate_204"],
      ["detectportal.firefox.com", "/"],
      ["www.msftconnecttest.com", "/redirect"],
      ["", ""],
    ] as const
  ) equal(probeAnswer(host, path), null, host + path);
});
