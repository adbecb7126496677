import type { Outcome } from "../outcome.ts";
import { Counter, type Durations, Histogram, type Tally } from "./prometheus_text.ts";

const STATUS_TYPES = ["Start", "Interim-Update", "Stop", "Accounting-On", "Accounting-Off"];
const REPLIES = ["Access-Accept", "Access-Reject"];
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

interface RouteTraffic {
  readonly durations: Durations;
  readonly byStatus: (status: number) => Tally;
}

/** What this process has answered since it started. Counting is a few look-ups: it is done for every packet. */
export class Traffic {
  readonly #requests = new Counter({
    name: "portico_http_requests_total",
    help: "HTTP requests answered, by route and status",
  });
  readonly #durations = new Histogram({
    name: "portico_http_request_duration_seconds",
    help: "Time from a request's headers to its answer, by route, measured in whole milliseconds",
  }, SECONDS);
  readonly #accounting = new Counter({
    name: "portico_accounting_packets_total",
    help: "Accounting packets, by Acct-Status-Type and what came of them",
  });
  readonly #postAuth = new Counter({
    name: "portico_post_auth_total",
    help: "Log-ins reported by FreeRADIUS, by the packet that the NAS got",
  });

  readonly #byRoute = remembering((route: string): RouteTraffic => ({
    durations: this.#durations.durations({ route }),
    byStatus: remembering((status: number) => this.#requests.tally({ route, status })),
  }));
  readonly #byPacket = remembering((packet: string) => {
    const [status_type = "", outcome = ""] = packet.split("|");
    return this.#accounting.tally({ status_type, outcome });
  });
  readonly #byReply = remembering((reply: string) => this.#postAuth.tally({ reply }));

  constructor() {
    REPLIES.forEach((reply) => this.#byReply(reply));
  }

  /** @param route as the URL map has it: `/api/v1/freeradius/authorize`. */
  count(route: string, status: number, seconds: number, outcome: Outcome | undefined): void {
    const { durations, byStatus } = this.#byRoute(route);
    byStatus(status).count++;
    durations.add(seconds);
    if (outcome) this.#tallyOf(outcome, status).count++;
  }

  *lines(): Iterable<string> {
    const all = [this.#requests, this.#durations, this.#accounting, this.#postAuth];
    for (const family of all) yield* family.lines();
  }

  #tallyOf(outcome: Outcome, status: number): Tally {
    switch (outcome.kind) {
      case "accounting":
        return this.#byPacket(
          `${oneOf(STATUS_TYPES, outcome.statusType)}|${accountingOutcome(outcome.statusType, status)}`,
        );
      case "post_auth":
        return this.#byReply(oneOf(REPLIES, outcome.reply));
    }
  }
}

function remembering<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) made.set(key, value = make(key));
    return value;
  };
}

function oneOf(known: readonly string[], sent: string): string {
  return known.includes(sent) ? sent : "other";
}

function accountingOutcome(statusType: string, status: number): string {
  if (status === 201) return "created";
  if (status === 200) return statusType.startsWith("Accounting-O") ? "acknowledged" : "updated";
  return status < 500 ? "refused" : "failed";
}
