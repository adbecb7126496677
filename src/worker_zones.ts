import { localAuthority } from "./controller/authority/local_authority.ts";
import { noneGate } from "./controller/gate/none.ts";
import { noneWhereabouts } from "./controller/leases/none_whereabouts.ts";
import { openController } from "./controller/open_controller.ts";
import type { Timers } from "./controller/timers.ts";
import { listZones } from "./aaa/identity/zones.ts";
import type { Deps } from "./deps.ts";
import { openUam } from "./http/coova/uam.ts";
import { uamHandler } from "./http/coova/uam_handler.ts";
import { portalRoutes } from "./web/portal/portal_routes.tsx";

/** The zones of a Worker: sessions without a network, below `/zone/<name>/`. */
export interface WorkerZones {
  /** @param source the station's address. */
  answer(request: Request, source: string): Promise<Response>;
  /** Does what is due by the clock. */
  runDue(): Promise<void>;
}

/**
 * For development and tests: strangers are known to one isolate only, and a session's end is seen at the next request
 * or scheduled run.
 */
export async function openWorkerZones(deps: Deps): Promise<WorkerZones> {
  const clock = betweenRequests(deps.now);
  const controller = await openController({
    ...deps,
    context: deps,
    gates: { nftables: null, none: noneGate() },
    whereabouts: { nftables: null, none: noneWhereabouts() },
    authority: localAuthority(deps),
    listZones: async () => (await listZones(deps.db)).map((zone) => ({ ...zone, gate: "none" })),
    timers: clock,
  });
  const portal = portalRoutes({ ...deps, controller });
  const handler = uamHandler({
    uam: openUam({ ...deps, controller }),
    zones: () => controller.zones,
    portal: (request, visit) => portal.fetch(request, visit),
  });
  return {
    runDue: clock.runDue,
    async answer(request, source) {
      await controller.reload();
      await clock.runDue();
      const { hostname, port, pathname, search } = new URL(request.url);
      const { status, statusText, headers, body } = await handler.answer({
        method: request.method,
        target: pathname + search,
        headers: [...request.headers],
        body: new Uint8Array(await request.arrayBuffer()),
        source,
        local: { address: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || 80 },
        logsOut: false,
      });
      // The length is the platform's to say, as is what becomes of the connection.
      const kept = headers.filter(([name]) => !/^(connection|content-length)$/i.test(name));
      const hasBody = status !== 204 && status !== 304;
      return new Response(hasBody ? body : null, {
        status,
        statusText,
        headers: kept.map(([name, value]): [string, string] => [name, value]),
      });
    },
  };
}

interface Task {
  readonly work: () => Promise<void>;
  readonly every: number | null;
  dueAt: number;
}

/** A Worker has no time between its requests: what became due meanwhile is done at the next one. */
function betweenRequests(now: () => Date): Timers & Pick<WorkerZones, "runDue"> {
  const tasks = new Set<Task>();
  const add = (milliseconds: number, work: Task["work"], every: number | null) => {
    const task = { work, every, dueAt: now().getTime() + milliseconds };
    tasks.add(task);
    return () => void tasks.delete(task);
  };
  return {
    every: (milliseconds, work) => add(milliseconds, work, milliseconds),
    after: (milliseconds, work) => add(milliseconds, work, null),
    async runDue() {
      const at = now().getTime();
      for (const task of [...tasks].filter(({ dueAt }) => dueAt <= at)) {
        if (task.every === null) tasks.delete(task);
        else task.dueAt = at + task.every;
        await task.work();
      }
    },
  };
}
