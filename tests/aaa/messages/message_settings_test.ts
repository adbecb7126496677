import { deepEqual, equal, throws } from "node:assert/strict";
import { mailDestination, mailSender, smsDestination } from "../../../src/aaa/messages/message_settings.ts";
import { readConfig } from "../../../src/config.ts";

const config = (environment: Record<string, string>) => readConfig({ environment });

Deno.test("where messages go is read from one word each", () => {
  deepEqual([smsDestination(config({})), mailDestination(config({}))], [{ kind: "log" }, { kind: "log" }]);
  const files = config({ PORTICO_SMS: "file:sent/sms.jsonl", PORTICO_MAIL: "file:/var/mail" });
  deepEqual([smsDestination(files), mailDestination(files)], [
    { kind: "file", path: "sent/sms.jsonl" },
    { kind: "file", folder: "/var/mail" },
  ]);
  deepEqual(
    smsDestination(config({
      PORTICO_SMS: "webhook:https://sms.example/send",
      PORTICO_SMS_WEBHOOK_METHOD: "PUT",
      PORTICO_SMS_WEBHOOK_HEADERS: '{"X-Key": "k"}',
      PORTICO_SMS_WEBHOOK_BODY: "to={to}&text={body}",
      PORTICO_SMS_WEBHOOK_ACCEPTED: "OK",
    })),
    {
      kind: "webhook",
      url: "https://sms.example/send",
      method: "PUT",
      headers: { "X-Key": "k" },
      body: "to={to}&text={body}",
      accepted: "OK",
    },
  );
  deepEqual(smsDestination(config({ PORTICO_SMS: "twilio:AC1:secret" })), {
    kind: "twilio",
    account: "AC1",
    token: "secret",
    origin: "https://api.twilio.com",
  });
});

const WRONG:
  readonly (readonly [key: string, value: string, further: Record<string, string>, says: RegExp])[] = [
    ["PORTICO_SMS", "carrier-pigeon", {}, /expected log, file:PATH, webhook:URL or twilio/],
    ["PORTICO_SMS", "webhook:ftp://x", {}, /expected log, file:PATH/],
    ["PORTICO_SMS", "webhook:https://{to}.example/{body}", {}, /without placeholders in its host/],
    ["PORTICO_SMS", "twilio:AC1:t@nowhere", {}, /expected twilio:ACCOUNT:TOKEN/],
    ["PORTICO_SMS", "webhook:https://x/?to={to}", { PORTICO_SMS_WEBHOOK_METHOD: "GET" }, /expected \{body\}/],
    ["PORTICO_SMS_WEBHOOK_METHOD", "DELETE", {}, /expected POST, PUT or GET/],
    ["PORTICO_SMS_WEBHOOK_HEADERS", '{"a b": "c"}', {}, /expected headers that HTTP allows, not a b/],
    ["PORTICO_SMS_WEBHOOK_HEADERS", '{"a": "b\\nc"}', {}, /expected headers that HTTP allows, not a$/],
    ["PORTICO_SMS_WEBHOOK_BODY", "to={to}", {}, /expected \{body\} somewhere in it/],
    ["PORTICO_SMS_WEBHOOK_BODY", '{"to": {to}, "text": "{body}"}', {}, /expected JSON/],
    ["PORTICO_SMS_WEBHOOK_BODY", "{to} {body}", { PORTICO_SMS_WEBHOOK_METHOD: "GET" }, /GET sends no body/],
    ["PORTICO_MAIL", "mail.example.org", {}, /expected log, file:DIR, smtp:/],
    ["PORTICO_MAIL", "smtp://mail.example.org?tls=perhaps", {}, /expected tls to be required/],
    ["PORTICO_MAIL", "smtp://mail.example.org:99999", {}, /: expected a port from 1 to 65535, not 99999$/],
    ["PORTICO_MAIL", "smtps://ada:s3cret@[::1]:0/?tls=off", {}, /: expected a port from 1 to 65535, not 0$/],
    ["PORTICO_MAIL", "smtp://ada:s3cret99@mail example.org", {}, /: expected smtp:\/\/HOST or smtps/],
    ["PORTICO_MAIL_FROM", "nobody", {}, /expected an address/],
    ["PORTICO_MAIL_FROM", "A <a@b.c>, D <d@e.f>", {}, /expected an address/],
  ];

Deno.test("what cannot be sent with is refused at start, by the setting's name and without its secrets", () => {
  for (const [key, value, further, says] of WRONG) {
    const webhook: Record<string, string> = key === "PORTICO_SMS" ? {} : {
      PORTICO_SMS: "webhook:https://us:s3cret@x/?to={to}" +
        (further.PORTICO_SMS_WEBHOOK_METHOD === "GET" ? "&text={body}" : ""),
    };
    throws(() => config({ ...webhook, ...further, [key]: value }), (fault: Error) => {
      equal(fault.message.startsWith(`${key}: `) || fault.message.startsWith(`${key}.`), true, fault.message);
      equal(fault.message.includes("s3cret"), false);
      equal(says.test(fault.message), true, fault.message);
      return true;
    });
  }
});

Deno.test("mail is from who is set, else from who logs in, else from the site", () => {
  const from = (environment: Record<string, string>) => mailSender(config(environment));
  equal(from({}), "no-reply@localhost");
  equal(from({ PORTICO_SITE_DOMAIN: "wifi.example.org:8443" }), "no-reply@wifi.example.org");
  equal(from({ PORTICO_MAIL: "smtp://ada%40example.org:x@mail.example.org" }), "ada@example.org");
  equal(from({ PORTICO_MAIL_FROM: "Hotel Sole <wifi@example.org>" }), "Hotel Sole <wifi@example.org>");
});
