import * as v from "valibot";
import { DomainError } from "../../errors.ts";
import { changeZone } from "./change_zones.ts";
import type { IdentityContext } from "./identity_context.ts";
import { BypassEntry } from "./zone_options.ts";
import { findZone, listStoredZones, type StoredZone } from "./zones.ts";

/** One entry of a zone's `bypass`. */
export interface Bypass {
  readonly zone: StoredZone;
  /** A MAC address (`aa:bb:…`), an address or a network. */
  readonly entry: string;
}

/**
 * Lets a MAC address, an address or a network pass without a session; it may be there already.
 *
 * @param reference the zone; it may be left out when there is one only.
 * @throws {DomainError} invalid_input; as `findZone()`.
 */
export async function addBypass(context: IdentityContext, text: string, reference?: string): Promise<Bypass> {
  const entry = parseEntry(text);
  const zone = await changeZone(context, await zoneFor(context, reference), undefined, ({ options }) => ({
    bypass: options.bypass.includes(entry) ? options.bypass : [...options.bypass, entry],
  }));
  return { zone, entry };
}

/** @throws {DomainError} not_found when the zone has no such entry; as `addBypass()`. */
export async function removeBypass(
  context: IdentityContext,
  text: string,
  reference?: string,
): Promise<Bypass> {
  const entry = parseEntry(text);
  const zone = await changeZone(
    context,
    await zoneFor(context, reference),
    undefined,
    ({ name, options }) => {
      if (!options.bypass.includes(entry)) {
        throw new DomainError("not_found", `There is no bypass for ${entry} in the zone "${name}"`);
      }
      return { bypass: options.bypass.filter((other) => other !== entry) };
    },
  );
  return { zone, entry };
}

/** All of them, or those of one zone. */
export async function listBypasses(
  { db }: Pick<IdentityContext, "db">,
  reference?: string,
): Promise<Bypass[]> {
  const zones = await listStoredZones(db);
  const wanted = reference === undefined ? zones : [findZone(zones, reference)];
  return wanted.flatMap((zone) => zone.options.bypass.map((entry) => ({ zone, entry })));
}

async function zoneFor({ db }: IdentityContext, reference: string | undefined): Promise<string> {
  if (reference !== undefined) return reference;
  const names = (await listStoredZones(db)).map(({ organizationSlug, name }) =>
    `${organizationSlug}/${name}`
  );
  const [only, ...more] = names;
  if (only === undefined) {
    throw new DomainError("not_found", "There is no zone yet: make one with zone create");
  }
  if (!more.length) return only;
  throw new DomainError("invalid_input", `--zone is missing: there are ${names.join(", ")}`);
}

function parseEntry(text: string): string {
  const parsed = v.safeParse(BypassEntry, text.trim());
  if (parsed.success) return parsed.output;
  throw new DomainError("invalid_input", `"${text}": ${parsed.issues[0].message}`);
}
