import { equal } from "node:assert/strict";
import { captivePortalUrl } from "../../../src/http/captive_portal/api.ts";

Deno.test("DHCP tells the API's address when it is one over TLS, of at most 255 octets", () => {
  equal(captivePortalUrl("https://wifi.example.org"), "https://wifi.example.org/captive-portal/api");
  equal(
    captivePortalUrl("https://wifi.example.org:8443/x"),
    "https://wifi.example.org:8443/captive-portal/api",
  );
  equal(captivePortalUrl("https://gäste.example"), "https://xn--gste-loa.example/captive-portal/api");
  for (const wrong of ["", "http://wifi.example.org", "nonsense"]) {
    equal(captivePortalUrl(wrong), null, wrong);
  }
  const longest = `https://${"a.".repeat(112)}org`;
  equal(captivePortalUrl(`${longest}o`)?.length, 255);
  equal(captivePortalUrl(`${longest}oo`), null);
});
