import type { Deps } from "../../deps.ts";
import { Counter, gaugesLines } from "./prometheus_text.ts";

/** What was decided about log-ins, and who is in the box's zones. */
export function* accessMetrics({ decisions, stations }: Deps): Iterable<string> {
  const counter = new Counter({
    name: "portico_access_decisions_total",
    help: "Log-ins decided, by reason; check is the group check whose quota was used up",
  });
  for (const { reason, check, count } of decisions.counts()) counter.tally({ reason, check }).count = count;
  yield* counter.lines();

  const counts = new Map<string, { readonly labels: Record<string, string>; count: number }>();
  for (const { zone: { organizationSlug: organization, name: zone }, state } of stations()) {
    const key = `${organization} ${zone} ${state}`;
    const counted = counts.get(key) ?? { labels: { organization, zone, state }, count: 0 };
    counted.count++;
    counts.set(key, counted);
  }
  if (!counts.size) return;
  yield* gaugesLines({
    name: "portico_stations",
    help: "Stations that the box's zones know, by state",
  }, Array.from(counts.values(), ({ labels, count }) => [labels, count] as const));
}
