import { encodeBase64 } from "../../values/base64.ts";
import type { UamSite } from "./uam_site.ts";

/** The form of WISPr's answers that a log-on asked for (coova 10). */
export type WisprVersion = "1.0" | "2.0";

/** What is told a WISPr client, inside a comment of the redirect's body. */
export type WisprEvent =
  | { readonly kind: "caught"; readonly challenge: string }
  | {
    readonly kind: "accepted";
    readonly replyMessage: string | null;
    readonly redirectionUrl: string;
    /** Seconds; 0 is no limit. */
    readonly sessionTimeout: number;
    /** That ends an EAP exchange. */
    readonly eapMessage?: Uint8Array;
  }
  /** An EAP exchange goes on. */
  | { readonly kind: "challenge"; readonly challenge: string; readonly eapMessage: Uint8Array }
  | { readonly kind: "refused"; readonly replyMessage: string | null; readonly isEap?: boolean }
  | { readonly kind: "failed"; readonly reason: keyof typeof FAILURES; readonly isEap?: boolean }
  | { readonly kind: "already" }
  | { readonly kind: "logged off" }
  | { readonly kind: "aborted" }
  | { readonly kind: "abort refused" }
  | { readonly kind: "status"; readonly isOpen: boolean }
  | { readonly kind: "splash" };

type Elements = readonly (readonly [name: string, text: string])[];

/** Why nobody was let in or refused, by the codes of WISPr 2.0. */
const FAILURES = {
  timeout: ["102", "Radius error"],
  mtu: ["253", "The EAP message is too long"],
  protocol: ["254", "The EAP message is not in base64"],
  other: ["255", "Radius error"],
} as const;
/** An EAP-Request for the identity (RFC 3748 section 5.1): code 1, identifier 1, length 5, type 1. */
const EAP_IDENTITY_REQUEST = "AQEABQE=";
/** What WISPr 1.0 answers whatever the limit is (coova 10). */
const SESSION_SECONDS_OF_1_0 = "3600";

const HEAD = [
  "<HTML><BODY><H2>Browser error!</H2>Browser does not support redirects!</BODY>",
  "<!--",
  '<?xml version="1.0" encoding="UTF-8"?>',
  "<WISPAccessGatewayParam",
  '  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  '  xsi:noNamespaceSchemaLocation="http://www.wballiance.net/wispr_2_0.xsd">',
  "",
].join("\r\n");
const TAIL = ["</WISPAccessGatewayParam>", "-->", "", "</HTML>", ""].join("\r\n");

/** A redirect's body: for people whose browser does not follow it, and XML for WISPr clients. */
export function redirectBody(site: UamSite, event: WisprEvent, version: WisprVersion): string {
  const [root, elements] = message(site, event, version);
  if (!root) return HEAD + TAIL;
  const lines = elements.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return `${HEAD}${[`<${root}>`, ...lines, `</${root}>`, ""].join("\r\n")}${TAIL}`;
}

function message(site: UamSite, event: WisprEvent, version: WisprVersion): readonly [string, Elements] {
  const is2 = version === "2.0";
  const [authentication, authenticationType] = authenticationReply(event, is2);
  switch (event.kind) {
    case "caught":
      return ["Redirect", caught(site, event.challenge)];
    case "challenge":
      return [authentication, [...codes(authenticationType, "10"), ...challenged(site, event)]];
    case "accepted":
      return [authentication, [...codes(authenticationType, "50"), ...accepted(site, event, is2)]];
    case "refused":
      return [authentication, [
        ...codes(authenticationType, "100"),
        ["ReplyMessage", event.replyMessage ?? "Wrong user name or password"],
      ]];
    case "failed":
      return [authentication, [
        ...codes(authenticationType, FAILURES[is2 ? event.reason : "timeout"][0]),
        ["ReplyMessage", FAILURES[event.reason][1]],
      ]];
    case "already":
      return [authentication, [...codes("140", "102"), ["ReplyMessage", "Already logged on"]]];
    case "logged off":
      return ["LogoffReply", codes("130", "150")];
    case "aborted":
      return ["AbortLoginReply", codes("150", "151")];
    case "abort refused":
      return ["AbortLoginReply", codes("150", "50")];
    case "status":
      return is2
        ? ["StatusReply", [...codes("160", "0"), ["Status", event.isOpen ? "0" : "1"]]]
        : ["AuthenticationPollReply", [
          ...codes("140", event.isOpen ? "50" : "150"),
          ["ReplyMessage", event.isOpen ? "Already logged on" : "Not logged on"],
        ]];
    case "splash":
      return ["", []];
  }
}

