import type { Client } from "@libsql/client";
import type { Hono } from "hono";
import * as v from "valibot";
import { DecisionTally } from "../../src/aaa/access/decision_tally.ts";
import { passwordVerifier } from "../../src/aaa/credentials/password_verifier.ts";
import { issueRadiusToken } from "../../src/aaa/credentials/radius_token.ts";
import { MessageTally } from "../../src/aaa/messages/message_tally.ts";
import { Settings } from "../../src/aaa/settings.ts";
import { createApp } from "../../src/app.ts";
import type { Deps } from "../../src/deps.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { openOutbox } from "../../src/jobs/deliver_outbox.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { type Database, venueDatabase } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";
import type { OutgoingMail, OutgoingSms } from "../../src/storage/outbox.ts";
import type { OrganizationId } from "../../src/values/organization_id.ts";
import {
  type GroupOptions,
  insertGroup,
  insertOrganization,
  insertUser,
  type OrganizationOptions,
  type TestOrganization,
  type TestUser,
  type UserOptions,
} from "./directory_rows.ts";

export type { TestOrganization, TestUser } from "./directory_rows.ts";

export interface MemoryVenueOptions {
  /** What the clock shows at first; 2026-11-22 12:00 UTC unless told. */
  readonly now?: Date;
  /** Those that differ from the defaults, as `Settings` takes them. */
  readonly settings?: v.InferInput<typeof Settings>;
  /** A migrated database to share with another venue; it stays open when this one closes. */
  readonly client?: Client;
  readonly nodeId?: string;
}

/** A whole venue in this process: the real app over a real database, with a clock that stands still. */
export interface MemoryVenue {
  readonly app: Hono;
  readonly deps: Deps;
  readonly db: Database;
  readonly client: Client;
  readonly clock: TestClock;
  /** What the app reported as its own fault, the newest last. */
  readonly faults: readonly unknown[];
  /** What was put into the outbox and delivered, by `deliver()` and nothing else; the newest last. */
  readonly sent: SentMessages;
  /** Delivers what is due at the clock's time, once all that goes on after answers is done. */
  deliver(): Promise<void>;
  /** Sends one request from `from` (127.0.0.1): a path from the root, query included. */
  fetch(path: string, init?: RequestInit & { readonly from?: string }): Promise<Response>;
  /** POSTs JSON to one of FreeRADIUS's endpoints with an organization's credentials. */
  post(
    endpoint: "authorize" | "accounting" | "postauth",
    organization: TestOrganization | null,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly text: string }>;
  addOrganization(options?: OrganizationOptions): Promise<TestOrganization>;
  addUser(options?: UserOptions): Promise<TestUser>;
  /** A group of an organization; users join it by its id. */
  addGroup(organizationId: OrganizationId, options?: GroupOptions): Promise<string>;
  /** A fresh RADIUS key of a member. */
  token(user: TestUser, organization: TestOrganization): Promise<string>;
  rows(sql: string, args?: (string | number | null)[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface SentMessages {
  readonly mails: OutgoingMail[];
  readonly sms: OutgoingSms[];
  /** How often the app said that something is to be sent. */
  wakes: number;
}

export interface TestClock {
  at: Date;
  /** Moves the clock on. */
  pass(milliseconds: number): void;
}

const SERVER_KEY = new Uint8Array(32).fill(7);

export async function memoryVenue(options: MemoryVenueOptions = {}): Promise<MemoryVenue> {
  const client = options.client ?? openFile(":memory:");
  if (!options.client) await migrate(client);
  const crypto = nativeCrypto();
  const clock = testClock(options.now ?? new Date("2026-11-22T12:00:00Z"));
  const faults: unknown[] = [];
  const sent: SentMessages = { mails: [], sms: [], wakes: 0 };
  const background = new Set<Promise<unknown>>();
  const deps: Deps = {
    db: venueDatabase(client, options.nodeId ?? "node"),
    settings: v.parse(Settings, options.settings ?? {}),
    crypto,
    serverKey: SERVER_KEY,
    passwords: passwordVerifier(crypto, { parallel: 2, longestWaitMs: 60_000 }),
    now: () => new Date(clock.at),
    // What `fetch()` below gives as Hono's environment.
    socketAddress: (c) => (c.env as { readonly from: string }).from,
    inBackground: (work) => {
      const done = work.catch((fault) => faults.push(fault)).finally(() => background.delete(done));
      background.add(done);
    },
    messageTally: new MessageTally(),
    decisions: new DecisionTally(),
    stations: () => [],
    wakeOutbox: () => {
      sent.wakes++;
    },
    reportFault: (fault) => faults.push(fault),
  };
  const outbox = openOutbox({
    ...deps,
    mail: { send: (mail) => record(sent.mails, mail) },
    sms: { send: (sms) => record(sent.sms, sms) },
    observe: (event) => deps.messageTally.count(event),
  });
  const app = createApp(deps);

  const venue: MemoryVenue = {
    app,
    deps,
    db: deps.db,
    client,
    clock,
    faults,
    sent,
    async deliver() {
      await Promise.all(background);
      outbox.wake();
      await outbox.idle();
    },
    async fetch(path, { from = "127.0.0.1", ...init } = {}) {
      return await app.request(path, init, { from });
    },
    async post(endpoint, organization, body) {
      const response = await venue.fetch(`/api/v1/freeradius/${endpoint}/`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(organization && { authorization: organization.authorization }),
        },
        body: JSON.stringify(body, (_, value) => typeof value === "bigint" ? String(value) : value),
      });
      return { status: response.status, text: await response.text() };
    },
    addOrganization: (organization) => insertOrganization(deps.db, organization),
    addUser: (user) => insertUser(deps, user),
    addGroup: (organizationId, group) => insertGroup(deps.db, organizationId, group),
    token: (user, { id: organizationId }) =>
      issueRadiusToken(
        deps.db,
        deps,
        { userId: user.id, organizationId },
        { canAuth: true, renew: true, passwordBased: true },
        deps.now(),
      ),
    async rows(sql, args = []) {
      const { columns, rows } = await client.execute({ sql, args });
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
    },
    async close() {
      await Promise.all(background);
      await crypto.close();
      if (!options.client) client.close();
    },
  };
  return venue;
}

function record<T>(list: T[], message: T): Promise<{ readonly kind: "sent" }> {
  list.push(message);
  return Promise.resolve({ kind: "sent" });
}

function testClock(at: Date): TestClock {
  return {
    at,
    pass(milliseconds) {
      this.at = new Date(this.at.getTime() + milliseconds);
    },
  };
}
