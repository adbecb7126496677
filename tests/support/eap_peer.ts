import { createHash } from "node:crypto";

const octets = (text: string) => new TextEncoder().encode(text);

/** An EAP-Response (RFC 3748 section 4.1). */
export function eapResponse(identifier: number, type: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(2, identifier, 0, 5 + data.length, type, ...data);
}

export function eapIdentity(userName: string, identifier = 1): Uint8Array {
  return eapResponse(identifier, 1, octets(userName));
}

/** What a peer answers to an EAP-MD5 request (RFC 3748 section 5.4). */
export function eapMd5Response(request: Uint8Array, password: string): Uint8Array {
  const [code, identifier = 0, , length, type, size = 0, ...challenge] = request;
  if (code !== 1 || length !== request.length || type !== 4 || challenge.length !== size) {
    throw new Error(`no EAP-MD5 request: ${request.toHex()}`);
  }
  const hash = createHash("md5").update(Uint8Array.of(identifier)).update(password);
  return eapResponse(identifier, 4, Uint8Array.of(16, ...hash.update(Uint8Array.from(challenge)).digest()));
}
