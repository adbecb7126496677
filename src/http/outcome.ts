import type { Context } from "hono";

/** What came of a request beyond its status. A route says it, whoever counts reads it after the answer. */
export type Outcome =
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
