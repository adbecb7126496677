/** The content type of Prometheus's text format. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Names to values, which come from small closed sets: never a user, a station or free text. */
export type Labels = Readonly<Record<string, string | number>>;

export interface Metric {
  /** With its unit, and `_total` for counters. */
  readonly name: string;
  /** What is measured, without a full stop. */
  readonly help: string;
}

/** One combination of label values, to be kept by whoever counts: adding to it costs nothing. */
export interface Tally {
  count: number;
}

/** A counter by labels. */
export class Counter {
  readonly #metric: Metric;
  readonly #tallies = new Map<string, Tally>();

  constructor(metric: Metric) {
    this.#metric = metric;
  }

  /** Shown from now on, with 0 until something happens, so that a first event is seen as a rise. */
  tally(labels: Labels): Tally {
    const tally = { count: 0 };
    this.#tallies.set(labelsText(labels), tally);
    return tally;
  }

  *lines(): Iterable<string> {
    yield* head(this.#metric, "counter");
    for (const [labels, { count }] of this.#tallies) yield `${this.#metric.name}{${labels}} ${count}`;
  }
}

/** Durations of one combination of label values. */
export class Durations {
  readonly #bounds: readonly number[];
  readonly #buckets: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#buckets = new Array<number>(bounds.length + 1).fill(0);
  }

  add(seconds: number): void {
    let bucket = 0;
    while (seconds > (this.#bounds[bucket] ?? Infinity)) bucket++;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#sum += seconds;
  }

  *lines(name: string, labels: string): Iterable<string> {
    let count = 0;
    for (const [index, inBucket] of this.#buckets.entries()) {
      count += inBucket;
      yield `${name}_bucket{${labels},le="${this.#bounds[index] ?? "+Inf"}"} ${count}`;
    }
    yield `${name}_sum{${labels}} ${Number(this.#sum.toFixed(6))}`;
    yield `${name}_count{${labels}} ${count}`;
  }
}

/** A histogram by labels. */
export class Histogram {
  readonly #metric: Metric;
  readonly #bounds: readonly number[];
  readonly #durations = new Map<string, Durations>();

  /** @param bounds upper ones of the buckets, rising, in seconds. */
  constructor(metric: Metric, bounds: readonly number[]) {
    this.#metric = metric;
    this.#bounds = bounds;
  }

  durations(labels: Labels): Durations {
    const durations = new Durations(this.#bounds);
    this.#durations.set(labelsText(labels), durations);
    return durations;
  }

  *lines(): Iterable<string> {
    yield* head(this.#metric, "histogram");
    for (const [labels, durations] of this.#durations) yield* durations.lines(this.#metric.name, labels);
  }
}

/** Something that was measured when it was asked for. */
export function* gaugeLines(metric: Metric, value: number): Iterable<string> {
  yield* head(metric, "gauge");
  yield `${metric.name} ${value}`;
}

/** The same by labels. */
export function* gaugesLines(
  metric: Metric,
  values: Iterable<readonly [labels: Labels, value: number]>,
): Iterable<string> {
  yield* head(metric, "gauge");
  for (const [labels, value] of values) yield `${metric.name}{${labelsText(labels)}} ${value}`;
}

function* head({ name, help }: Metric, type: string): Iterable<string> {
  yield `# HELP ${name} ${help}`;
  yield `# TYPE ${name} ${type}`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`).join(",");
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
