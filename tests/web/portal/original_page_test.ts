import { deepEqual, equal } from "node:assert/strict";
import { originalPage } from "../../../src/web/portal/original_page.ts";
import { memoryController, testZone } from "../../support/memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const zone = testZone({ address: ["10.1.0.1/24", "2001:DB8::1/64"], uamhostname: "login.example.org" });

function wanted(originalUrl: string) {
  const controller = memoryController([zone], () => NOON);
  return originalPage(controller.put("10.1.0.5", { originalUrl }));
}

Deno.test("where a guest wanted to go is offered as the address that it is", () => {
  deepEqual(wanted("http://example.org/a?b=c#d"), { url: "http://example.org/a?b=c#d", host: "example.org" });
  equal(wanted("http://example.org:8080/")?.host, "example.org:8080");
  equal(wanted("http://exämple.org/")?.host, "xn--exmple-cua.org");
  equal(wanted('http://example.org/"><b>')?.url, "http://example.org/%22%3E%3Cb%3E");
});

Deno.test("what nobody wants to go to is not offered", () => {
  for (
    const url of [
      "",
      "nonsense",
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://example.org/",
      "http://bank.example@evil.example/",
      `http://example.org/${"a".repeat(2047)}`,
      "http://captive.apple.com/hotspot-detect.html",
      "http://connectivitycheck.gstatic.com/generate_204",
      "http://10.1.0.1:3990/www/login",
      "http://[2001:db8::1]/",
      "http://1.0.0.1/",
      "http://1.0.0.0/",
      "http://login.example.org/",
      "http://logout/",
    ]
  ) equal(wanted(url), null, url);
});

Deno.test("where the authority sends its guests goes before", () => {
  const controller = memoryController([zone], () => NOON);
  controller.put("10.1.0.5", { originalUrl: "http://example.org/" });
  controller.open("10.1.0.5", { redirectionUrl: "https://venue.example/welcome" });
  deepEqual(originalPage(controller.at("10.1.0.5")), {
    url: "https://venue.example/welcome",
    host: "venue.example",
  });
  controller.open("10.1.0.5", { redirectionUrl: "javascript:alert(1)" });
  equal(originalPage(controller.at("10.1.0.5"))?.host, "example.org");
});
