/** One row that is not empty, numbered as a spreadsheet numbers it: from 1, empty rows counted. */
export type CsvRow =
  | { readonly row: number; readonly cells: readonly string[] }
  | { readonly row: number; readonly broken: string };

/** The part of papaparse that is used here. */
interface Papa {
  parse(row: string, options: { readonly delimiter: string; readonly newline: string }): {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly unknown[];
  };
}

/** A row is parsed in one go: this bounds what a quotation mark that is never closed may cost. */
const LONGEST_ROW = 8192;
/** As much of a file as tells its encoding. */
const SAMPLE_OCTETS = 65_536;
/** Four commas and an `@` are in the shortest row. */
const FEWEST_SEPARATORS = 5;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The text of a file in UTF-8 or UTF-16, NUL characters removed; null when it is neither. */
export function decodeCsv(octets: Uint8Array): string | null {
  const order = utf16Order(octets.subarray(0, SAMPLE_OCTETS));
  const text = order === null
    ? decode("utf-8", octets)
    : decode("utf-16le", order === "be" ? swapped(octets) : octets);
  return text?.replaceAll("\0", "") ?? null;
}

/**
 * Takes a comma separated text (RFC 4180) apart. Rows that hold nothing are counted and left out. It ends after a row
 * that is too long: where the next one would begin is a guess then.
 */
export async function* csvRows(text: string): AsyncGenerator<CsvRow> {
  // Not before somebody uploads a file: Workers pay for what is loaded at their start.
  const { default: papa }: { readonly default: Papa } = await import("papaparse");
  for (const { row, content } of rowTexts(text)) {
    if (content.length > LONGEST_ROW) {
      const broken = `it is longer than ${LONGEST_ROW} characters, or a quotation mark is not closed`;
      yield { row, broken };
      return;
    }
    const { data: [cells, ...more], errors } = papa.parse(content, { delimiter: ",", newline: "\n" });
    if (!cells || more.length || errors.length) yield { row, broken: "a quotation mark is out of place" };
    else if (cells.some((cell) => cell.trim())) yield { row, cells };
  }
}

/** Splits at line ends outside quotation marks; whatever else is wrong with a row shows when it is parsed. */
function* rowTexts(text: string): Generator<{ readonly row: number; readonly content: string }> {
  let row = 1;
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (!quoted && (code === LINE_FEED || code === CARRIAGE_RETURN)) {
      if (at > begin) yield { row, content: text.slice(begin, at) };
      if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED) at++;
      begin = at + 1;
      row++;
    }
    if (at - begin > LONGEST_ROW) break;
  }
  if (begin < text.length) yield { row, content: text.slice(begin) };
}

/**
 * In which order a UTF-16 file has its octets, by its mark or by where its NULs are: commas, line ends and Latin
 * letters have one each, all on the same side. Null when it does not look like UTF-16.
 */
function utf16Order(sample: Uint8Array): "le" | "be" | null {
  if (sample[0] === 0xff && sample[1] === 0xfe) return "le";
  if (sample[0] === 0xfe && sample[1] === 0xff) return "be";
  let even = 0;
  let odd = 0;
  for (const [at, octet] of sample.entries()) {
    if (octet !== 0) continue;
    if (at % 2) odd++;
    else even++;
  }
  // Fewer, or on both sides, are an accident in a file of another encoding.
  const most = Math.max(even, odd);
  const isFew = most < FEWEST_SEPARATORS || most * 50 < sample.length || most < 4 * Math.min(even, odd);
  if (isFew) return null;
  return odd > even ? "le" : "be";
}

function decode(encoding: string, octets: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(octets);
  } catch {
    return null;
  }
}

/** Not every runtime decodes UTF-16BE. */
function swapped(octets: Uint8Array): Uint8Array {
  const other = octets.slice();
  for (let at = 0; at + 1 < other.length; at += 2) other.subarray(at, at + 2).reverse();
  return other;
}
