import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { confirmationMail } from "../../../src/aaa/messages/confirmation_mail.ts";
import { credentialsMail } from "../../../src/aaa/messages/credentials_mail.ts";
import { passwordResetMail } from "../../../src/aaa/messages/password_reset_mail.ts";
import { sessionStartedMail } from "../../../src/aaa/messages/session_started_mail.ts";
import { type Language, LANGUAGES } from "../../../src/languages/say.ts";
import type { OutgoingMail } from "../../../src/storage/outbox.ts";

const HOTEL = { name: "Hotel Sole", loginUrl: "https://wifi.example.org/login" };
const ADA = { username: "ada", email: "ada@example.org" };
const LINK = { link: "https://wifi.example.org/reset?a=1&b=%22", validSeconds: 259_200 };
const NO_WORDING = { batchMailSubject: "", batchMailMessage: "", batchMailSender: "" };

function mailsIn(language: Language, organization = HOTEL, user = ADA): OutgoingMail[] {
  return [
    confirmationMail(organization, user, LINK, language),
    passwordResetMail(organization, user, LINK, language),
    sessionStartedMail(organization, user, LINK, language),
    credentialsMail(NO_WORDING, organization, { ...user, password: "p&ss<1>" }, language),
  ];
}

Deno.test("a mail says the same as text and as HTML", () => {
  const mail = passwordResetMail(HOTEL, ADA, LINK, "en");
  equal(mail.to, "ada@example.org");
  equal(mail.subject, "Hotel Sole: choose a new password");
  equal(
    mail.text,
    `Hello ada,

Somebody, hopefully you, asked for a new password for the account ada at Hotel Sole.

Choose a new password:
${LINK.link}

The link expires in 3 days.

If that was not you, ignore this message: the password stays as it is.
`,
  );
  const shown = mail.html.replace(/<(head|title)>.*<\/\1>/gs, "").replace(/<[^>]+>/g, "\n")
    .replaceAll("&amp;", "&").split("\n").filter(Boolean);
  deepEqual(
    shown,
    mail.text.split("\n").filter(Boolean).map((line) => line.replace(/password:$/, "password")),
  );
  equal(mail.validSeconds, 259_200);
});

Deno.test("every mail is there in every language, with its link, and the Arabic one reads from right to left", () => {
  const english = new Set(mailsIn("en").map(({ subject }) => subject));
  for (const language of LANGUAGES) {
    for (const mail of mailsIn(language)) {
      match(mail.html, new RegExp(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">`));
      ok(mail.html.includes('<a href="https://wifi.example.org/'), language);
      ok(mail.text.includes("\nhttps://wifi.example.org/"), language);
      doesNotMatch(mail.text + mail.html + mail.subject, /\{\w+(, in)?\}/);
      ok(language === "en" || !english.has(mail.subject), `${language}: ${mail.subject}`);
    }
  }
});

Deno.test("what people typed is text in a mail, whatever it looks like", () => {
  const organization = { ...HOTEL, name: "<img src=x onerror=alert(1)>\r\nBcc: eve@example.org\u2028&" };
  const user = { username: '"><script>alert(1)</script>', email: "ada@example.org" };
  for (const mail of mailsIn("en", organization, user)) {
    doesNotMatch(mail.html, /<img|<script/);
    doesNotMatch(mail.subject, /[\r\n\u2028]/);
    ok(mail.html.includes("&lt;script&gt;alert(1)"), mail.html);
    equal(mail.text.split("\n").filter((line) => line.startsWith("Bcc")).length, 0);
  }
});

Deno.test("an address that is none of the web's is shown and leads nowhere", () => {
  const { html, text } = passwordResetMail(HOTEL, ADA, { ...LINK, link: "javascript:alert('x')" }, "en");
  doesNotMatch(html, /href/);
  ok(html.includes("javascript:alert(&#39;x&#39;)"));
  ok(text.includes("javascript:alert('x')"));
});

Deno.test("credentials are told one by one, or as an operator words it", () => {
  const user = { ...ADA, password: "p&ss<1>" };
  const ours = credentialsMail(NO_WORDING, HOTEL, user, "en");
  match(ours.text, /^User name: ada\nPassword: p&ss<1>$/m);
  match(ours.html, /<dt>Password<\/dt>\s*<dd dir="auto"><strong>p&amp;ss&lt;1&gt;<\/strong><\/dd>/);
  equal(ours.from, null);
  const theirs = credentialsMail(
    {
      batchMailSubject: "Your access",
      batchMailMessage: "Dear guest,\n\nname: {}, password: {} {}",
      batchMailSender: "Desk <desk@hotel.example>",
    },
    HOTEL,
    { ...user, username: "{}" },
    "de",
  );
  equal(theirs.subject, "Your access");
  equal(theirs.from, "Desk <desk@hotel.example>");
  match(theirs.text, /\n\nDear guest,\n\nname: \{\}, password: p&ss<1> \n\n/);
});
