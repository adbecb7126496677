import { type Language, LOCALES } from "./say.ts";

const formats = new Map<string, Intl.NumberFormat>();

/** `1 hr 5 min`, `2 days 3 hrs`, `45 sec`: the two largest units, rounded down. */
export function sayDuration(language: Language, seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor(whole / 3600) % 24, "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown.filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => format(language, unit, 0).format(amount)).join(" ");
}

const SIZES = [[1e12, "terabyte"], [1e9, "gigabyte"], [1e6, "megabyte"]] as const;

/** `12.3 MB`, `640 kB`, `0 kB`: in powers of a thousand, as data plans are sold, rounded down. */
export function saySize(language: Language, octets: number): string {
  const [size, unit] = SIZES.find(([least]) => octets >= least) ?? [1e3, "kilobyte"] as const;
  const amount = octets / size;
  return format(language, unit, amount < 100 && size > 1e3 ? 1 : 0).format(amount);
}

function format(language: Language, unit: string, digits: number): Intl.NumberFormat {
  const key = `${language} ${unit} ${digits}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.NumberFormat(LOCALES[language], {
      style: "unit",
      unit,
      // Nobody reads Arabic's short ones.
      unitDisplay: language === "ar" ? "long" : "short",
      maximumFractionDigits: digits,
      roundingMode: "trunc",
    });
    formats.set(key, known);
  }
  return known;
}
