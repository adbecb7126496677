/** What every edge turns its packet into. */
export interface AccessRequest {
  readonly username: string;
  readonly password: string;
  /** Empty when the NAS did not send it. */
  readonly calledStationId: string;
  readonly callingStationId: string;
}
