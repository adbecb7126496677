/** Whether a statement only reads: then it needs no turn among the writes. */
export function onlyReads(sql: string): boolean {
  return /^\s*(select|explain|pragma|values)\b/i.test(sql);
}

/** Integers are numbers as long as a number can hold them. */
export function narrowInteger<T>(value: T): T | number {
  if (typeof value !== "bigint") return value;
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
}
