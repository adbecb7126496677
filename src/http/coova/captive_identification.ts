import { secondsLeft } from "./login_redirect.ts";
import { captiveJsonAnswer, type UamAnswer } from "./uam_answer.ts";
import type { UamAsked } from "./uam_asked.ts";

/** RFC 8908 as CoovaChilli has it on its port, white space included (coova 9). */
export function captiveIdentification({ site, station, ports }: UamAsked): UamAnswer {
  const { uamhomepage, venueinfourl } = site.zone.options;
  const isCaptive = station.state === "stranger" || station.state === "splash";
  // Where the login page is opened with all that it needs.
  const portal = uamhomepage || `${site.base}/prelogin`;
  const left = secondsLeft(station, ports.now());
  const members = [`"captive":${isCaptive}`, `"user-portal-url":${JSON.stringify(portal)}`];
  if (!isCaptive) {
    if (venueinfourl) members.push(`"venue-info-url": ${JSON.stringify(venueinfourl)}`);
    members.push('"can-extend-session": true');
    if (left) members.push(`"seconds-remaining":${left}`);
  }
  return captiveJsonAnswer(`{${members.join(", ")}}`);
}
