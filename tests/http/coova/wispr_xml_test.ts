import { deepEqual, equal, match, ok } from "node:assert/strict";
import { uamSite } from "../../../src/http/coova/uam_site.ts";
import { redirectBody, type WisprEvent, type WisprVersion } from "../../../src/http/coova/wispr_xml.ts";
import { testZone } from "../../support/memory_controller.ts";

function site(options: Readonly<Record<string, unknown>> = {}) {
  const zone = testZone({ address: ["10.1.0.1/24"], uamserver: "http://192.0.2.10/login.php", ...options });
  return uamSite(zone, { local: { address: "10.1.0.1", port: 3990 } }, { called: "" });
}

/** The element's name, its MessageType, its ResponseCode, and the names of what else it has. */
function summary(event: WisprEvent, version: WisprVersion): string[] {
  const body = redirectBody(site(), event, version);
  const elements = [...body.matchAll(/^<(\w+)>(?:(.*)<\/\1>)?\r$/gm)];
  const [root, type, code, ...rest] = elements;
  return [root?.[1] ?? "", type?.[2] ?? "", code?.[2] ?? "", ...rest.map((one) => one[1] ?? "")];
}

Deno.test("each event has its element, MessageType and ResponseCode in both versions of WISPr", () => {
  const accepted = { kind: "accepted", replyMessage: null, redirectionUrl: "", sessionTimeout: 60 } as const;
  const urls = ["LogoffURL", "StatusURL"];
  deepEqual(summary(accepted, "1.0"), [
    "AuthenticationPollReply",
    "140",
    "50",
    "ReplyMessage",
    ...urls,
    "RedirectionURL",
    "MaxSessionTime",
  ]);
  deepEqual(summary(accepted, "2.0"), [
    "AuthenticationReply",
    "120",
    "50",
    ...urls,
    "MaxSessionTime",
    "RedirectionURL",
  ]);
  const table: readonly (readonly [WisprEvent, string, string])[] = [
    [
      { kind: "refused", replyMessage: null },
      "AuthenticationPollReply 140 100",
      "AuthenticationReply 120 100",
    ],
    [{ kind: "failed", reason: "timeout" }, "AuthenticationPollReply 140 102", "AuthenticationReply 120 102"],
    [{ kind: "failed", reason: "other" }, "AuthenticationPollReply 140 102", "AuthenticationReply 120 255"],
    [
      { kind: "refused", replyMessage: null, isEap: true },
      "EAPAuthenticationReply 121 100",
      "EAPAuthenticationReply 121 100",
    ],
    [
      { kind: "failed", reason: "mtu", isEap: true },
      "EAPAuthenticationReply 121 102",
      "EAPAuthenticationReply 121 253",
    ],
    [
      { kind: "failed", reason: "protocol", isEap: true },
      "EAPAuthenticationReply 121 102",
      "EAPAuthenticationReply 121 254",
    ],
    [{ kind: "already" }, "AuthenticationPollReply 140 102", "AuthenticationReply 140 102"],
    [{ kind: "logged off" }, "LogoffReply 130 150", "LogoffReply 130 150"],
    [{ kind: "aborted" }, "AbortLoginReply 150 151", "AbortLoginReply 150 151"],
    [{ kind: "abort refused" }, "AbortLoginReply 150 50", "AbortLoginReply 150 50"],
    [{ kind: "status", isOpen: true }, "AuthenticationPollReply 140 50", "StatusReply 160 0"],
    [{ kind: "status", isOpen: false }, "AuthenticationPollReply 140 150", "StatusReply 160 0"],
    [{ kind: "splash" }, "  ", "  "],
  ];
  for (const [event, of1, of2] of table) {
    equal(summary(event, "1.0").slice(0, 3).join(" "), of1);
    equal(summary(event, "2.0").slice(0, 3).join(" "), of2);
  }
  match(redirectBody(site(), { kind: "status", isOpen: false }, "2.0"), /<Status>1<\/Status>/);
  match(redirectBody(site(), accepted, "2.0"), /<MaxSessionTime>60<\/MaxSessionTime>/);
});

Deno.test("texts cannot leave their element, nor the comment around it", () => {
  const body = redirectBody(
    site({ radiuslocationname: "Bar--><script>&'\"]]>-", uamserver: "http://192.0.2.10/l?a=--b&c" }),
    { kind: "caught", challenge: "0".repeat(32) },
    "1.0",
  );
  match(
    body,
    /<LocationName>Bar&#45;-&gt;&lt;script&gt;&amp;&#39;&quot;\]\]&gt;-<\/LocationName>/,
  );
  match(body, /<LoginURL>http:\/\/192\.0\.2\.10\/l\?a=&#45;-b&amp;c&amp;res=wispr&amp;uamip=/);
  const [, comment = ""] = /<!--\r\n([^]*?)-->/.exec(body) ?? [];
  ok(comment.endsWith("</WISPAccessGatewayParam>\r\n") && !comment.includes("--"), comment);
  const message = redirectBody(
    site(),
    { kind: "refused", replyMessage: "a\u0000\u0007---\ufffe\ud800b" },
    "1.0",
  );
  match(message, /<ReplyMessage>a&#45;&#45;-b<\/ReplyMessage>/);
});

Deno.test("nowispr1 and nowispr2 say so, and wisprlogin takes the place of the login page", () => {
  const caught = { kind: "caught", challenge: "c" } as const;
  const of2 = redirectBody(site({ nowispr1: true, wisprlogin: "https://192.0.2.10/wispr" }), caught, "1.0");
  match(of2, /<VersionHigh>2\.0<\/VersionHigh>\r\n<VersionLow>2\.0<\/VersionLow>\r\n<AccessLocation>/);
  match(of2, /<LoginURL>https:\/\/192\.0\.2\.10\/wispr\?res=wispr&amp;/);
  const of1 = redirectBody(site({ nowispr2: true }), caught, "1.0");
  ok(!/Version|EAPMsg/.test(of1) && of1.includes("<AccessProcedure>1.0</AccessProcedure>"));
});
