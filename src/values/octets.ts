/** 2^32: what one Gigaword counts (RFC 2869 section 5.1). */
export const GIGAWORD = 4_294_967_296;

/** The most that a column of SQLite holds. */
export const LARGEST_INT64 = 9_223_372_036_854_775_807n;
