import { compare, type Side } from "../compare.ts";
import { accountUrl, servePortico } from "../hotspot.ts";
import { bigAndSmallLedger, type FilledHotspot } from "../ledgers.ts";
import type { Finding } from "../finding.ts";
import { firstAnswer, type Program } from "../programs.ts";
import type { Benchmark, Workbench } from "../workbench.ts";
import { besideFew } from "./ledger_size.ts";

/** Each guest asks more often here than the limits of requests allow. */
const UNTHROTTLED = { PORTICO_THROTTLE: "off" };

interface Question {
  readonly what: string;
  /** Below `account/`. */
  readonly path: string;
  /** Whether an answer is the one to measure. */
  readonly isRight: (answer: unknown) => boolean;
}

const isListOf = (length: number) => (answer: unknown) => Array.isArray(answer) && answer.length === length;

export const ownSessions: Benchmark = {
  name: "sessions",
  about: "A guest's own sessions with a big ledger, beside a guest with as many in 10 thousand",
  run: (bench) =>
    besideSmallLedger(bench, [
      {
        what: "10 own sessions",
        path: "session/?is_open=false&page=1",
        isRight: isListOf(10),
      },
      { what: "the open session", path: "session/?is_open=true", isRight: isListOf(1) },
    ]),
};

export const ownUsage: Benchmark = {
  name: "usage",
  about: "A guest's own quotas with a big ledger, beside a guest with as much use in 10 thousand",
  run: (bench) =>
    besideSmallLedger(bench, [{
      what: "own quotas",
      path: "usage/",
      isRight: (answer) => JSON.stringify(answer).split('"result"').length === 3,
    }]),
};

async function besideSmallLedger(bench: Workbench, questions: readonly Question[]): Promise<Finding[]> {
  const { rows, many, few } = await bigAndSmallLedger(bench);
  await using big = await servePortico(many, { name: "big", environment: UNTHROTTLED });
  await using small = await servePortico(few, { name: "small", environment: UNTHROTTLED });
  const findings: Finding[] = [];
  for (const question of questions) {
    const measured = await compare(bench, {
      big: await guestSide(big, many, question),
      small: await guestSide(small, few, question),
    });
    findings.push(...besideFew(question.what, rows, measured));
  }
  return findings;
}

/** Another guest in each run. */
async function guestSide(
  program: Program,
  { guestKeys }: FilledHotspot,
  { what, path, isRight }: Question,
): Promise<Side> {
  await firstAnswer(program, "/healthz");
  const url = accountUrl(program, path);
  for (const key of guestKeys) {
    const answer = await fetch(url, { headers: headersOf(key) });
    if (!isRight(await answer.json())) throw new Error(`${program.name} answers something else: ${what}`);
  }
  return { program, load: (run) => ({ url, headers: headersOf(guestKeys[run % guestKeys.length]) }) };
}

function headersOf(key = ""): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}
