import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Delivery } from "../../src/aaa/messages/senders.ts";
import { parseSmtpUrl } from "../../src/aaa/messages/smtp_server.ts";
import { connectByName } from "../../src/runtime/smtp_connect_by_name.ts";
import { smtpSender } from "../../src/runtime/smtp_sender.ts";
import type { OutgoingMail } from "../../src/storage/outbox.ts";
import { headerOf, type MailServer, mailServer, partsOf } from "../support/mail_server.ts";
import { testMail } from "../support/test_messages.ts";

// nodemailer and the server leave sockets and timers to be collected.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

function send(url: string, mail: OutgoingMail = testMail("Hello"), id = "0a1b"): Promise<Delivery> {
  const server = parseSmtpUrl(url);
  ok(typeof server !== "string", String(server));
  return smtpSender(server, "Hotel Sole <wifi@hotel.example>").send(mail, {
    id,
    signal: AbortSignal.timeout(10_000),
  });
}

async function withServer(
  test: (server: MailServer) => Promise<void>,
  options?: Parameters<typeof mailServer>[0],
): Promise<void> {
  const server = await mailServer(options);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

Deno.test(
  "a mail arrives with both its texts, its sender and its own Message-ID",
  LOOSE,
  () =>
    withServer(async ({ port, received }) => {
      const mail = testMail("Größe ✓", { text: "Straße\nzwei", html: "<p>Straße &amp; zwei</p>" });
      deepEqual(await send(`smtp://127.0.0.1:${port}?tls=off`, mail), { kind: "sent" });
      deepEqual(await send(`smtp://127.0.0.1:${port}?tls=off`, { ...mail, from: "batch@hotel.example" }), {
        kind: "sent",
      });

      const [one, two] = received;
      ok(one && two);
      deepEqual([one.from, one.to], ["wifi@hotel.example", ["ada@example.org"]]);
      equal(headerOf(one.raw, "From"), "Hotel Sole <wifi@hotel.example>");
      equal(headerOf(one.raw, "To"), "ada@example.org");
      equal(headerOf(one.raw, "Subject"), "Größe ✓");
      equal(headerOf(one.raw, "Message-ID"), "<0a1b@hotel.example>");
      equal(headerOf(two.raw, "Message-ID"), "<0a1b@hotel.example>");
      equal(headerOf(one.raw, "Auto-Submitted"), "auto-generated");
      ok(headerOf(one.raw, "Date"));
      deepEqual(partsOf(one.raw), {
        "text/plain": "Straße\r\nzwei",
        "text/html": "<p>Straße &amp; zwei</p>",
      });
      equal(two.from, "batch@hotel.example");
    }),
);

Deno.test(
  "line ends and commas in a subject or an address make no header and no second recipient",
  LOOSE,
  () =>
    withServer(async ({ port, received }) => {
      const url = `smtp://127.0.0.1:${port}?tls=off`;
      await send(url, testMail("Hi\r\nBcc: eve@example.org\r\n\r\nbody"));
      equal(headerOf(received[0]?.raw ?? "", "Bcc"), undefined);
      deepEqual(received[0]?.to, ["ada@example.org"]);
      for (
        const to of [
          "ada@example.org, eve@example.org",
          "ada@example.org\r\nRCPT TO:<eve@example.org>",
          "<>",
          "",
        ]
      ) {
        await send(url, testMail("Hi", { to }));
      }
      ok(received.every((mail) => !mail.to.includes("eve@example.org")), JSON.stringify(received));
    }),
);

Deno.test(
  "a server's 5yz is a refusal, its 4yz is for now, and only its numbers are kept",
  LOOSE,
  async () => {
    for (
      const [code, expected] of [[550, "refused"], [554, "refused"], [450, "not_now"], [
        451,
        "not_now",
      ]] as const
    ) {
      await withServer(async ({ port }) => {
        deepEqual(await send(`smtp://127.0.0.1:${port}?tls=off`), {
          kind: expected,
          reason: `smtp: ${code} ${String(code)[0]}.1.1 EENVELOPE`,
        });
      }, {
        onRcptTo({ address }, _session, done) {
          done(
            Object.assign(new Error(`${String(code)[0]}.1.1 <${address}>: no such user`), {
              responseCode: code,
            }),
          );
        },
      });
    }
  },
);

Deno.test("a server that refuses the connection, or ends it, is tried again", LOOSE, async () => {
  const cutting = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => cutting.listen(0, "127.0.0.1", resolve));
  // A listening server has one.
  const { port } = cutting.address() as AddressInfo;
  equal((await send(`smtp://127.0.0.1:${port}`)).kind, "unknown");
  await new Promise((resolve) => cutting.close(resolve));
  equal((await send(`smtp://127.0.0.1:${port}`)).kind, "not_now");
});

