/** An EAP-Response (RFC 3748 section 4.1). */
export interface EapResponse {
  /** Of the request that it answers. */
  readonly identifier: number;
  /** Of the method (RFC 3748 section 5). */
  readonly type: number;
  readonly data: Uint8Array;
}

/** Types of requests and responses (RFC 3748 section 5). */
export const EAP_TYPES = { identity: 1, md5Challenge: 4 } as const;

const CODES = { request: 1, response: 2, success: 3 } as const;
const HEADER_OCTETS = 4;

/** What stands behind the length that the packet states is padding. @returns null when it is no response, or not whole. */
export function readEapResponse(octets: Uint8Array): EapResponse | null {
  const [code, identifier = 0, high = 0, low = 0, type] = octets;
  const length = high * 256 + low;
  if (code !== CODES.response || type === undefined) return null;
  if (length <= HEADER_OCTETS || length > octets.length) return null;
  return { identifier, type, data: octets.slice(HEADER_OCTETS + 1, length) };
}

export function eapRequest(identifier: number, type: number, data: Uint8Array): Uint8Array {
  const length = HEADER_OCTETS + 1 + data.length;
  return Uint8Array.of(CODES.request, identifier, length >> 8, length & 0xff, type, ...data);
}

/** @param identifier of the response that it follows (RFC 3748 section 4.2). */
export function eapSuccess(identifier: number): Uint8Array {
  return Uint8Array.of(CODES.success, identifier, 0, HEADER_OCTETS);
}
