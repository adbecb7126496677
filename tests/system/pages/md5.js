/**
 * MD5 (RFC 1321) for the login pages: browsers have none of their own.
 *
 * @param {Uint8Array} octets
 * @returns {string} 32 lower-case hex digits
 */
globalThis.md5 = (octets) => {
  const length = (((octets.length + 8) >> 6) + 1) << 6;
  const padded = new DataView(new ArrayBuffer(length));
  octets.forEach((octet, at) => padded.setUint8(at, octet));
  padded.setUint8(octets.length, 0x80);
  padded.setBigUint64(length - 8, BigInt(octets.length) * 8n, true);

  const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < length; block += 64) {
    let [a, b, c, d] = state;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
      const word = [step, 5 * step + 1, 3 * step + 5, 7 * step][round] % 16;
      const constant = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32);
      const sum = (a + mixed + constant + padded.getUint32(block + 4 * word, true)) | 0;
      const shift = shifts[4 * round + step % 4];
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    [a, b, c, d].forEach((value, at) => state[at] = (state[at] + value) | 0);
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((value, at) => digest.setInt32(4 * at, value, true));
  return globalThis.hexOf(new Uint8Array(digest.buffer));
};

globalThis.hexOf = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");

globalThis.octetsOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