Deno.test("whether a server took a mail that it never answered is not known", LOOSE, async () => {
  const silent = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    let data = false;
    socket.on("data", (octets) => {
      if (data) socket.destroy();
      data = /^DATA/m.test(String(octets));
      socket.write(data ? "354 go on\r\n" : "250 ok\r\n");
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  // A listening server has one.
  const { port } = silent.address() as AddressInfo;
  equal((await send(`smtp://127.0.0.1:${port}`)).kind, "unknown");
  await new Promise((resolve) => silent.close(resolve));
});

Deno.test(
  "the password goes over TLS, to a server whose certificate is good unless told otherwise",
  LOOSE,
  () =>
    withServer(async ({ port, received }) => {
      const login = `ada%40hotel.example:p%3Aw@127.0.0.1:${port}`;
      deepEqual(await send(`smtp://${login}?tls=required&verify=off`), { kind: "sent" });
      deepEqual([received[0]?.secure, received[0]?.user], [true, "ada@hotel.example"]);
      equal(
        (await send(`smtp://${login}?tls=required`)).kind,
        "not_now",
        "nobody vouches for the certificate",
      );
      deepEqual(await send(`smtp://ada:wrong@127.0.0.1:${port}?verify=off`), {
        kind: "not_now",
        reason: "smtp: 535 EAUTH",
      });
      equal(received.length, 1);
    }, {
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        const right = username === "ada@hotel.example" && password === "p:w";
        done(right ? null : new Error("Invalid password wrong"), { user: username });
      },
    }),
);

Deno.test(
  "where TLS is required, a server without it gets nothing",
  LOOSE,
  () =>
    withServer(async ({ port, received }) => {
      equal((await send(`smtp://127.0.0.1:${port}?tls=required`)).kind, "not_now");
      deepEqual(received, []);
    }, { hideSTARTTLS: true, disabledCommands: ["STARTTLS"] }),
);

Deno.test("smtps: speaks TLS from the first octet", LOOSE, () =>
  withServer(async ({ port, received }) => {
    deepEqual(await send(`smtps://127.0.0.1:${port}?verify=off`), { kind: "sent" });
    equal(received[0]?.secure, true);
  }, { secure: true }));

Deno.test("a server that is connected to by its name gets the same, encrypted or not", LOOSE, async () => {
  for (const url of ["smtp://127.0.0.1:PORT?tls=off", "smtp://127.0.0.1:PORT"]) {
    await withServer(async ({ port, received }) => {
      const server = parseSmtpUrl(url.replace("PORT", String(port)));
      ok(typeof server !== "string");
      const sender = smtpSender({ ...server, verify: false }, "wifi@hotel.example", connectByName);
      const attempt = { id: "1", signal: AbortSignal.timeout(10_000) };
      deepEqual(await sender.send(testMail("Hello"), attempt), { kind: "sent" });
      equal(received[0]?.secure, !url.includes("off"));
    });
  }
  const nobody = parseSmtpUrl("smtp://127.0.0.1:1");
  ok(typeof nobody !== "string");
  const attempt = { id: "1", signal: AbortSignal.timeout(10_000) };
  const delivery = await smtpSender(nobody, "wifi@hotel.example", connectByName).send(testMail("x"), attempt);
  equal(delivery.kind, "not_now");
});

Deno.test("an SMTP address says how to get in and with which care", () => {
  deepEqual(parseSmtpUrl("smtp://mail.example.org"), {
    host: "mail.example.org",
    port: 25,
    secure: false,
    tls: "opportunistic",
    verify: true,
    name: null,
    auth: null,
  });
  deepEqual(parseSmtpUrl("smtps://a%40b:c%2Fd@[2001:db8::1]:4650?name=wifi.example.org"), {
    host: "2001:db8::1",
    port: 4650,
    secure: true,
    tls: "required",
    verify: true,
    name: "wifi.example.org",
    auth: { user: "a@b", pass: "c/d" },
  });
  for (
    const wrong of ["smtp://", "smtp://h?tls=maybe", "smtp://h?verify=x", "smtp://h?x=1", "smtp://u:%@h"]
  ) {
    match(String(parseSmtpUrl(wrong)), /expected/, wrong);
  }
});
