/** A group's reply with its operator; several values when the group has the attribute several times. */
export interface ReplyValue {
  readonly op: string;
  readonly value: string | readonly string[];
}

/** Attribute names to a group's reply, or to a number of our own. */
export type ReplyAttributes = Readonly<Record<string, ReplyValue | number>>;

/** The credential or the account is refused. */
export type AccountRefusal =
  | "unknown_user"
  | "wrong_credential"
  | "needs_clear_password"
  | "inactive"
  | "not_member"
  | "unverified"
  | "password_expired"
  | "token_used"
  | "organization_disabled";

export type RejectReason = AccountRefusal | "too_many_sessions" | "quota_reached";

/** Why, for the operator: the rule, its value and the counter at that moment. */
export interface Refusal {
  readonly reason: RejectReason;
  /** A sentence. */
  readonly explanation: string;
  readonly rule?: string;
  readonly ruleValue?: string;
  readonly counted?: string;
}

/** What every edge turns back into its reply. */
export type AccessDecision =
  | { readonly kind: "accept"; readonly attributes: ReplyAttributes }
  /** The credential or the account is refused; nothing is told to a stranger. */
  | { readonly kind: "refuse"; readonly refusal: Refusal }
  /** The guest is known, a limit is reached: the NAS gets the attributes so far and a text. */
  | {
    readonly kind: "limit";
    readonly refusal: Refusal;
    readonly attributes: ReplyAttributes;
    /** For the guest to read, in the guest's language. */
    readonly replyMessage: string;
  }
  /** Too many passwords wait to be checked: ask again. */
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };
