/**
 * DES (FIPS 46-3), for MS-CHAPv2 alone: it protects nothing, and Deno and Workers have none. The tables are the
 * standard's: positions of bits, counted from 1.
 */

/** IP: the inverse of it is written by `unpermute()`. */
const INITIAL = bytes(
  "58 50 42 34 26 18 10 2 60 52 44 36 28 20 12 4 62 54 46 38 30 22 14 6 64 56 48 40 32 24 16 8 " +
    "57 49 41 33 25 17 9 1 59 51 43 35 27 19 11 3 61 53 45 37 29 21 13 5 63 55 47 39 31 23 15 7",
);
/** E */
const EXPANSION = bytes(
  "32 1 2 3 4 5 4 5 6 7 8 9 8 9 10 11 12 13 12 13 14 15 16 17 16 17 18 19 20 21 20 21 22 23 24 25 " +
    "24 25 26 27 28 29 28 29 30 31 32 1",
);
/** P */
const MIXING = bytes(
  "16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25",
);
/** PC-1 */
const KEY_CHOICE = bytes(
  "57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36 " +
    "63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4",
);
/** PC-2 */
const ROUND_KEY_CHOICE = bytes(
  "14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2 " +
    "41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32",
);
const ROTATIONS = bytes("1 1 2 2 2 2 2 2 1 2 2 2 2 2 2 1");
/** S1 to S8, each of four rows of sixteen. */
const SUBSTITUTIONS = [
  "14 4 13 1 2 15 11 8 3 10 6 12 5 9 0 7 0 15 7 4 14 2 13 1 10 6 12 11 9 5 3 8 " +
  "4 1 14 8 13 6 2 11 15 12 9 7 3 10 5 0 15 12 8 2 4 9 1 7 5 11 3 14 10 0 6 13",
  "15 1 8 14 6 11 3 4 9 7 2 13 12 0 5 10 3 13 4 7 15 2 8 14 12 0 1 10 6 9 11 5 " +
  "0 14 7 11 10 4 13 1 5 8 12 6 9 3 2 15 13 8 10 1 3 15 4 2 11 6 7 12 0 5 14 9",
  "10 0 9 14 6 3 15 5 1 13 12 7 11 4 2 8 13 7 0 9 3 4 6 10 2 8 5 14 12 11 15 1 " +
  "13 6 4 9 8 15 3 0 11 1 2 12 5 10 14 7 1 10 13 0 6 9 8 7 4 15 14 3 11 5 2 12",
  "7 13 14 3 0 6 9 10 1 2 8 5 11 12 4 15 13 8 11 5 6 15 0 3 4 7 2 12 1 10 14 9 " +
  "10 6 9 0 12 11 7 13 15 1 3 14 5 2 8 4 3 15 0 6 10 1 13 8 9 4 5 11 12 7 2 14",
  "2 12 4 1 7 10 11 6 8 5 3 15 13 0 14 9 14 11 2 12 4 7 13 1 5 0 15 10 3 9 8 6 " +
  "4 2 1 11 10 13 7 8 15 9 12 5 6 3 0 14 11 8 12 7 1 14 2 13 6 15 0 9 10 4 5 3",
  "12 1 10 15 9 2 6 8 0 13 3 4 14 7 5 11 10 15 4 2 7 12 9 5 6 1 13 14 0 11 3 8 " +
  "9 14 15 5 2 8 12 3 7 0 4 10 1 13 11 6 4 3 2 12 9 5 15 10 11 14 1 7 6 0 8 13",
  "4 11 2 14 15 0 8 13 3 12 9 7 5 10 6 1 13 0 11 7 4 9 1 10 14 3 5 12 2 15 8 6 " +
  "1 4 11 13 12 3 7 14 10 15 6 8 0 5 9 2 6 11 13 8 1 4 10 7 9 5 0 15 14 2 3 12",
  "13 2 8 4 6 15 11 1 10 9 3 14 5 0 12 7 1 15 13 8 10 3 7 4 12 5 6 11 0 14 9 2 " +
  "7 11 4 1 9 12 14 2 0 6 10 13 15 3 5 8 2 1 14 7 4 10 8 13 15 12 9 0 3 5 6 11",
].map(bytes);

/** Encrypts one block of eight octets under a key of eight. */
export function desEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  const mixed = permute(bitsOf(block), INITIAL);
  let left = mixed.subarray(0, 32);
  let right = mixed.subarray(32);
  for (const roundKey of roundKeys(key)) {
    const changed = scramble(right, roundKey).map((bit, at) => bit ^ (left[at] ?? 0));
    left = right;
    right = changed;
  }
  return octetsOf(unpermute(new Uint8Array([...right, ...left]), INITIAL));
}

/** The sixteen keys, of 48 bits each. */
function roundKeys(key: Uint8Array): Uint8Array[] {
  const chosen = permute(bitsOf(key), KEY_CHOICE);
  let rotated = 0;
  return [...ROTATIONS].map((steps) => {
    rotated += steps;
    const both = chosen.map((_, at) => chosen[(at % 28 + rotated) % 28 + (at < 28 ? 0 : 28)] ?? 0);
    return permute(both, ROUND_KEY_CHOICE);
  });
}

/** The cipher function f: 32 bits and a round's key to 32 bits. */
function scramble(half: Uint8Array, roundKey: Uint8Array): Uint8Array {
  const wide = permute(half, EXPANSION).map((bit, at) => bit ^ (roundKey[at] ?? 0));
  const narrow = new Uint8Array(32);
  SUBSTITUTIONS.forEach((table, box) => {
    const bit = (at: number) => wide[box * 6 + at] ?? 0;
    const row = bit(0) << 1 | bit(5);
    const column = bit(1) << 3 | bit(2) << 2 | bit(3) << 1 | bit(4);
    const value = table[row * 16 + column] ?? 0;
    for (let at = 0; at < 4; at++) narrow[box * 4 + at] = value >> (3 - at) & 1;
  });
  return permute(narrow, MIXING);
}

function permute(bits: Uint8Array, table: Uint8Array): Uint8Array {
  return table.map((from) => bits[from - 1] ?? 0);
}

function unpermute(bits: Uint8Array, table: Uint8Array): Uint8Array {
  const result = new Uint8Array(bits.length);
  table.forEach((to, at) => {
    result[to - 1] = bits[at] ?? 0;
  });
  return result;
}

function bitsOf(octets: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: octets.length * 8 },
    (_, at) => (octets[at >> 3] ?? 0) >> (7 - at % 8) & 1,
  );
}

function octetsOf(bits: Uint8Array): Uint8Array {
  const octets = new Uint8Array(bits.length / 8);
  bits.forEach((bit, at) => {
    octets[at >> 3] = (octets[at >> 3] ?? 0) << 1 | bit;
  });
  return octets;
}

function bytes(numbers: string): Uint8Array {
  return Uint8Array.from(numbers.split(" "), Number);
}
