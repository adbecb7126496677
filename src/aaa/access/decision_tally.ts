import type { AccessDecision, RejectReason } from "./access_decision.ts";

const REASONS = Object.keys(
  {
    accepted: true,
    unknown_user: true,
    wrong_credential: true,
    inactive: true,
    not_member: true,
    unverified: true,
    password_expired: true,
    needs_clear_password: true,
    token_used: true,
    organization_disabled: true,
    too_many_sessions: true,
    overloaded: true,
  } satisfies Record<Exclude<RejectReason, "quota_reached"> | "accepted" | "overloaded", true>,
);

interface Counted {
  readonly reason: string;
  /** The group check whose quota was used up. */
  readonly check: string;
  count: number;
}

/** What this process has decided about log-ins since it started, whichever way they came in. */
export class DecisionTally {
  readonly #counts = new Map(
    REASONS.map((reason): [string, Counted] => [`${reason} `, { reason, check: "", count: 0 }]),
  );

  count(decision: AccessDecision): void {
    const { reason, check } = reasonOf(decision);
    const key = `${reason} ${check}`;
    const counted = this.#counts.get(key) ?? { reason, check, count: 0 };
    counted.count++;
    this.#counts.set(key, counted);
  }

  /** Every reason, those that never came up too; of quotas those that did. */
  counts(): Iterable<Readonly<Counted>> {
    return this.#counts.values();
  }
}

function reasonOf(decision: AccessDecision): Pick<Counted, "reason" | "check"> {
  switch (decision.kind) {
    case "accept":
      return { reason: "accepted", check: "" };
    case "overloaded":
      return { reason: "overloaded", check: "" };
    case "refuse":
    case "limit": {
      const { reason, rule = "" } = decision.refusal;
      return { reason, check: reason === "quota_reached" ? rule : "" };
    }
  }
}
