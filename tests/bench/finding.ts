/** One line of the table. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly floor?: string;
  /** Measured to floor. */
  readonly ratio?: number;
  readonly target?: Target;
}

export interface Target {
  readonly text: string;
  readonly met: boolean;
}

export type Unit = "/s" | "ms" | "us" | "s" | "KiB" | "MiB" | "";

/** A figure, beside its floor where it has one. */
export function finding(
  what: string,
  unit: Unit,
  measured: number,
  beside: { readonly floor?: number; readonly target?: Target } = {},
): Finding {
  const { floor, target } = beside;
  return {
    what,
    measured: quantity(measured, unit),
    ...(floor === undefined ? {} : { floor: quantity(floor, unit), ratio: measured / floor }),
    ...(target ? { target } : {}),
  };
}

export function atLeast(measured: number, bound: number, text: string): Target {
  return { text: `>= ${text}`, met: measured >= bound };
}

export function atMost(measured: number, bound: number, text: string): Target {
  return { text: `<= ${text}`, met: measured <= bound };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? NaN;
  return (lower + upper) / 2;
}

const WIDTHS = [74, 12, 12, 7, 15] as const;

export function header(): string {
  return line("", "measured", "floor", "ratio", "target", "");
}

export function tableLine({ what, measured, floor = "", ratio, target }: Finding): string {
  const met = target ? (target.met ? "met" : "MISSED") : "";
  return line(`  ${what}`, measured, floor, ratio?.toFixed(2) ?? "", target?.text ?? "", met);
}

function line(what: string, ...cells: readonly string[]): string {
  const [first, ...widths] = WIDTHS;
  return `${what.padEnd(first)} ${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  ")}`
    .trimEnd();
}

function quantity(value: number, unit: Unit): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const exact = unit === "" && Number.isInteger(value);
  const text = value.toLocaleString("en", {
    minimumFractionDigits: exact ? 0 : digits,
    maximumFractionDigits: exact ? 0 : digits,
  });
  return unit === "/s" ? `${text}/s` : unit ? `${text} ${unit}` : text;
}
