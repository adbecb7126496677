import { deepEqual } from "node:assert/strict";
import { judgeStranger, type Tried } from "../../../src/controller/doctor/judge_stranger.ts";
import type { Outcome } from "../../../src/controller/doctor/probe.ts";
import { testZone } from "./scripted_box.ts";

const ZONE = testZone();

function judged(tried: Tried, zone = ZONE): string {
  const [finding] = judgeStranger(zone, "10.1.0.9", [tried]).slice(1);
  return finding ? `${finding.state}: ${finding.text}` : "nothing";
}

const page = (outcome: Omit<Extract<Outcome, { kind: "page" }>, "kind">) =>
  judged({ probe: { kind: "page", address: "9.9.9.9", host: "x" }, outcome: { kind: "page", ...outcome } });
const connect = (result: "connected" | "refused" | "silent", address = "9.9.9.9") =>
  judged({ probe: { kind: "connect", address, port: 443 }, outcome: { kind: "connect", result } });
const name = (rcode: number | null, addresses: string[], zone = ZONE) =>
  judged({
    probe: { kind: "name", server: "10.1.0.1", name: "logout" },
    outcome: { kind: "name", rcode, addresses },
  }, zone);

Deno.test("a page is right when it leads to the login page, also by the home page before it", () => {
  deepEqual(
    [
      page({ status: 302, location: "http://10.1.0.1:3990/www/login?res=notyet&uamip=10.1.0.1" }),
      page({ status: 302, location: "http://home.example.org/?loginurl=http%3a%2f%2fx" }),
      page({ status: 302, location: "https://www.example.org/" }),
      page({ status: 200, location: "" }),
      page({ status: null, location: "" }),
    ],
    [
      "good: A stranger who opens a web page is sent to http://10.1.0.1:3990/www/login",
      "good: A stranger who opens a web page is sent to http://home.example.org/",
      "bad: A stranger who opens a web page is not caught: the answer has status 302",
      "bad: A stranger who opens a web page is not caught: the answer has status 200",
      "bad: A stranger who opens a web page gets no answer: no log-in window opens",
    ],
  );
});

Deno.test("a way out is right when it is refused at once", () => {
  deepEqual([connect("refused"), connect("silent"), connect("connected"), connect("connected", "10.1.0.1")], [
    "good: A stranger is refused 9.9.9.9:443 at once",
    "warning: A stranger who tries 9.9.9.9:443 waits for nothing: packets are dropped, not refused",
    "bad: A stranger reaches 9.9.9.9:443 on the internet",
    "bad: A stranger reaches 10.1.0.1:443 of the box",
  ]);
});

Deno.test("DNS is right when it answers, and knows where to log out", () => {
  deepEqual([name(0, ["1.0.0.0"]), name(3, []), name(null, []), name(3, [], testZone({ uamlogoutip: "" }))], [
    "good: DNS answers a stranger",
    "warning: DNS answers a stranger, but does not know http://logout/",
    "bad: A stranger gets no answer from DNS",
    "good: DNS answers a stranger",
  ]);
});

Deno.test("an address is asked for only where Portico hands them out", () => {
  const dhcp = (zone = ZONE, offered: string | null = null) =>
    judgeStranger(zone, offered, []).map(({ text }) => text);
  deepEqual(dhcp(), ["A stranger is offered no address by DHCP"]);
  deepEqual(dhcp(ZONE, "10.1.0.9"), ["A stranger is offered an address (10.1.0.9)"]);
  deepEqual(dhcp(testZone({ dhcp: false })), []);
});
