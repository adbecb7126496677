import type { Client } from "@libsql/client";
import type { Messages } from "./messages.ts";

/** The builds that run the contract, and the app without any server around it. */
export type TargetName = "deno" | "bun" | "binary" | "workerd" | "in-process";

/** What `portico apply` prints: each organization it was told about, by slug. */
export type Organizations = Readonly<Record<string, { readonly id: string; readonly radius_token: string }>>;

/** A started venue, its database open beside it. */
export interface ContractTarget {
  readonly name: TargetName;
  /** Without a trailing slash; in-process nobody listens there: requests go through `fetch`. */
  readonly url: string;
  /**
   * Sends one request from 127.0.0.1.
   *
   * @param path from the root, query included: `/api/v1/freeradius/authorize/`.
   */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** The server's own database, for assertions and for planting rows. */
  readonly db: Client;
  /** The mails and text messages that left it. */
  readonly messages: Messages;
  /** What `apply` has made so far. */
  readonly organizations: Organizations;
  /** What the server hashes and encrypts with, made of its `PORTICO_SECRET_KEY`: 64 hex digits. */
  readonly secretKeyHex: string;
  /** Makes the venue be what a setup file says, while it runs; the answer names that file's organizations. */
  readonly apply: (setup: unknown) => Promise<Organizations>;
}

/**
 * One promise to the machines that talk to us. Cases share a server and run in any order: each makes organizations
 * and users of its own, under names that no other case uses.
 */
export interface ContractCase {
  readonly name: string;
  /** Settings other than the defaults; cases with equal ones share a server. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly run: (target: ContractTarget) => Promise<void>;
}
