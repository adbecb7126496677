import { CONNECTIONS, WARM_UP_SECONDS } from "../compare.ts";
import { atLeast, atMost, type Finding, finding, median } from "../finding.ts";
import { type Hotspot, makeHotspot, PASSWORD, servePortico } from "../hotspot.ts";
import { type LoadReport, runLoad } from "../load.ts";
import { BOTH_CORES, firstAnswer, type Program } from "../programs.ts";
import { authorizeBodies } from "../traffic.ts";
import type { Benchmark, Workbench } from "../workbench.ts";
import { accountingSide } from "./accounting.ts";

const WAVE = 50;
/** A password that was right once is remembered, so each wave takes users of its own. */
const USERS = 2_000;
/** As long as FreeRADIUS waits. */
const PATIENCE_SECONDS = 4;
/** Around 2,000 packets a second: a busy hotspot, not a saturated core. */
const PAUSE_MILLISECONDS = 16;

interface Wave {
  readonly accepted: number;
  readonly slowestSeconds: number;
}

export const passwordStorm: Benchmark = {
  name: "storm",
  about:
    `${WAVE} password log-ins at once (own scrypt format, different users), server and load on both cores`,
  async run(bench) {
    const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "storm-" });
    const hotspot = await makeHotspot(`${folder}/data`, USERS);
    await using program = await servePortico(hotspot, { name: "portico", cores: BOTH_CORES });
    await firstAnswer(program, "/healthz");
    const logins = new Logins(program, hotspot);
    const alone: Wave[] = [];
    for (let round = 0; round < bench.rounds; round++) alone.push(await logins.wave());

    const side = accountingSide(bench, program, hotspot);
    const load = (run: number) =>
      runLoad(bench.generator, bench.folder, {
        ...side.load(run),
        connections: CONNECTIONS,
        seconds: run ? bench.seconds : WARM_UP_SECONDS,
        pauseMilliseconds: PAUSE_MILLISECONDS,
        cores: BOTH_CORES,
      });
    await load(0);
    const [without, during, waves] = [[] as LoadReport[], [] as LoadReport[], [] as Wave[]];
    for (let round = 1; round <= bench.rounds; round++) {
      without.push(await load(round));
      let over = false;
      const loaded = load(bench.rounds + round).finally(() => over = true);
      while (!over && logins.left >= WAVE) waves.push(await logins.wave());
      during.push(await loaded);
    }
    return [...answered(alone, bench), ...besideQuiet(during, without, waves)];
  },
};

/** Log-ins of users that had none before. */
class Logins {
  readonly #url: string;
  readonly #headers: Hotspot["headers"];
  readonly #bodies: string[];

  constructor(program: Program, { users, headers }: Hotspot) {
    this.#url = `${program.url}/api/v1/freeradius/authorize/`;
    this.#headers = headers;
    this.#bodies = [...authorizeBodies(users, users.map(() => PASSWORD))];
  }

  get left(): number {
    return this.#bodies.length;
  }

  /** Sends them all at once; who is answered later than FreeRADIUS waits is not accepted. */
  async wave(): Promise<Wave> {
    const begunAt = performance.now();
    const seconds = await Promise.all(
      this.#bodies.splice(0, WAVE).map(async (body) => {
        const answer = await fetch(this.#url, { method: "POST", headers: this.#headers, body });
        const accepted = answer.ok && (await answer.text()).includes('"Accept"');
        return accepted ? (performance.now() - begunAt) / 1_000 : Infinity;
      }),
    );
    const accepted = seconds.filter((one) => one <= PATIENCE_SECONDS);
    return { accepted: accepted.length, slowestSeconds: Math.max(...accepted) };
  }
}

function answered(waves: readonly Wave[], { rounds }: Workbench): Finding[] {
  const fewest = Math.min(...waves.map(({ accepted }) => accepted));
  const slowest = Math.max(...waves.map(({ slowestSeconds }) => slowestSeconds));
  return [
    finding(`accepted within ${PATIENCE_SECONDS} s, the fewest of ${rounds} times`, "", fewest, {
      target: atLeast(fewest, WAVE, `${WAVE}`),
    }),
    finding("  the slowest of them", "s", slowest, { target: atMost(slowest, PATIENCE_SECONDS, "4 s") }),
  ];
}

function besideQuiet(
  during: readonly LoadReport[],
  without: readonly LoadReport[],
  waves: readonly Wave[],
): Finding[] {
  const of = (runs: readonly LoadReport[], figure: (run: LoadReport) => number) => median(runs.map(figure));
  const p99 = of(during, (run) => run.p99);
  const rate = (run: LoadReport) => run.requests / run.seconds;
  const accepted = median(waves.map(({ accepted }) => accepted));
  return [
    finding("p99 of accounting while they run; floor: without them", "ms", p99, {
      floor: of(without, (run) => run.p99),
      target: atMost(p99, 10, "10 ms"),
    }),
    finding("  its median", "ms", of(during, (run) => run.p50), { floor: of(without, (run) => run.p50) }),
    finding("  its requests", "/s", of(during, rate), { floor: of(without, rate) }),
    finding(`  log-ins accepted within ${PATIENCE_SECONDS} s, of ${WAVE} (median)`, "", accepted),
  ];
}