/** What a log-on is answered with: the element and its MessageType. */
function authenticationReply(event: WisprEvent, is2: boolean): readonly [string, string] {
  const isEap = "isEap" in event ? event.isEap : "eapMessage" in event;
  if (isEap) return ["EAPAuthenticationReply", "121"];
  return is2 ? ["AuthenticationReply", "120"] : ["AuthenticationPollReply", "140"];
}

/** An EAP exchange goes on: the client's next message goes to the LoginURL. */
function challenged(
  site: UamSite,
  { challenge, eapMessage }: Extract<WisprEvent, { kind: "challenge" }>,
): Elements {
  return [
    ["EAPMsg", encodeBase64(eapMessage)],
    ["LoginURL", loginUrl(site, challenge, "&continue=1")],
  ];
}

function codes(messageType: string, responseCode: string): Elements {
  return [["MessageType", messageType], ["ResponseCode", responseCode]];
}

function caught(site: UamSite, challenge: string): Elements {
  const { nowispr1, nowispr2, radiuslocationid, radiuslocationname } = site.zone.options;
  return [
    ...codes("100", "0"),
    ...nowispr2 ? [] : [["VersionHigh", "2.0"], ["VersionLow", nowispr1 ? "2.0" : "1.0"]] as const,
    ...nowispr1 ? [] : [["AccessProcedure", "1.0"]] as const,
    ["AccessLocation", radiuslocationid],
    ["LocationName", radiuslocationname],
    ["LoginURL", loginUrl(site, challenge)],
    ["AbortLoginURL", `${site.base}/abort`],
    ...nowispr2 ? [] : [["EAPMsg", EAP_IDENTITY_REQUEST]] as const,
  ];
}

/** Where a WISPr client sends what it knows, and what an EAP exchange goes on with. */
function loginUrl(site: UamSite, challenge: string, next = ""): string {
  const login = site.zone.options.wisprlogin || site.loginPage;
  const parameters = `res=wispr&uamip=${site.ip}${next}&uamport=${site.port}&challenge=${challenge}`;
  return `${login}${login.includes("?") ? "&" : "?"}${parameters}`;
}

function accepted(
  site: UamSite,
  { replyMessage, redirectionUrl, sessionTimeout, eapMessage }: Extract<WisprEvent, { kind: "accepted" }>,
  is2: boolean,
): Elements {
  const urls: Elements = [["LogoffURL", `${site.base}/logoff`], ["StatusURL", `${site.base}/status`]];
  const redirection: Elements = [["RedirectionURL", redirectionUrl]];
  const eap: Elements = eapMessage ? [["EAPMsg", encodeBase64(eapMessage)]] : [];
  return is2 ? [...eap, ...urls, ["MaxSessionTime", String(sessionTimeout)], ...redirection] : [
    ["ReplyMessage", replyMessage ?? "Logged on"],
    ...urls,
    ...redirection,
    ["MaxSessionTime", SESSION_SECONDS_OF_1_0],
  ];
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Also good inside a comment, which `--` would end; what XML 1.0 cannot say at all is left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? character)
    .replaceAll(/-(?=-)/g, "&#45;");
}
