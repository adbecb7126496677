import fc from "fast-check";

/** What a NAS has counted in a session at one moment. */
export interface Totals {
  readonly seconds: bigint;
  readonly input: bigint;
  readonly output: bigint;
}

/** One packet of a session, and what it makes known: null for a total it does not tell. */
export interface SentPacket {
  readonly body: Readonly<Record<string, unknown>>;
  readonly tells: { readonly [K in keyof Totals]: bigint | null };
  /** What it says whose session it is. */
  readonly names: Naming;
}

export type Naming = "username" | "email" | "empty" | "missing";

/** The packets of one session in the order the NAS made them: a Start, Interim-Updates, and perhaps a Stop. */
export interface SessionPackets {
  readonly packets: readonly SentPacket[];
  /** Of its Stop; null for a session that was never stopped. */
  readonly terminateCause: string | null;
}

/** How a packet writes one number. */
type Spelling = "number" | "text" | "missing" | "empty" | "gigawords" | "acct_gigawords";

const GIGAWORD = 1n << 32n;
const spelling: fc.Arbitrary<Spelling> = fc.constantFrom(
  "number",
  "text",
  "gigawords",
  "acct_gigawords",
  "missing",
  "empty",
);
const naming = fc.constantFrom<Naming>("username", "username", "email", "empty", "missing");
const increase = fc.oneof(
  fc.constant(0n),
  fc.bigInt(1n, 10_000_000n),
  fc.bigInt(1n, GIGAWORD * 8n),
  fc.constant(GIGAWORD - 1n),
);
const step = fc.record({
  seconds: fc.integer({ min: 0, max: 100_000 }),
  input: increase,
  output: increase,
  secondsSpelling: spelling,
  inputSpelling: spelling,
  outputSpelling: spelling,
  names: naming,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Packets without what all of a session's packets have in common, and without the user name. */
export const sessionPackets: fc.Arbitrary<SessionPackets> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  startSpelling: fc.tuple(spelling, spelling, spelling),
  startNames: naming,
  hasStart: fc.boolean(),
  terminateCause: fc.option(fc.constantFrom("User-Request", "Lost-Carrier", "Idle-Timeout")),
}).map(({ steps, startSpelling, startNames, hasStart, terminateCause }) => {
  const [seconds, input, output] = startSpelling;
  let totals: Totals = { seconds: 0n, input: 0n, output: 0n };
  const start = spelled("Start", {}, totals, { seconds, input, output }, startNames);
  const packets = hasStart ? [start] : [];
  steps.forEach((one, index) => {
    totals = {
      seconds: totals.seconds + BigInt(one.seconds),
      input: totals.input + one.input,
      output: totals.output + one.output,
    };
    const isStop = terminateCause !== null && index === steps.length - 1;
    const end = isStop ? { terminate_cause: terminateCause } : {};
    packets.push(spelled(isStop ? "Stop" : "Interim-Update", end, totals, spellingsOf(one), one.names));
  });
  return { packets, terminateCause };
});

/** What a row must say once all of these packets are known, in whatever order they came. */
export function knownTotals(packets: readonly SentPacket[]) {
  const largest = (name: keyof Totals) =>
    packets.map(({ tells }) => tells[name]).reduce((known, told) => {
      return told === null || (known !== null && known > told) ? known : told;
    }, null);
  return { seconds: largest("seconds"), input: largest("input"), output: largest("output") };
}

/** Everything a packet sends. */
export function bodyOf(
  { body, names }: SentPacket,
  username: string,
  common: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const sent = { username, email: `${username}@EXAMPLE.org`, empty: "", missing: undefined }[names];
  return { ...common, ...body, ...(sent !== undefined && { username: sent }) };
}

function spellingsOf({ secondsSpelling, inputSpelling, outputSpelling }: Step) {
  return { seconds: secondsSpelling, input: inputSpelling, output: outputSpelling };
}

function spelled(
  status: "Start" | "Interim-Update" | "Stop",
  end: Readonly<Record<string, unknown>>,
  totals: Totals,
  spellings: Readonly<Record<keyof Totals, Spelling>>,
  names: Naming,
): SentPacket {
  const isStart = status === "Start";
  const tells = (name: keyof Totals) =>
    spellings[name] === "missing" ? null : spellings[name] === "empty" ? (isStart ? 0n : null) : totals[name];
  return {
    body: {
      ...end,
      status_type: status,
      ...spelledCount("session_time", null, totals.seconds, spellings.seconds),
      ...spelledCount("input_octets", "input_gigawords", totals.input, spellings.input),
      ...spelledCount("output_octets", "output_gigawords", totals.output, spellings.output),
    },
    tells: { seconds: tells("seconds"), input: tells("input"), output: tells("output") },
    names,
  };
}

function spelledCount(name: string, gigawords: string | null, value: bigint, how: Spelling) {
  switch (how) {
    case "missing":
      return {};
    case "empty":
      return { [name]: "" };
    case "number":
      return { [name]: Number(value) };
    case "text":
      return { [name]: String(value) };
    case "gigawords":
    case "acct_gigawords": {
      if (!gigawords) return { [name]: String(value) };
      const key = how === "gigawords" ? gigawords : `acct_${gigawords}`;
      return { [name]: String(value % GIGAWORD), [key]: String(value / GIGAWORD) };
    }
  }
}

/**
 * A way in which packets may arrive: every one at least once, in any order, some several times, those of one group at
 * the same moment. An answer that was lost on the way looks just like this to whoever receives the repetition.
 */
export function arrivals<T>(items: readonly T[]): fc.Arbitrary<T[][]> {
  const repeated = items.length ? fc.array(fc.constantFrom(...items), { maxLength: 6 }) : fc.constant([]);
  return repeated.chain((again) => {
    const all = [...items, ...again];
    return fc.tuple(
      fc.shuffledSubarray(all.map((_, index) => index), { minLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: all.length, maxLength: all.length }),
    ).map(([order, sizes]) => {
      const groups: T[][] = [];
      const queue = order.map((index) => all[index]).filter((item) => item !== undefined);
      for (const size of sizes) if (queue.length) groups.push(queue.splice(0, size));
      return groups;
    });
  });
}
