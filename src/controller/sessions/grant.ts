/** What an accept allows, attributes and the zone's defaults taken together; 0 or null is no limit. */
export interface Grant {
  readonly sessionTimeout: number;
  readonly idleTimeout: number;
  /** WISPr-Session-Terminate-Time. */
  readonly terminateAt: Date | null;
  readonly interimSeconds: number;
  /** Bits a second. */
  readonly bandwidthUp: number;
  readonly bandwidthDown: number;
  /** In the view that `swapoctets` chooses: without it input is what the station receives. Null: no limit. */
  readonly maxInputOctets: bigint | null;
  readonly maxOutputOctets: bigint | null;
  readonly maxTotalOctets: bigint | null;
  /** Empty when there is none. */
  readonly redirectionUrl: string;
  readonly replyMessage: string | null;
  readonly className: string | null;
  /** CoovaChilli-Config or -Require-UAM: the station stays caught until it logs on. */
  readonly splash: boolean;
}
