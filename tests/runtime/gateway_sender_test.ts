import { deepEqual, equal, ok } from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Delivery } from "../../src/aaa/messages/senders.ts";
import { gatewayFromText, type SmsGateway, type Webhook } from "../../src/aaa/messages/sms_gateway.ts";
import { gatewaySender } from "../../src/runtime/gateway_sender.ts";
import type { OutgoingSms } from "../../src/storage/outbox.ts";
import { type HttpGateway, httpGateway } from "../support/http_gateway.ts";
import { testSms } from "../support/test_messages.ts";

const BODY = 'Ωmega & "friends" <code>: 12 34\\ 56\n100% {to}';

function webhook(changes: Partial<Webhook>): Webhook {
  return { kind: "webhook", url: "", method: "POST", headers: {}, body: "", accepted: "", ...changes };
}

function send(gateway: SmsGateway, sms: OutgoingSms = testSms("code")): Promise<Delivery> {
  return gatewaySender(gateway).send(sms, { id: "a1b2", signal: AbortSignal.timeout(5_000) });
}

async function withGateway(
  test: (gateway: HttpGateway) => Promise<void>,
  answer?: Parameters<typeof httpGateway>[0],
) {
  const gateway = await httpGateway(answer);
  try {
    await test(gateway);
  } finally {
    await gateway.close();
  }
}

Deno.test("a webhook gets JSON with all there is to know, unless it is told otherwise", () =>
  withGateway(async ({ url, calls }) => {
    deepEqual(
      await send(webhook({ url: `${url}/sms` }), testSms(BODY, { metaData: { campaign: [1, "è"] } })),
      {
        kind: "sent",
      },
    );
    const [call] = calls;
    equal(call?.headers["content-type"], "application/json");
    deepEqual(JSON.parse(call?.body ?? ""), {
      to: ["+393665243702"],
      body: BODY,
      from: "Alpha",
      organization: "alpha",
      meta_data: { campaign: [1, "è"] },
      id: "a1b2",
    });
  }));

Deno.test("a webhook's templates escape what stands in them: forms, addresses, JSON, XML", () =>
  withGateway(async ({ url, calls }) => {
    const sms = testSms(BODY, { metaData: { route: "a&b", level: 2 } });
    await send(webhook({ url, body: "to={to}&text={body}&route={meta_data.route}&x={meta_data.none}" }), sms);
    await send(webhook({ url: `${url}/send?key=k&to={to_digits}&text={body}`, method: "GET" }), sms);
    await send(
      webhook({ url, body: '[{"recipient":"{to}","message":"{from}: {body}","level":{meta_data}}]' }),
      sms,
    );
    await send(webhook({ url, body: "<sms to='{to}'>{body}</sms>" }), sms);

    const [form, get, json, xml] = calls;
    equal(form?.headers["content-type"], "application/x-www-form-urlencoded");
    deepEqual(Object.fromEntries(new URLSearchParams(form?.body)), {
      to: "+393665243702",
      text: BODY,
      route: "a&b",
      x: "",
    });
    deepEqual([get?.method, get?.body, get?.headers["content-type"]], ["GET", "", undefined]);
    deepEqual(Object.fromEntries(new URL(get?.path ?? "", url).searchParams), {
      key: "k",
      to: "393665243702",
      text: BODY,
    });
    deepEqual(JSON.parse(json?.body ?? ""), [{
      recipient: "+393665243702",
      message: `Alpha: ${BODY}`,
      level: sms.metaData,
    }]);
    ok(xml?.body.startsWith("<sms to='+393665243702'>Ωmega &amp; &quot;friends&quot; &lt;code&gt;"));
  }));

Deno.test("a webhook's headers, and the password of its address, go with each call", () =>
  withGateway(async ({ url, calls }) => {
    await send(
      webhook({
        url,
        headers: { "X-Key": "k", "content-type": "text/plain" },
        method: "PUT",
        body: "{to} {body}",
      }),
    );
    await send(webhook({ url: url.replace("http://", "http://us%40r:p%3Aw@") }));
    equal(calls[0]?.method, "PUT");
    equal(calls[0]?.headers["x-key"], "k");
    equal(calls[0]?.body, "+393665243702 code");
    equal(calls[1]?.headers.authorization, `Basic ${btoa("us@r:p:w")}`);
  }));

