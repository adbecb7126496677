import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";

const LONGEST = 64;

/** A number that exists in its country's numbering plan. */
export interface KnownNumber {
  readonly e164: string;
  /** Of its country, such as `+39`. */
  readonly callingCode: string;
  /** Where a plan does not tell mobiles from fixed lines (North America), a number may be either. */
  readonly line: "mobile" | "fixed_or_mobile" | "other";
}

/** E.164 of a number written with its country (`+39 366.52 43-702`); null when it cannot be one. */
export function toE164(text: string): string | null {
  // Without a plus sign no country is named; most names that are looked up have none.
  if (text.length > LONGEST || !/[+＋]/.test(text)) return null;
  const number = parsePhoneNumberFromString(text);
  return number?.isPossible() ? number.number : null;
}

/** What a number written with its country is; null when no plan has it, or when there is more than a number in the text. */
export function knownNumber(text: string): KnownNumber | null {
  if (text.length > LONGEST) return null;
  const number = parsePhoneNumberFromString(text, { extract: false });
  if (!number?.isValid() || number.ext) return null;
  return { e164: number.number, callingCode: `+${number.countryCallingCode}`, line: lineOf(number) };
}

/** The calling code of an E.164 number's country; null when it cannot be a number there. */
export function callingCodeOf(e164: string): string | null {
  const number = parsePhoneNumberFromString(e164);
  return number?.isPossible() ? `+${number.countryCallingCode}` : null;
}

function lineOf(number: PhoneNumber): KnownNumber["line"] {
  switch (number.getType()) {
    case "MOBILE":
      return "mobile";
    case "FIXED_LINE_OR_MOBILE":
      return "fixed_or_mobile";
    default:
      return "other";
  }
}
