import type { Context } from "hono";
import type { AccessDecision, RejectReason } from "../aaa/access/access_decision.ts";

/** What came of a request beyond its status. A route says it, whoever counts reads it after the answer. */
export type Outcome =
  | {
    readonly kind: "decision";
    readonly reason: RejectReason | "accepted" | "overloaded";
    /** The group check whose quota is used up. */
    readonly check?: string | undefined;
  }
  | { readonly kind: "accounting"; readonly statusType: string }
  | { readonly kind: "post_auth"; readonly reply: string };

declare module "hono" {
  interface ContextVariableMap {
    outcome: Outcome | undefined;
  }
}

export function noteAccounting(c: Context, statusType: string): void {
  c.set("outcome", { kind: "accounting", statusType });
}

export function notePostAuth(c: Context, reply: string): void {
  c.set("outcome", { kind: "post_auth", reply });
}

export function noteDecision(c: Context, decision: AccessDecision): void {
  c.set("outcome", { kind: "decision", ...reasonOf(decision) });
}

function reasonOf(
  decision: AccessDecision,
): { reason: RejectReason | "accepted" | "overloaded"; check?: string } {
  switch (decision.kind) {
    case "accept":
      return { reason: "accepted" };
    case "overloaded":
      return { reason: "overloaded" };
    case "refuse":
    case "limit": {
      const { reason, rule } = decision.refusal;
      return reason === "quota_reached" && rule !== undefined ? { reason, check: rule } : { reason };
    }
  }
}
