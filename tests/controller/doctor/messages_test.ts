import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { dhcpDiscover, offeredAddress } from "../../../src/controller/doctor/dhcp_message.ts";
import { dnsQuestion, readDnsAnswer } from "../../../src/controller/doctor/dns_message.ts";
import { checkProperty } from "../../support/check_property.ts";

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("a DNS question is that of RFC 1035 section 4.1: a name's addresses, or the servers of the root", () => {
  equal(
    dnsQuestion(0x1234, "logout.example").toHex(),
    "12340100000100000000000006" + "6c6f676f7574" + "07" + "6578616d706c65" + "00" + "00010001",
  );
  equal(dnsQuestion(0xffff, "").toHex(), "ffff01000001000000000000" + "00" + "00020001");
});

Deno.test("the addresses of an answer are read, behind names in full and behind pointers", () => {
  const question = dnsQuestion(7, "a.b");
  const header = "0007 8180 0001 0003 0000 0000";
  const asked = question.subarray(12).toHex();
  const alias = "c00c 0005 0001 0000003c 0004 0163 c00e";
  const first = "0163 c00e 0001 0001 0000003c 0004 cb00710a";
  const second = "0161 0162 00 0001 0001 0000003c 0004 01000000";
  const answer = hex(`${header}${asked}${alias}${first}${second}`);
  deepEqual(readDnsAnswer(question, answer), { rcode: 0, addresses: ["203.0.113.10", "1.0.0.0"] });
  deepEqual(readDnsAnswer(question, hex(`0007 8185 0001 0000 0000 0000 ${asked}`)), {
    rcode: 5,
    addresses: [],
  });
  equal(readDnsAnswer(question, hex(`0008 8180 0001 0000 0000 0000 ${asked}`)), null);
  equal(readDnsAnswer(question, question), null);
});

Deno.test("an answer that is cut off or made up never throws, and never reads past its end", async () => {
  const question = dnsQuestion(7, "a.b");
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), (rest) => {
    const answer = readDnsAnswer(question, new Uint8Array([0, 7, 0x81, 0x80, ...rest]));
    ok(answer === null || answer.addresses.every((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address)));
    offeredAddress(7, new Uint8Array(rest));
    return Promise.resolve();
  });
  await checkProperty(property, 500);
});

Deno.test("a DHCPDISCOVER asks for an answer to everybody; only an offer to it has an address", () => {
  const discover = dhcpDiscover(0xdeadbeef, "02:00:00:aa:bb:cc");
  equal(discover.length, 300);
  equal(discover.subarray(0, 12).toHex(), "010106" + "00" + "deadbeef" + "0000" + "8000");
  equal(discover.subarray(28, 34).toHex(), "020000aabbcc");
  equal(discover.subarray(236, 244).toHex(), "63825363" + "350101" + "ff");

  const offer = discover.slice();
  offer[0] = 2;
  offer.set([10, 1, 0, 9], 16);
  offer.set([0, 54, 4, 10, 1, 0, 1, 53, 1, 2, 255], 240);
  equal(offeredAddress(0xdeadbeef, offer), "10.1.0.9");
  equal(offeredAddress(0xdeadbeee, offer), null);
  equal(offeredAddress(0xdeadbeef, discover), null);
  const refusal = offer.slice();
  refusal[249] = 6;
  equal(offeredAddress(0xdeadbeef, refusal), null);
  equal(offeredAddress(0xdeadbeef, offer.subarray(0, 240)), null);
});
