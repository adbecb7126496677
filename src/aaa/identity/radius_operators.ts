/** What a check may do with its attribute. */
export const CHECK_OPERATORS = [
  "=",
  ":=",
  "==",
  "+=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "=~",
  "!~",
  "=*",
  "!*",
] as const;

/** What a reply may do with its attribute. */
export const REPLY_OPERATORS = ["=", ":=", "+="] as const;

/** Whether an attribute's value is never shown or logged: `Cleartext-Password`, `NT-Password` and so on. */
export function isSecretAttribute(attribute: string): boolean {
  return /password|secret/i.test(attribute);
}
