import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** E.164 of a number written with its country (`+39 366.52 43-702`); null when it cannot be one. */
export function toE164(text: string): string | null {
  if (text.length > 64) return null;
  const number = parsePhoneNumberFromString(text);
  return number?.isPossible() ? number.number : null;
}
