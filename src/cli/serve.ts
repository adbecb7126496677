import { hasOperator, inviteFirstOperator } from "../aaa/identity/first_operator.ts";
import { DecisionTally } from "../aaa/access/decision_tally.ts";
import type { Zone } from "../aaa/identity/zones.ts";
import { MessageTally } from "../aaa/messages/message_tally.ts";
import type { Config } from "../config.ts";
import { KNOBS, optionName, warningsOf } from "../config.ts";
import type { Deps } from "../deps.ts";
import { type RunningOutbox, runOutbox } from "../jobs/run_outbox.ts";
import { startJobs } from "../jobs/schedule.ts";
import { type HttpServer, socketAddress } from "../runtime/http_server.ts";
import { fileMailSender, fileSmsSender } from "../runtime/file_senders.ts";
import { logOutbox, logToStandardError, reportFault } from "../runtime/logging.ts";
import { openSenders } from "../runtime/message_senders.ts";
import { toldToStop } from "../runtime/stop_signal.ts";
import { atMost } from "./at_most.ts";
import { type Command, textsOf } from "./command.ts";
import type { RunningController } from "./controller.ts";
import { configFor, type Installation, openInstallation } from "./installation.ts";
import { listen, showAddress } from "./listen.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

/** How long requests in flight and work after answers may take when the program is told to stop. */
const STOP_PATIENCE_MS = 10_000;

/** Runs the program until it is told to stop. */
export const serve: Command = {
  name: "serve",
  operands: "",
  about: "Run the server. Everything can be set; nothing has to be.",
  help: "Every setting is an option, an environment variable and a key of the configuration file:\n" +
    "`--time-zone Europe/Rome`, `PORTICO_TIME_ZONE`, `time_zone`. docs/settings.md lists them.",
  options: Object.fromEntries(KNOBS.map(({ name }) => [optionName(name), { type: "string" }])),
  async run(world, values) {
    const config = configFor(world, textsOf(values));
    await logToStandardError(config.logLevel);
    const installation = await openInstallation(config, world.now());
    try {
      await serveUntilTold(world, config, installation);
    } finally {
      await installation.close();
    }
  },
};

async function serveUntilTold(world: World, config: Config, installation: Installation): Promise<void> {
  const pending = new Set<Promise<unknown>>();
  // Commands besides this one start faster without it.
  const [{ createApp }, { startController }] = await Promise.all([
    import("../app.ts"),
    import("./controller.ts"),
  ]);
  const messages = startOutbox(world, config, installation);
  let controller: RunningController | undefined;
  const deps = depsOf(world, config, installation, messages, pending, () => controller?.stations() ?? []);
  const app = createApp(deps);
  const stop = toldToStop();
  const server = await listen({
    ...config.http,
    fetch: (request, peer) => app.fetch(request, peer),
    reportFault,
  });
  // What the last run left.
  messages.outbox.wake();
  const deliverOutbox = () => Promise.resolve(messages.outbox.wake());
  const jobs = startJobs(installation.db, deliverOutbox, config, world.now, reportFault);
  try {
    // Before it says that it listens: who waits for that may use a zone.
    controller = await startController({ config, deps, report: world.warn });
    await greet(world, config, installation, server);
    controller.zones.forEach((zone) => world.print(showZone(zone)));
    const { guests } = controller;
    if (guests) world.print(`Guests sign in over TLS on ${showAddress(guests.hostname, guests.port)}`);
    await stop;
  } finally {
    jobs.stop();
    await controller?.stop();
    await atMost(
      STOP_PATIENCE_MS,
      server.stop().then(() => Promise.allSettled(pending)).then(() => messages.outbox.stop()),
    );
  }
}

interface Messages {
  readonly outbox: RunningOutbox;
  readonly messageTally: MessageTally;
}

function startOutbox({ now }: World, config: Config, installation: Installation): Messages {
  const messageTally = new MessageTally();
  const outbox = runOutbox({
    ...installation,
    ...openSenders(config, installation, { mail: fileMailSender, sms: fileSmsSender }),
    now,
    reportFault,
    observe(event) {
      messageTally.count(event);
      logOutbox(event);
    },
  });
  return { outbox, messageTally };
}

function depsOf(
  world: World,
  settings: Config,
  { db, crypto, serverKey, passwords }: Installation,
  { outbox, messageTally }: Messages,
  pending: Set<Promise<unknown>>,
  stations: Deps["stations"],
): Deps {
  return {
    db,
    settings,
    crypto,
    serverKey,
    passwords,
    decisions: new DecisionTally(),
    stations,
    now: world.now,
    socketAddress,
    wakeOutbox: outbox.wake,
    messageTally,
    reportFault,
    inBackground(work) {
      const done = work.catch(reportFault).finally(() => pending.delete(done));
      pending.add(done);
    },
  };
}

async function greet(
  world: World,
  config: Config,
  installation: Installation,
  server: HttpServer,
): Promise<void> {
  const { print, warn } = world;
  const everywhere = ["0.0.0.0", "::"].includes(server.hostname);
  const url = `http://${showAddress(everywhere ? "127.0.0.1" : server.hostname, server.port)}`;
  const where = config.databaseUrl
    ? `database at ${new URL(config.databaseUrl).host}`
    : `data in ${config.data}`;
  print(`Portico ${VERSION} listens on ${showAddress(server.hostname, server.port)} (${url}), ${where}`);
  warningsOf(config).forEach(warn);

  const { rows } = await installation.db.directory.$client.execute(
    "select id, slug, (select count(*) from organization) from organization order by slug <> 'default', slug limit 1",
  );
  for (const [id, slug, all] of rows.map((row) => [row[0], row[1], Number(row[2])])) {
    const others = Number(all) - 1;
    print(
      `Organization ${slug} ${id}${others ? ` and ${others} more` : ""}; token: portico org show ${slug}`,
    );
  }
  const context = installation.identity(world.now());
  if (await hasOperator(context)) return;
  print("There is no operator yet. Make the first one with");
  print("  portico admin create --username NAME --password-stdin");
  print(`or open, within 24 hours: ${url}/setup/${await inviteFirstOperator(context)}`);
}

function showZone({ name, organizationSlug, gate, options }: Zone): string {
  const where = gate === "none"
    ? "without a network"
    : `${options.interface.join("+")} ${options.address.join(" ")}`;
  return `Zone ${organizationSlug}/${name}: ${where}`;
}
