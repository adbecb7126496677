import * as v from "valibot";

const EXPECTED = "expected an address with a port, such as 0.0.0.0:8000 or [::]:8000";
const PATTERN = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s[\]:/]*)):(\d{1,5})$/;

/** Where to listen. */
export interface ListenAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** `host:port`, `[::]:port`, or `:port` for every IPv4 address. */
export const ListenAddress = v.pipe(
  v.string(EXPECTED),
  v.check((text) => parse(text) !== undefined, EXPECTED),
  // Checked one line above.
  v.transform((text) => parse(text) as ListenAddress),
);

const OFF_OR_ADDRESS = "expected off, or an address with a port";

/** A listener that need not be there. */
export const OptionalListener = v.pipe(
  v.string(OFF_OR_ADDRESS),
  v.check((text) => text === "off" || parse(text) !== undefined, OFF_OR_ADDRESS),
  v.transform((text) => parse(text) ?? "off"),
);

/** Empty where it was not said whether it is wanted. */
export const UndecidedListener = v.pipe(
  v.string(OFF_OR_ADDRESS),
  v.check((text) => text === "" || text === "off" || parse(text) !== undefined, OFF_OR_ADDRESS),
  v.transform((text) => parse(text) ?? (text === "" ? "" : "off")),
);

/** A listener that this version knows by name only. */
export const UnbuiltListener = v.pipe(
  v.string(OFF_OR_ADDRESS),
  v.check((text) => text === "off" || parse(text) !== undefined, OFF_OR_ADDRESS),
  v.literal("off", "expected off: this listener is not part of this version yet"),
);

function parse(text: string): ListenAddress | undefined {
  const [, v6, name, digits] = PATTERN.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  return { hostname: v6 ?? (name || "0.0.0.0"), port };
}
