import * as v from "valibot";
import type { StationDetails, StationView } from "./station_view.ts";

const Reference = v.pipe(v.string(), v.nonEmpty());
const Zone = v.optional(Reference);

/** What a running venue is asked by a command beside it, each with what it takes. */
export const CONTROL_REQUESTS = {
  stations: v.strictObject({ zone: Zone }),
  station: v.strictObject({ who: Reference, zone: Zone }),
  disconnect: v.strictObject({ who: Reference, zone: Zone }),
  authorize: v.strictObject({
    mac: Reference,
    zone: Zone,
    username: v.optional(Reference),
    session_timeout: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
  reload: v.strictObject({}),
};

export type ControlName = keyof typeof CONTROL_REQUESTS;
export type ControlRequest<N extends ControlName> = v.InferOutput<typeof CONTROL_REQUESTS[N]>;

/** What is served after zones were read again. */
export interface Reloaded {
  /** `organization/name` each. */
  readonly zones: readonly string[];
  /** Sentences: what has to come before all of them are open, such as an interface that is not there. */
  readonly waits: readonly string[];
}

interface Answers {
  readonly stations: readonly StationView[];
  readonly station: StationDetails;
  readonly disconnect: readonly StationView[];
  readonly authorize: StationView;
  readonly reload: Reloaded;
}
export type ControlAnswer<N extends ControlName> = Answers[N];

/**
 * A running venue, as commands see it. A zone is named by its name or `organization/name`; a station (`who`) by its MAC
 * address in any spelling, its IP address, its session's id or its user's name.
 *
 * @throws {DomainError} with what could not be done.
 */
export interface Control {
  /** Every station known, strangers too, zone by zone; or those of one zone. */
  stations(request: ControlRequest<"stations">): Promise<readonly StationView[]>;
  /** One of them; refused when `who` fits several. */
  station(request: ControlRequest<"station">): Promise<StationDetails>;
  /** Ends every session that fits, with Admin-Reset; what they came to. */
  disconnect(request: ControlRequest<"disconnect">): Promise<readonly StationView[]>;
  /** Opens a session for a station that is known; `session_timeout` in seconds. */
  authorize(request: ControlRequest<"authorize">): Promise<StationView>;
  /** Reads the zones again and makes the box be so. */
  reload(request: ControlRequest<"reload">): Promise<Reloaded>;
}