const STATUSES: readonly (readonly [status: number, kind: Delivery["kind"]])[] = [
  [200, "sent"],
  [202, "sent"],
  [302, "refused"],
  [400, "refused"],
  [401, "refused"],
  [404, "refused"],
  [422, "refused"],
  [408, "not_now"],
  [429, "not_now"],
  [503, "not_now"],
  // What fails may have sent the message before; a proxy that lost the gateway does not know what that did.
  [500, "unknown"],
  [502, "unknown"],
  [504, "unknown"],
];

Deno.test("what a status means for a message", async () => {
  for (const [status, kind] of STATUSES) {
    await withGateway(async ({ url, calls }) => {
      equal((await send(webhook({ url }))).kind, kind, String(status));
      equal(calls.length, 1, String(status));
    }, (_, response) => {
      response.writeHead(status, { location: "/elsewhere" }).end("echo: code");
    });
  }
});

Deno.test("a gateway's Retry-After is heard, and nothing else that it says gets into the reason", () =>
  withGateway(async ({ url }) => {
    deepEqual(await send(webhook({ url }), testSms("secret 123456")), {
      kind: "not_now",
      reason: "webhook: HTTP 429",
      retryAfterSeconds: 77,
    });
  }, (call, response) => {
    response.writeHead(429, { "retry-after": "77" }).end(call.body);
  }));

Deno.test("a gateway that says 200 and means no is told by what its answer lacks", () =>
  withGateway(async ({ url }) => {
    deepEqual(await send(webhook({ url, accepted: "OK:" })), {
      kind: "refused",
      reason: "webhook: HTTP 200, but not the answer of success",
    });
    deepEqual(await send(webhook({ url, accepted: "ERR" })), { kind: "sent" });
  }, (_, response) => response.end("ERR 17")));

Deno.test("a connection that is refused carried nothing; one that is cut may have, and is not made again", async () => {
  const connections: unknown[] = [];
  const cutting = createServer((socket) => {
    connections.push(socket);
    socket.once("data", () => socket.destroy());
  });
  await new Promise<void>((resolve) => cutting.listen(0, "127.0.0.1", resolve));
  const { port } = cutting.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/?key=secret`;
  deepEqual(await send(webhook({ url })), {
    kind: "unknown",
    reason: "webhook: the connection ended without an answer",
  });
  equal(connections.length, 1);
  await new Promise((resolve) => cutting.close(resolve));
  deepEqual(await send(webhook({ url })), { kind: "not_now", reason: "webhook: no connection" });
});

Deno.test("a gateway that keeps the connection and cuts it at the second message gets that one once", async () => {
  for (const method of ["POST", "GET"] as const) {
    let requests = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => {
        if (++requests === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    equal((await send(webhook({ url, method }))).kind, "sent");
    equal((await send(webhook({ url, method }))).kind, "unknown");
    equal(requests, 2, method);
    await new Promise((resolve) => server.close(resolve));
  }
});

Deno.test("Twilio gets the form of its Messages resource, and its error number is kept", async () => {
  await withGateway(async ({ url, calls }) => {
    const gateway = gatewayFromText(`twilio:AC123:t0ken@${url}`);
    ok(gateway);
    deepEqual(await send(gateway, testSms(BODY, { from: "+15005550006" })), { kind: "sent" });
    await send(gateway, testSms("code", { from: "MG0123" }));
    equal(calls[0]?.path, "/2010-04-01/Accounts/AC123/Messages.json");
    equal(calls[0]?.headers.authorization, `Basic ${btoa("AC123:t0ken")}`);
    equal(calls[0]?.headers["content-type"], "application/x-www-form-urlencoded");
    const form = (at: number) => Object.fromEntries(new URLSearchParams(calls[at]?.body));
    deepEqual(form(0), { To: "+393665243702", From: "+15005550006", Body: BODY });
    deepEqual(form(1), { To: "+393665243702", MessagingServiceSid: "MG0123", Body: "code" });
  }, (_, response) => response.writeHead(201).end('{"sid": "SM1"}'));
  await withGateway(async ({ url }) => {
    const gateway = gatewayFromText(`twilio:AC123:t0ken@${url}`);
    ok(gateway);
    deepEqual(await send(gateway), { kind: "refused", reason: "twilio: HTTP 400, error 21211" });
  }, (_, response) => response.writeHead(400).end('{"code": 21211, "message": "Invalid To +393665243702"}'));
});
