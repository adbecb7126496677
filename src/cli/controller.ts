import type { Zone } from "../aaa/identity/zones.ts";
import { localAuthority } from "../controller/authority/local_authority.ts";
import type { Controller } from "../controller/controller.ts";
import { openController } from "../controller/open_controller.ts";
import { timers } from "../controller/timers.ts";
import type { Config } from "../config.ts";
import type { Deps } from "../deps.ts";
import { type ControlServer, controlServer, runningVenue } from "../runtime/control_socket.ts";
import type { HttpServer } from "../runtime/http_server.ts";
import { openGround } from "./controller_ground.ts";
import { atMost } from "./at_most.ts";
import { type GuestListener, openGuestListener } from "./guest_listener.ts";
import { reasonOf } from "./installation.ts";
import { controlPath } from "./running_venue.ts";
import { uamListeners } from "./uam_listeners.ts";

/** How long a stop waits for answers that are on their way. */
const CLOSING_MILLISECONDS = 5_000;
/** How often what was missing, such as an interface that is unplugged or a port, is looked for. */
const LOOK_MILLISECONDS = 5_000;

export interface ControllerParts {
  readonly config: Config;
  readonly deps: Deps;
  /** A sentence for the operator. */
  readonly report: (sentence: string) => void;
}

/** This box as a NAS, while it runs. */
export interface RunningController {
  /** Those that it runs at the moment. */
  readonly zones: readonly Zone[];
  /** Where guests are served over TLS. */
  readonly guests: HttpServer | null;
  readonly stations: Controller["stations"];
  /** Ends the sessions with their Stop records, and takes away what is the controller's own. */
  stop(): Promise<void>;
}

/**
 * Opens the zones: network, gate, leases, sessions, listeners, and the socket on which commands are taken.
 *
 * @throws {Error} when the machine refuses what a zone needs, or guests cannot be served over TLS; what an earlier process
 * opened goes on.
 */
export async function startController(parts: ControllerParts): Promise<RunningController> {
  const { config, report } = parts;
  if (await runningVenue(controlPath(config))) {
    report(`Another process runs the zones of ${config.data}: this one leaves them alone`);
    return { zones: [], guests: null, stations: () => [], stop: () => Promise.resolve() };
  }
  const guests = await openGuestListener(parts);
  try {
    return await openZones(parts, guests);
  } catch (fault) {
    await guests?.stop();
    throw fault;
  }
}

async function openZones(parts: ControllerParts, guests: GuestListener | null): Promise<RunningController> {
  const { config, deps, report } = parts;
  const ground = await openGround(parts, () => guests?.captivePortalUrl() ?? null);
  const inner = await openController({
    ...ground,
    context: deps,
    authority: localAuthority(deps),
    now: deps.now,
    uptime: () => performance.now(),
    reportFault: deps.reportFault,
    wakeOutbox: deps.wakeOutbox,
  });
  const listeners = uamListeners(config, deps, inner, report);
  const controller: Controller = {
    ...inner,
    get zones() {
      return inner.zones;
    },
    async reload() {
      await inner.reload();
      await listeners.follow();
    },
  };
  const reload = () => controller.reload().catch(deps.reportFault);
  await listeners.follow();
  await guests?.serve(controller, reload);
  const control = await takeCommands(parts, controller, ground.waits);
  const stopLooking = timers.every(LOOK_MILLISECONDS, async () => {
    if (ground.hasNewInterface()) await reload();
    else await listeners.follow();
  });
  return {
    get zones() {
      return inner.zones;
    },
    get guests() {
      return guests?.server ?? null;
    },
    stations: inner.stations,
    async stop() {
      stopLooking();
      // Whoever asks slowly keeps no session from its end.
      const closing = Promise.allSettled([control?.close(), guests?.stop()]);
      try {
        await inner.stop();
      } finally {
        await atMost(CLOSING_MILLISECONDS, Promise.allSettled([closing, listeners.stop()]));
        await ground.restore();
      }
    },
  };
}

/** The socket for commands; without it everything else goes on. */
async function takeCommands(
  { config, deps, report }: ControllerParts,
  controller: Controller,
  waits: () => readonly string[],
): Promise<ControlServer | null> {
  try {
    return await controlServer({ ...deps, path: controlPath(config), controller, waits });
  } catch (fault) {
    report(`Commands cannot reach this venue: ${reasonOf(fault)}`);
    return null;
  }
}
