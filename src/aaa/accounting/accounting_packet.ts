import type { radacct } from "../../storage/schema/ledger.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";

/** A session as it is kept, without the node's own numbering. */
export type Session = Omit<typeof radacct.$inferSelect, "nodeId" | "changeSeq">;

/** The columns that describe a session and its station; a packet may leave each out. */
export type Description = Partial<
  Pick<
    Session,
    | "username"
    | "groupname"
    | "realm"
    | "nasPortId"
    | "nasPortType"
    | "interval"
    | "authentication"
    | "connectionInfoStart"
    | "connectionInfoStop"
    | "calledStationId"
    | "callingStationId"
    | "serviceType"
    | "framedProtocol"
    | "framedIpAddress"
    | "framedIpv6Address"
    | "framedIpv6Prefix"
    | "framedInterfaceId"
    | "delegatedIpv6Prefix"
  >
>;

/** One Accounting-Request about one session (RFC 2866); an absent key was not sent. */
export interface AccountingPacket {
  readonly status: "Start" | "Interim-Update" | "Stop";
  readonly uniqueId: string;
  readonly sessionId: string;
  readonly nasIpAddress: string;
  readonly startedAt?: SqlDateTime;
  readonly updatedAt?: SqlDateTime;
  readonly stoppedAt?: SqlDateTime;
  readonly sessionSeconds?: bigint;
  /** 64-bit totals, Gigawords (RFC 2869 section 5.1) added in. */
  readonly inputOctets?: bigint;
  readonly outputOctets?: bigint;
  readonly terminateCause?: string | null;
  readonly description: Readonly<Description>;
}
