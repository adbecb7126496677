import type { Language } from "../../languages/say.ts";
import type { Credential } from "../credentials/credential.ts";

/** What every edge turns its packet into. */
export interface AccessRequest {
  readonly username: string;
  readonly credential: Credential;
  /** Empty when the NAS did not send it. */
  readonly calledStationId: string;
  readonly callingStationId: string;
  /** What a refusal is to be told in; null when the NAS says nothing about it. */
  readonly language: Language | null;
}
