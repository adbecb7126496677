import { direction, type Language, type Message, message, say } from "../../languages/say.ts";
import type { OutgoingMail } from "../../storage/outbox.ts";
import { escapeHtml } from "../../values/escape_html.ts";

/** Whom a mail is for. */
export interface MailRecipient {
  readonly username: string;
  readonly email: string;
}

/** A link and how long it is good for. */
export interface MailLink {
  readonly link: string;
  readonly validSeconds: number;
}

/** What a mail says, from top to bottom, before anybody knows in which language; a plain text is an operator's own. */
export interface MailContent {
  readonly subject: Message | string;
  readonly paragraphs: readonly (Message | string)[];
  /** Values to be copied, each under what it is called. */
  readonly facts?: readonly (readonly [name: Message, value: string])[];
  readonly button?: { readonly label: Message; readonly link: string };
  readonly closing: readonly Message[];
  readonly validSeconds: number | null;
}

// Line ends and the like: in a header they would begin another one, in a name they would forge paragraphs.
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g;
const WEB_ADDRESS = /^https?:\/\//i;
const BODY =
  "margin:0;padding:24px;background:#f4f5f7;color:#1c1e21;font:16px/1.5 system-ui,-apple-system,sans-serif";
const CARD = "max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:8px";
const BUTTON =
  "display:inline-block;padding:12px 20px;border-radius:6px;background:#0b57d0;color:#fff;text-decoration:none";
const SMALL = "font-size:14px;color:#565b63";

/** Says a mail in a language, as plain text and as HTML that says the same. */
export function composeMail(
  { username, email }: MailRecipient,
  content: MailContent,
  language: Language,
): OutgoingMail {
  const words = (text: Message | string) =>
    (typeof text === "string" ? text : say(language, text)).replaceAll(CONTROLS, " ");
  const subject = words(content.subject).trim();
  const greeting = words(message("mail_greeting", { username }));
  const facts = (content.facts ?? []).map(([name, value]) =>
    [words(name), value.replaceAll(CONTROLS, " ")] as const
  );
  const said = {
    opening: [greeting, ...content.paragraphs.map(words)],
    facts,
    button: content.button ? { label: words(content.button.label), link: content.button.link } : undefined,
    closing: content.closing.map(words),
  };
  return {
    to: email,
    from: null,
    subject,
    text: plainText(said),
    html: html(subject, said, language),
    validSeconds: content.validSeconds,
  };
}

interface SaidContent {
  readonly opening: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly button: { readonly label: string; readonly link: string } | undefined;
  readonly closing: readonly string[];
}

function plainText({ opening, facts, button, closing }: SaidContent): string {
  return [
    ...opening,
    ...(facts.length ? [facts.map(([name, value]) => `${name}: ${value}`).join("\n")] : []),
    // The line holds nothing else: programs make links of what they find.
    ...(button ? [`${button.label}:\n${button.link}`] : []),
    ...closing,
  ].join("\n\n") + "\n";
}

function html(subject: string, { opening, facts, button, closing }: SaidContent, language: Language): string {
  const paragraphs = (texts: readonly string[], style = "") =>
    texts.map((text) => `<p${style && ` style="${style}"`}>${escapeHtml(text)}</p>`);
  return [
    "<!doctype html>",
    `<html lang="${language}" dir="${direction(language)}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escapeHtml(subject)}</title></head>`,
    `<body style="${BODY}"><div style="${CARD}">`,
    ...paragraphs(opening),
    ...(facts.length ? factList(facts) : []),
    ...(button ? linkParagraphs(button) : []),
    ...paragraphs(closing, SMALL),
    "</div></body>",
    "</html>",
    "",
  ].join("\n");
}

function factList(facts: SaidContent["facts"]): string[] {
  const rows = facts.map(([name, value]) =>
    `<dt>${escapeHtml(name)}</dt><dd dir="auto"><strong>${escapeHtml(value)}</strong></dd>`
  );
  return ["<dl>", ...rows, "</dl>"];
}

/** As a button, and in full for whoever wants to see where it leads or copy it. */
function linkParagraphs({ label, link }: { readonly label: string; readonly link: string }): string[] {
  const address = escapeHtml(link);
  const shown = `<p dir="ltr" style="${SMALL};word-break:break-all">${address}</p>`;
  if (!WEB_ADDRESS.test(link)) return [shown];
  return [`<p><a href="${address}" style="${BUTTON}">${escapeHtml(label)}</a></p>`, shown];
}
