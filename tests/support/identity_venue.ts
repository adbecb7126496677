import type { IdentityContext } from "../../src/aaa/identity/identity_context.ts";
import { applySetup } from "../../src/aaa/identity/apply_setup.ts";
import { parseSetup } from "../../src/aaa/identity/setup_file.ts";
import { seed } from "../../src/aaa/identity/seed.ts";
import { type MemoryVenue, memoryVenue, type MemoryVenueOptions } from "./memory_venue.ts";

/** A venue as it is after its first start, and what changes its identities need. */
export async function identityVenue(options: MemoryVenueOptions = {}): Promise<{
  readonly venue: MemoryVenue;
  readonly context: () => IdentityContext;
  /** Applies a setup file's content; what was different, as `type name: fields`. */
  readonly apply: (file: unknown) => Promise<string[]>;
  readonly close: () => Promise<void>;
}> {
  const venue = await memoryVenue(options);
  const { db, settings, crypto, serverKey, passwords } = venue.deps;
  const context = (): IdentityContext => ({
    db,
    settings,
    crypto,
    serverKey,
    passwords,
    now: venue.clock.at,
    actor: "test",
  });
  await seed(context());
  return {
    venue,
    context,
    async apply(file) {
      venue.clock.pass(1_000);
      const { differences } = await applySetup(context(), parseSetup(file));
      return differences.map(({ action, type, name, fields }) =>
        `${action} ${type} ${name}${fields ? `: ${fields.join(" ")}` : ""}`
      );
    },
    close: () => venue.close(),
  };
}
