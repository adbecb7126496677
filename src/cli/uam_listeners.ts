import type { Zone } from "../aaa/identity/zones.ts";
import type { Config } from "../config.ts";
import type { Controller } from "../controller/controller.ts";
import type { Deps } from "../deps.ts";
import { openUam } from "../http/coova/uam.ts";
import { type UamHandler, uamHandler } from "../http/coova/uam_handler.ts";
import { type UamListenAddress, type UamServer, uamServer } from "../runtime/uam_server.ts";
import { processTurns } from "../storage/turns.ts";
import { portalRoutes } from "../web/portal/portal_routes.tsx";
import { codeOf } from "./installation.ts";
import { showAddress, whyNot } from "./listen.ts";

/** An IPv6 address that was given just now is looked for among the neighbours first (RFC 4862 section 5.4). */
const TENTATIVE_MILLISECONDS = 3_000;
const TENTATIVE_LOOK_MILLISECONDS = 100;

interface Wanted {
  /** Of zones and addresses: a listener that has the same stays. */
  readonly key: string;
  readonly listen: readonly UamListenAddress[];
  readonly zones: () => readonly Zone[];
}

/** The UAM listeners of all zones: each zone's on its own addresses, one for all that have no network. */
export interface UamListeners {
  /**
   * Opens and closes what the controller's zones ask for. One that cannot be had is reported once, and tried again each
   * time that this is called.
   */
  follow(): Promise<void>;
  stop(): Promise<void>;
}

export function uamListeners(
  config: Config,
  deps: Deps,
  controller: Controller,
  report: (sentence: string) => void,
): UamListeners {
  const uam = openUam({ controller, crypto: deps.crypto, now: deps.now });
  const portal = portalRoutes({ ...deps, controller });
  const running = new Map<string, UamServer>();
  const failing = new Set<string>();
  // One that is about to listen is in the way of another that looks for the same.
  const turns = processTurns();
  let isStopped = false;
  const open = async ({ key, listen, zones }: Wanted) => {
    const handler = uamHandler({ uam, zones, portal: (request, visit) => portal.fetch(request, visit) });
    try {
      running.set(key, await listenWhenReady(listen, handler, deps.reportFault));
      failing.delete(key);
    } catch (fault) {
      if (failing.has(key)) return;
      failing.add(key);
      const where = listen.map(({ hostname, port }) => showAddress(hostname, port)).join(", ");
      const why = codeOf(fault) === "EADDRINUSE"
        ? "a port is in use. `portico doctor` says by whom; once it is free, it is taken"
        : whyNot(fault);
      report(`Cannot answer login pages on ${where}: ${why}`);
    }
  };
  const close = async (key: string) => {
    const server = running.get(key);
    running.delete(key);
    await server?.stop();
  };
  const follow = async () => {
    const wanted = isStopped ? [] : wantedListeners(config, controller);
    const keys = new Set(wanted.map(({ key }) => key));
    await Promise.all([...running.keys()].filter((key) => !keys.has(key)).map(close));
    await Promise.all(wanted.filter(({ key }) => !running.has(key)).map(open));
  };
  return {
    follow: () => turns.take("listeners", follow),
    stop() {
      isStopped = true;
      return turns.take("listeners", follow);
    },
  };
}

function wantedListeners({ uam }: Config, controller: Controller): Wanted[] {
  if (uam === "off") return [];
  const gated = controller.zones.filter(({ gate }) => gate === "nftables").map((zone) => {
    const listen = ownListeners(zone);
    return {
      key: `${zone.id} ${JSON.stringify(listen)}`,
      listen,
      zones: () => controller.zones.filter(({ id }) => id === zone.id),
    };
  });
  if (!uam) return gated;
  const logical = {
    key: "none",
    listen: [uam],
    zones: () => controller.zones.filter(({ gate }) => gate === "none"),
  };
  return [...gated, logical];
}

/** The login pages' port and, next to it, the one where whoever comes is logged out (`uamlogoutip`). */
function ownListeners({ options: { address, uamport } }: Zone): UamListenAddress[] {
  return address.map((prefix) => prefix.split("/", 1)[0] ?? "").flatMap((hostname) => [
    { hostname, port: uamport },
    { hostname, port: uamport + 1, logsOut: true },
  ]);
}

async function listenWhenReady(
  listen: readonly UamListenAddress[],
  handler: UamHandler,
  reportFault: (fault: unknown) => void,
): Promise<UamServer> {
  for (let waited = 0;; waited += TENTATIVE_LOOK_MILLISECONDS) {
    try {
      return await uamServer({ listen, answer: handler.answer, refusal: handler.refusal, reportFault });
    } catch (fault) {
      if (codeOf(fault) !== "EADDRNOTAVAIL" || waited >= TENTATIVE_MILLISECONDS) throw fault;
      await new Promise((resolve) => setTimeout(resolve, TENTATIVE_LOOK_MILLISECONDS));
    }
  }
}
