/** What a system asks on port 80, again and again, to learn whether it is caught. */
export type DetectionProbe =
  | "no content"
  | "apple"
  | "windows connect test"
  | "windows ncsi"
  | "firefox success"
  | "firefox canonical"
  | "kindle"
  | "network manager"
  | "network manager, no content"
  | "fedora";

/** Android's and Chromium's are the same; makers of telephones have servers of their own with the same path. */
const NO_CONTENT_HOSTS = new Set([
  "connectivitycheck.gstatic.com",
  "connectivitycheck.android.com",
  "www.gstatic.com",
  "play.googleapis.com",
  "www.google.com",
  "clients1.google.com",
  "clients3.google.com",
  "clients4.google.com",
  "clients.l.google.com",
  "connectivitycheck.samsung.com",
  "connectivitycheck.platform.hicloud.com",
  "connectivitycheck.cbg-app.huawei.com",
  "connect.rom.miui.com",
  "wifi.vivo.com.cn",
  "conn1.oppomobile.com",
  "conn2.oppomobile.com",
  "connectivitycheck.grapheneos.network",
  "captiveportal.kuketz.de",
  "cp.cloudflare.com",
]);
const NO_CONTENT_PATHS = new Set(["/generate_204", "/gen_204"]);

/** Older iPhones choose one of these by lot, with a path of their own making. */
const APPLE_HOSTS = new Set([
  "captive.apple.com",
  "www.appleiphonecell.com",
  "www.airport.us",
  "www.ibook.info",
  "www.itools.info",
  "www.thinkdifferent.us",
]);

const EXACT: ReadonlyMap<string, DetectionProbe> = new Map([
  ["www.apple.com/library/test/success.html", "apple"],
  ["www.msftconnecttest.com/connecttest.txt", "windows connect test"],
  ["ipv6.msftconnecttest.com/connecttest.txt", "windows connect test"],
  ["www.msftncsi.com/ncsi.txt", "windows ncsi"],
  ["ipv6.msftncsi.com/ncsi.txt", "windows ncsi"],
  ["edge-http.microsoft.com/captiveportal/generate_204", "no content"],
  ["detectportal.firefox.com/success.txt", "firefox success"],
  ["detectportal.firefox.com/canonical.html", "firefox canonical"],
  ["spectrum.s3.amazonaws.com/kindle-wifi/wifistub.html", "kindle"],
  ["spectrum.s3.amazonaws.com/kindle-wifi/wifistub-eink.html", "kindle"],
  ["nmcheck.gnome.org/check_network_status.txt", "network manager"],
  ["network-test.debian.org/nm", "network manager"],
  ["ping.archlinux.org/nm-check.txt", "network manager"],
  ["www.archlinux.org/check_network_status.txt", "network manager"],
  ["connectivity-check.ubuntu.com/", "network manager, no content"],
  ["fedoraproject.org/static/hotspot.txt", "fedora"],
]);

/** Which of them a request is; null for a page that somebody wants. The host may have a port, the path a query. */
export function detectionProbe(host: string, path: string): DetectionProbe | null {
  const name = host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  const file = path.split("?", 1)[0] || "/";
  if (NO_CONTENT_HOSTS.has(name) && NO_CONTENT_PATHS.has(file)) return "no content";
  return APPLE_HOSTS.has(name) ? "apple" : EXACT.get(name + file) ?? null;
}
