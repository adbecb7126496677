import { deepEqual, equal } from "node:assert/strict";
import { eapRequest, eapSuccess, readEapResponse } from "../../../src/controller/authority/eap_packet.ts";

Deno.test("requests and successes are written as in RFC 3748", () => {
  const challenge = Uint8Array.fromHex("102e1d2e42d8634333d9a100474fac04d1");
  equal(eapRequest(2, 4, challenge).toBase64(), "AQIAFgQQLh0uQthjQzPZoQBHT6wE0Q==");
  equal(eapRequest(1, 1, new Uint8Array()).toBase64(), "AQEABQE=");
  equal(eapRequest(255, 1, new Uint8Array(600)).subarray(0, 5).toHex(), "01ff025d01");
  equal(eapSuccess(2).toBase64(), "AwIABA==");
});

Deno.test("of a response what stands behind its length is padding", () => {
  const read = { identifier: 7, type: 1, data: new TextEncoder().encode("ada") };
  deepEqual(readEapResponse(Uint8Array.fromHex("0207000801616461")), read);
  deepEqual(readEapResponse(Uint8Array.fromHex("02070008016164610000")), read);
  deepEqual(readEapResponse(Uint8Array.fromHex("0207000503")), {
    identifier: 7,
    type: 3,
    data: new Uint8Array(),
  });
});

Deno.test("what is no response, or not whole, is not read", () => {
  for (
    const hex of ["", "02", "02070004", "0207000401", "0207000601", "0107000501", "03070004", "0507000501"]
  ) {
    equal(readEapResponse(Uint8Array.fromHex(hex)), null, hex);
  }
});
