import type { RejectReason } from "../../aaa/access/access_decision.ts";
import type { Outcome } from "../outcome.ts";
import { Counter, Histogram } from "./prometheus_text.ts";

/** One request that was answered. */
export interface Answered {
  /** As the URL map has it: `/api/v1/freeradius/authorize`; `unmatched` when there is none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly outcome: Outcome | undefined;
}

const REASONS = Object.keys(
  {
    accepted: true,
    unknown_user: true,
    wrong_credential: true,
    inactive: true,
    not_member: true,
    unverified: true,
    password_expired: true,
    token_used: true,
    organization_disabled: true,
    too_many_sessions: true,
    quota_reached: true,
    overloaded: true,
  } satisfies Record<RejectReason | "accepted" | "overloaded", true>,
);
const STATUS_TYPES = ["Start", "Interim-Update", "Stop", "Accounting-On", "Accounting-Off"];
const REPLIES = ["Access-Accept", "Access-Reject"];
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** What this process has answered since it started. */
export class Traffic {
  readonly #requests = new Counter({
    name: "portico_http_requests_total",
    help: "HTTP requests answered, by route and status",
  });
  readonly #durations = new Histogram({
    name: "portico_http_request_duration_seconds",
    help: "Time from a request's headers to its answer, by route, measured in whole milliseconds",
  }, SECONDS);
  readonly #decisions = new Counter(
    {
      name: "portico_access_decisions_total",
      help: "Log-ins decided, by reason; check is the group check whose quota was used up",
    },
    REASONS.filter((reason) => reason !== "quota_reached").map((reason) => ({ reason, check: "" })),
  );
  readonly #accounting = new Counter({
    name: "portico_accounting_packets_total",
    help: "Accounting packets, by Acct-Status-Type and what came of them",
  });
  readonly #postAuth = new Counter({
    name: "portico_post_auth_total",
    help: "Log-ins reported by FreeRADIUS, by the packet that the NAS got",
  }, REPLIES.map((reply) => ({ reply })));

  count({ route, status, seconds, outcome }: Answered): void {
    this.#requests.add({ route, status });
    this.#durations.observe({ route }, seconds);
    switch (outcome?.kind) {
      case "decision":
        return this.#decisions.add({ reason: outcome.reason, check: outcome.check ?? "" });
      case "accounting":
        return this.#accounting.add({
          status_type: oneOf(STATUS_TYPES, outcome.statusType),
          outcome: accountingOutcome(outcome.statusType, status),
        });
      case "post_auth":
        return this.#postAuth.add({ reply: oneOf(REPLIES, outcome.reply) });
    }
  }

  *lines(): Iterable<string> {
    for (
      const family of [this.#requests, this.#durations, this.#decisions, this.#accounting, this.#postAuth]
    ) {
      yield* family.lines();
    }
  }
}

function oneOf(known: readonly string[], sent: string): string {
  return known.includes(sent) ? sent : "other";
}

function accountingOutcome(statusType: string, status: number): string {
  if (status === 201) return "created";
  if (status === 200) return /^Accounting-O/.test(statusType) ? "acknowledged" : "updated";
  return status < 500 ? "refused" : "failed";
}
