import { type DetectionProbe, detectionProbe } from "../../values/detection_probe.ts";

/** A whole answer; `headers` are in the order to be sent, without those that every answer has. */
export interface ProbeAnswer {
  readonly status: 200 | 204;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A stored answer would tell a station that was caught again that it is free. */
const NOT_STORED = { "Cache-Control": "no-store" };
const TEXT = { ...NOT_STORED, "Content-Type": "text/plain" };
const HTML = { ...NOT_STORED, "Content-Type": "text/html" };
const ONLINE = { "X-NetworkManager-Status": "online" };

/** The page of Amazon's readers is known by this, in its body (alexa/avs-device-sdk, InternetConnectionMonitor). */
const KINDLE = "81ce4465-7167-4dcb-835b-dcc9e44c112a";

const ANSWERS: Readonly<Record<DetectionProbe, ProbeAnswer>> = {
  // AOSP packages/modules/NetworkStack, NetworkMonitor: 204, or 200 without a body.
  // Chromium, components/captive_portal: 204.
  "no content": { status: 204, headers: NOT_STORED, body: "" },
  // Captive Network Assistant compares the page.
  apple: {
    status: 200,
    headers: HTML,
    body: "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n",
  },
  // Network Connectivity Status Indicator: ActiveWebProbeContent of Windows 10, and of those before.
  "windows connect test": { status: 200, headers: TEXT, body: "Microsoft Connect Test" },
  "windows ncsi": { status: 200, headers: TEXT, body: "Microsoft NCSI" },
  // Firefox compares to the octet: captivedetect.canonicalContent; success.txt is network.connectivity-service's.
  "firefox success": { status: 200, headers: TEXT, body: "success\n" },
  "firefox canonical": {
    status: 200,
    headers: HTML,
    body: '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
  },
  kindle: { status: 200, headers: HTML, body: `<html><body>${KINDLE}</body></html>\n` },
  // NetworkManager.conf(5), [connectivity] response; the header decides before the body (nm-connectivity.c).
  "network manager": {
    status: 200,
    headers: { ...TEXT, ...ONLINE },
    body: "NetworkManager is online\n",
  },
  "network manager, no content": { status: 204, headers: { ...NOT_STORED, ...ONLINE }, body: "" },
  fedora: { status: 200, headers: TEXT, body: "OK" },
};

/**
 * What a system that looks whether it is caught wants to hear when it is not; null for any other request. For stations
 * that are open: the others are redirected like everything else.
 *
 * @param host as the request has it, with or without a port.
 * @param path with or without a query.
 */
export function probeAnswer(host: string, path: string): ProbeAnswer | null {
  const probe = detectionProbe(host, path);
  return probe && ANSWERS[probe];
}
