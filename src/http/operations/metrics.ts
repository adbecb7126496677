import { Hono, type MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { openSessionCount } from "../../aaa/accounting/open_session_count.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { clientAddress, isAmong } from "../client_address.ts";
import { outboxMetrics } from "./outbox_metrics.ts";
import { accessMetrics } from "./access_metrics.ts";
import { gaugeLines, PROMETHEUS_TYPE } from "./prometheus_text.ts";
import type { Traffic } from "./traffic.ts";

const RECOUNT_MILLISECONDS = 10_000;

/** Counts every request, what it came to and how long that took. */
export function countTraffic({ now }: Deps, traffic: Traffic): MiddlewareHandler {
  return async (c, next) => {
    const begunAt = now().getTime();
    await next();
    const route = routePath(c, -1);
    // The clock may have been set back meanwhile.
    const seconds = Math.max(0, now().getTime() - begunAt) / 1000;
    traffic.count(route.endsWith("*") ? "unmatched" : route, c.res.status, seconds, c.get("outcome"));
  };
}

/** Called by Prometheus, from the hosts that a setting names. */
export function metricsRoute(deps: Deps, traffic: Traffic): Hono {
  const openSessions = recountedOpenSessions(deps);
  const messages = outboxMetrics(deps);
  const startedAt = deps.now().getTime() / 1000;
  return new Hono({ strict: false }).get("/metrics", async (c) => {
    const address = clientAddress(deps, c);
    if (!isAmong(deps.settings.metricsAllowedHosts, address)) {
      throw new DomainError("forbidden", `Metrics are not shown to ${address}`);
    }
    const open = await openSessions();
    const lines = [
      ...traffic.lines(),
      ...accessMetrics(deps),
      ...(open === undefined ? [] : gaugeLines({
        name: "portico_sessions_open",
        help: "Sessions that no packet has closed, counted at most every 10 seconds",
      }, open)),
      ...await messages(),
      ...gaugeLines({
        name: "portico_password_hashes_waiting",
        help: "Password hashes that wait for their turn",
      }, deps.passwords.waiting()),
      ...gaugeLines({
        name: "process_start_time_seconds",
        help: "When this process began to count, in seconds since 1970",
      }, startedAt),
    ];
    return c.text(`${lines.join("\n")}\n`, 200, {
      "Content-Type": PROMETHEUS_TYPE,
      "Cache-Control": "no-store",
    });
  });
}

/** What is left of a count that fails is the last one; undefined when there was none. */
function recountedOpenSessions({ db, now, reportFault }: Deps): () => Promise<number | undefined> {
  let count: number | undefined;
  let countedAt = -Infinity;
  return async () => {
    const at = now().getTime();
    if (Math.abs(at - countedAt) < RECOUNT_MILLISECONDS) return count;
    countedAt = at;
    try {
      count = await openSessionCount(db);
    } catch (fault) {
      reportFault(fault);
    }
    return count;
  };
}
