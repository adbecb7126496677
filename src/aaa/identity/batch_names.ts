import type { Database } from "../../storage/database.ts";
import { isAnyOf } from "../../storage/rows.ts";
import { user } from "../../storage/schema/users.ts";
import { foldCase } from "../../values/fold_case.ts";

export const LONGEST_USERNAME = 150;
const MOST_AT_A_TIME = 2_000;

/** The names that somebody may get, in this order: `rohith`, `rohith1`, … or `event1`, `event2`, …. */
interface Series {
  readonly base: string;
  /** How many names of it were looked up. */
  known: number;
  /** The next one to be given out. */
  next: number;
}

/**
 * A user name for each of `bases` that nobody has, whatever the letter case, and that no other one of them gets.
 *
 * @param numberedFrom 0: the bare base is the first choice; 1: every name has a number.
 */
export async function freeUsernames(
  db: Database,
  bases: readonly string[],
  numberedFrom: 0 | 1,
  pause: () => Promise<void>,
): Promise<string[]> {
  const taken = new Set<string>();
  const serieses = new Map<string, Series>();
  const demand = Map.groupBy(bases, foldCase);
  const nameOf = ({ base }: Series, at: number) => numbered(base, at + numberedFrom);
  const lookUp = async (wanted: readonly { readonly series: Series; readonly count: number }[]) => {
    const keys = wanted.flatMap(({ series, count }) =>
      Array.from({ length: count }, (_, at) => foldCase(nameOf(series, series.known + at)))
    );
    for (let from = 0; from < keys.length; from += MOST_AT_A_TIME) {
      for (const key of await takenOf(db, keys.slice(from, from + MOST_AT_A_TIME))) taken.add(key);
      await pause();
    }
    for (const { series, count } of wanted) series.known += count;
  };

  for (const [key, [base = ""]] of demand) serieses.set(key, { base, known: 0, next: 0 });
  await lookUp([...serieses].map(([key, series]) => ({ series, count: demand.get(key)?.length ?? 1 })));

  const names: string[] = [];
  for (const base of bases) {
    const series = serieses.get(foldCase(base)) ?? { base, known: 0, next: 0 };
    for (let name: string | undefined; name === undefined;) {
      if (series.next >= series.known) {
        await lookUp([{ series, count: Math.min(MOST_AT_A_TIME, Math.max(10, series.known)) }]);
      }
      // Each spells its own name as it was typed.
      const candidate = nameOf({ ...series, base }, series.next++);
      const key = foldCase(candidate);
      if (taken.has(key)) continue;
      taken.add(key);
      names.push(name = candidate);
    }
  }
  return names;
}

/** The base with its number behind it, shortened where both are too long together. */
function numbered(base: string, number: number): string {
  const suffix = number ? String(number) : "";
  const most = LONGEST_USERNAME - suffix.length;
  return (base.length > most ? base.slice(0, most).replace(/[\uD800-\uDBFF]$/, "") : base) + suffix;
}

async function takenOf({ directory }: Database, keys: readonly string[]): Promise<string[]> {
  const rows = await directory.select({ key: user.usernameKey }).from(user)
    .where(isAnyOf(user.usernameKey, keys));
  return rows.map(({ key }) => key);
}
