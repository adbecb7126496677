import { getLogger } from "@logtape/logtape";
import { Cron } from "croner";
import { DecisionTally } from "./aaa/access/decision_tally.ts";
import { passwordVerifier } from "./aaa/credentials/password_verifier.ts";
import { newId } from "./aaa/identity/identity_context.ts";
import { MessageTally } from "./aaa/messages/message_tally.ts";
import { nodeIdOf, seed } from "./aaa/identity/seed.ts";
import { createApp } from "./app.ts";
import { type Config, environmentName, readConfig, warningsOf } from "./config.ts";
import type { Deps } from "./deps.ts";
import { DomainError } from "./errors.ts";
import { deliverDue } from "./jobs/run_outbox.ts";
import { jobsOf } from "./jobs/schedule.ts";
import { workersCrypto } from "./runtime/crypto_workers.ts";
import { logOutbox, logToStandardError, reportFault } from "./runtime/logging.ts";
import { openSenders } from "./runtime/message_senders.ts";
import { oncePerIsolate } from "./runtime/once_per_isolate.ts";
import { openRemote } from "./runtime/remote_client.ts";
import { keyFromSecret } from "./runtime/secret_key.ts";
import { afterAnswer, duringRequest, requestClient } from "./runtime/worker_request.ts";
import { isolateWriteQueue } from "./runtime/worker_write_queue.ts";
import { venueDatabase } from "./storage/database.ts";
import { noTurns } from "./storage/turns.ts";
import { migrate } from "./storage/migrate.ts";

/** What wrangler.toml and `wrangler secret put` give. */
type Environment = Readonly<Record<string, unknown>>;

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

/** What all requests of an isolate share; nothing in it belongs to one of them. */
interface Venue {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly runJobs: (at: Date) => Promise<void>;
}

/** After an answer there are 30 seconds. */
const LONGEST_ATTEMPT_MILLISECONDS = 15_000;

const writeQueue = isolateWriteQueue();
let opened: { readonly config: Config; readonly venue: () => Promise<Venue> } | undefined;

export default {
  async fetch(request: Request, environment: Environment, context: ExecutionContext): Promise<Response> {
    const answer = during(environment, context, async (venue) => await venue.fetch(request)).catch(
      (fault) => {
        reportFault(fault);
        return Response.json({ detail: "Something went wrong here. It was logged." }, { status: 500 });
      },
    );
    // A client that goes away must not stop its request halfway: sqld does not forgive writes given up.
    context.waitUntil(answer);
    return await answer;
  },

  async scheduled(
    event: { readonly scheduledTime: number },
    environment: Environment,
    context: ExecutionContext,
  ): Promise<void> {
    // By hand it may be started at any second; patterns mean the first of a minute.
    const minute = new Date(event.scheduledTime - event.scheduledTime % 60_000);
    await during(environment, context, (venue) => venue.runJobs(minute));
  },
};

// Async, so that a wrong setting is an answer too.
async function during<T>(
  environment: Environment,
  context: ExecutionContext,
  work: (venue: Venue) => Promise<T>,
): Promise<T> {
  opened ??= open(environment);
  const { config, venue } = opened;
  const client = openRemote(config.databaseUrl, config.databaseToken, { writeQueue });
  const request = { client, waitUntil: (work: Promise<unknown>) => context.waitUntil(work) };
  return await duringRequest(request, async () => await work(await venue()));
}

function open(environment: Environment) {
  const texts = Object.entries(environment).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  const config = readConfig({ environment: Object.fromEntries(texts) });
  for (const name of ["secretKey", "databaseUrl"] as const) {
    if (!config[name]) throw new DomainError("invalid_input", `${environmentName(name)}: a Worker needs it`);
  }
  const { ASSUMED_ADDRESS } = Object.fromEntries(texts);
  return { config, venue: oncePerIsolate(() => openVenue(config, ASSUMED_ADDRESS)) };
}

/** @param assumedAddress everybody's, for trying it out without Cloudflare in front. */
async function openVenue(config: Config, assumedAddress: string | undefined): Promise<Venue> {
  await logToStandardError(config.logLevel);
  for (const text of warningsOf(config)) getLogger("portico").warn(text);
  const client = requestClient();
  await migrate(client);
  const crypto = workersCrypto();
  const now = () => new Date();
  const serverKey = keyFromSecret(config.secretKey);
  const passwords = passwordVerifier(crypto, { parallel: Infinity, longestWaitMs: Infinity });
  const db = venueDatabase(client, await nodeIdOf(client, newId({ crypto, now: now() })), noTurns);
  await seed({ db, settings: config, crypto, serverKey, passwords, now: now(), actor: "worker" });
  const senders = openSenders(config, { db, crypto, serverKey }, null);
  const messageTally = new MessageTally();
  const deliverOutbox = () =>
    deliverDue({
      db,
      crypto,
      serverKey,
      ...senders,
      now,
      reportFault,
      observe(event) {
        messageTally.count(event);
        logOutbox(event);
      },
      deadlineMilliseconds: { mail: LONGEST_ATTEMPT_MILLISECONDS, sms: LONGEST_ATTEMPT_MILLISECONDS },
    });
  const deps: Deps = {
    db,
    settings: config,
    crypto,
    serverKey,
    passwords,
    now,
    socketAddress: (c) => clientAddress(c.req.raw, assumedAddress),
    inBackground: (work) => afterAnswer(work.catch(reportFault)),
    messageTally,
    decisions: new DecisionTally(),
    stations: () => [],
    wakeOutbox: () => afterAnswer(deliverOutbox().catch(reportFault)),
    reportFault,
  };
  const app = createApp(deps);
  // Few Workers have any: the rest need not carry them.
  const zones = typeof config.uam === "object"
    ? oncePerIsolate(async () => await (await import("./worker_zones.ts")).openWorkerZones(deps))
    : null;
  return {
    async fetch(request) {
      if (!zones || !new URL(request.url).pathname.startsWith("/zone/")) return await app.fetch(request);
      return await (await zones()).answer(request, clientAddress(request, assumedAddress));
    },
    async runJobs(at) {
      await (await zones?.())?.runDue();
      for (const [pattern, job] of jobsOf(db, deliverOutbox)) {
        const due = new Cron(pattern, { timezone: config.timeZone }).match(at);
        // One that fails keeps no other from running.
        if (due) await job(at).catch(reportFault);
      }
    },
  };
}

/** Cloudflare sets it and lets nobody else. */
function clientAddress({ headers }: Request, assumedAddress: string | undefined): string {
  return assumedAddress ?? headers.get("cf-connecting-ip") ?? "";
}
