import { atLeast, atMost, type Finding, finding, median } from "../finding.ts";
import { accountUrl, type Hotspot, makeHotspot, PASSWORD, servePortico } from "../hotspot.ts";
import { BOTH_CORES, firstAnswer, type Program } from "../programs.ts";
import type { Benchmark } from "../workbench.ts";

const STARTS = 5;
const ALONE = 10;
const CROWD = 20;
/** The login pages' own patience is 2 s. */
const BUDGET_CROWD_SECONDS = 1.5;
const BUDGET_ALONE_MILLISECONDS = 300;
const BUDGET_REMEMBERED_MILLISECONDS = 100;

export const signIns: Benchmark = {
  name: "login",
  about: "Log-in to the account API by password (own scrypt format), server and load on both cores",
  async run(bench) {
    const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "sign-ins-" });
    const hotspot = await makeHotspot(`${folder}/data`, STARTS + ALONE + CROWD * bench.rounds);
    const guests = new Guests(hotspot);
    const first: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      await using program = await serve(hotspot);
      first.push(...await oneByOne(program, guests.next(1)));
    }
    await using program = await serve(hotspot);
    const few = guests.next(ALONE);
    const cold = await oneByOne(program, few);
    const remembered = await oneByOne(program, few);
    const crowds: number[][] = [];
    const known: number[][] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const crowd = guests.next(CROWD);
      crowds.push(await atOnce(program, crowd));
      known.push(await atOnce(program, crowd));
    }
    return [
      ...alone(`the first after a start, ${STARTS} starts`, first, BUDGET_ALONE_MILLISECONDS),
      ...alone(
        `alone, a password that was not checked yet, ${ALONE} guests`,
        cold,
        BUDGET_ALONE_MILLISECONDS,
      ),
      ...alone("alone, a password that was checked a moment ago", remembered, BUDGET_REMEMBERED_MILLISECONDS),
      ...together(crowds, known),
    ];
  },
};

async function serve(hotspot: Hotspot): Promise<Program> {
  const program = await servePortico(hotspot, { name: "portico", cores: BOTH_CORES });
  await firstAnswer(program, "/healthz");
  return program;
}

/** Guests who did not log in before: a password that was right once is remembered. */
class Guests {
  readonly #names: string[];

  constructor({ users }: Hotspot) {
    this.#names = users.map(({ username }) => username);
  }

  next(count: number): readonly string[] {
    return this.#names.splice(0, count);
  }
}

/** How long each log-in takes, in milliseconds; infinitely long for one that was not let in. */
async function oneByOne(program: Program, usernames: readonly string[]): Promise<number[]> {
  const took: number[] = [];
  for (const username of usernames) took.push(await signIn(program, username));
  return took;
}

function atOnce(program: Program, usernames: readonly string[]): Promise<number[]> {
  return Promise.all(usernames.map((username) => signIn(program, username)));
}

async function signIn(program: Program, username: string): Promise<number> {
  const begunAt = performance.now();
  const answer = await fetch(accountUrl(program, "token/"), {
    method: "POST",
    body: new URLSearchParams({ username, password: PASSWORD }),
  });
  const { key } = await answer.json();
  return answer.ok && key ? performance.now() - begunAt : Infinity;
}

function alone(what: string, took: readonly number[], budget: number): Finding[] {
  const slowest = Math.max(...took);
  return [
    finding(`${what}: the slowest`, "ms", slowest, { target: atMost(slowest, budget, `${budget} ms`) }),
    finding("  the median", "ms", median(took)),
  ];
}

function together(crowds: readonly (readonly number[])[], known: readonly (readonly number[])[]): Finding[] {
  const seconds = Math.max(...crowds.flat()) / 1_000;
  const again = Math.max(...known.flat()) / 1_000;
  const fewest = Math.min(...crowds.map((crowd) => crowd.filter(Number.isFinite).length));
  return [
    finding(`let in of ${CROWD} at once, the fewest of ${crowds.length} times`, "", fewest, {
      target: atLeast(fewest, CROWD, `${CROWD}`),
    }),
    finding("  the slowest of them", "s", seconds, {
      target: atMost(seconds, BUDGET_CROWD_SECONDS, `${BUDGET_CROWD_SECONDS} s`),
    }),
    finding("  the slowest of the same again, remembered", "s", again),
  ];
}
