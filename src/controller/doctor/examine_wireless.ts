import type { Examination } from "./examination.ts";
import { bad, type Finding, warning } from "./finding.ts";

/** Hints for an interface that is the access point itself; nothing where it has a cable. */
export async function examineWireless({ box }: Pick<Examination, "box">, name: string): Promise<Finding[]> {
  const radio = (await box.readText(`/sys/class/net/${name}/phy80211/name`))?.trim();
  if (!radio) return [];
  const [switches, info] = await Promise.all([
    box.run("rfkill", ["--noheadings", "--output", "DEVICE,SOFT,HARD"]),
    box.run("iw", ["dev", name, "info"]),
  ]);
  const [soft, hard] = switches.stdout.split("\n").map((line) => line.trim().split(/\s+/))
    .find(([device]) => device === radio)?.slice(1) ?? [];
  if (hard === "blocked") {
    return [bad("radio", `The radio of ${name} is switched off by a switch on the machine`)];
  }
  if (soft === "blocked") {
    return [bad("radio", `The radio of ${name} is switched off`, `rfkill unblock wlan`)];
  }
  if (info.code !== 0 || /^\s*type AP$/m.test(info.stdout)) return [];
  const text = `${name} is wireless, and nothing makes an access point of it: hostapd does`;
  return [warning("radio", text, "apt-get install hostapd")];
}
