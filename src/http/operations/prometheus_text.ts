/** Octets of a scrape's first lines say what this is. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Named {
  /** With its unit, and `_total` for counters. */
  readonly name: string;
  /** What is counted, in a sentence without its full stop. */
  readonly help: string;
}

/** A family of counters, one per combination of label values; adding costs a fraction of a microsecond. */
export class Counter {
  readonly #about: Named;
  readonly #counts = new Map<string, number>();

  /** @param known combinations that are shown as 0 before they happen, so that a first event is seen as a rise. */
  constructor(about: Named, known: readonly Labels[] = []) {
    this.#about = about;
    for (const labels of known) this.#counts.set(labelsText(labels), 0);
  }

  add(labels: Labels): void {
    const text = labelsText(labels);
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  *lines(): Iterable<string> {
    yield* head(this.#about, "counter");
    for (const [labels, count] of this.#counts) yield `${this.#about.name}{${labels}} ${count}`;
  }
}

/** A family of histograms of durations in seconds. */
export class Histogram {
  readonly #about: Named;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { readonly buckets: number[]; sum: number }>();

  /** @param bounds upper ones of the buckets, rising, in seconds. */
  constructor(about: Named, bounds: readonly number[]) {
    this.#about = about;
    this.#bounds = bounds;
  }

  observe(labels: Labels, seconds: number): void {
    const text = labelsText(labels);
    let series = this.#series.get(text);
    if (!series) {
      series = { buckets: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(text, series);
    }
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] ?? 0)) bucket++;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  *lines(): Iterable<string> {
    const { name } = this.#about;
    yield* head(this.#about, "histogram");
    for (const [labels, { buckets, sum }] of this.#series) {
      let count = 0;
      for (const [index, inBucket] of buckets.entries()) {
        count += inBucket;
        yield `${name}_bucket{${labels},le="${this.#bounds[index] ?? "+Inf"}"} ${count}`;
      }
      yield `${name}_sum{${labels}} ${Number(sum.toFixed(6))}`;
      yield `${name}_count{${labels}} ${count}`;
    }
  }
}

/** Something that was measured when it was asked for. */
export function* gaugeLines(about: Named, value: number): Iterable<string> {
  yield* head(about, "gauge");
  yield `${about.name} ${value}`;
}

/** Names to values, which come from small closed sets: never a user, a station or free text. */
export type Labels = Readonly<Record<string, string | number>>;

function* head({ name, help }: Named, type: string): Iterable<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
}

function labelsText(labels: Labels): string {
  let text = "";
  for (const name in labels) {
    const value = String(labels[name]);
    text += `${text && ","}${name}="${NEEDS_ESCAPE.test(value) ? escaped(value) : value}"`;
  }
  return text;
}

const NEEDS_ESCAPE = /["\\\n]/;

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
