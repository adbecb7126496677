import type { Controller } from "../controller/controller.ts";
import type { Config } from "../config.ts";
import type { Deps } from "../deps.ts";
import { createGuestApp } from "../guest_app.ts";
import { captivePortalUrl } from "../http/captive_portal/api.ts";
import { keepCertificate } from "../runtime/certificate_keeper.ts";
import type { HttpOptions, HttpServer } from "../runtime/http_server.ts";
import { reportFault } from "../runtime/logging.ts";
import { reasonOf } from "./installation.ts";
import { listenWhereThere, NO_ADDRESS, showAddress } from "./listen.ts";

/** New certificates are looked for this often, and found before the old ones end. */
const LOOK_MILLISECONDS = 60_000;

export interface GuestListenerOptions {
  readonly config: Config;
  readonly deps: Deps;
  /** For an operator: a sentence. */
  readonly report: (sentence: string) => void;
  readonly lookMilliseconds?: number;
}

/** The HTTPS listener for guests (`--https`). */
export interface GuestListener {
  /** Null while this machine does not have its address. */
  readonly server: HttpServer | null;
  /**
   * The captive portal API's address for DHCP option 114, DHCPv6 option 103 and option 37 of router advertisements; null
   * while guests' systems would not trust what they find there.
   */
  captivePortalUrl(): string | null;
  /**
   * Answers guests from now on; until then it asks for patience. The zones have their addresses now: one that is still
   * not there is reported, and tried again.
   *
   * @param changed `captivePortalUrl()` says something else than before.
   */
  serve(controller: Controller, changed: () => void): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Null when it is off. It listens at once, so that what is wrong is known before anything else is touched; only the
 * address may be one that the machine gets with its zones.
 *
 * @throws {DomainError} when the certificate cannot be used at all, or the address cannot be had.
 */
export async function openGuestListener(options: GuestListenerOptions): Promise<GuestListener | null> {
  const { config, deps, report } = options;
  if (config.https === "off") return null;
  const keeper = await keepCertificate({
    certFile: config.tlsCert,
    keyFile: config.tlsKey,
    publicUrl: config.publicUrl,
    now: deps.now,
    report,
    renewed: (certificate) => server?.renew(certificate),
  });
  let answer: HttpOptions["fetch"] = notYet;
  const { hostname, port } = config.https;
  const open = () =>
    listenWhereThere({
      hostname,
      port,
      tls: keeper.certificate,
      fetch: (request, peer) => answer(request, peer),
      reportFault,
    });
  let server = await open();
  let trouble = "";
  /** What cannot be had now is no reason to end: the guests who are in would lose their way. */
  const openLater = async () => {
    const before = trouble;
    try {
      server ??= await open();
      trouble = server ? "" : `Cannot listen on ${showAddress(hostname, port)} yet: ${NO_ADDRESS}`;
    } catch (fault) {
      trouble = reasonOf(fault);
    }
    if (trouble && trouble !== before) report(trouble);
  };
  const url = () => !trouble && keeper.complaint() === null ? captivePortalUrl(config.publicUrl) : null;
  let told = url();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    get server() {
      return server;
    },
    captivePortalUrl: url,
    async serve(controller, changed) {
      const app = createGuestApp({
        ...deps,
        controller,
        uam: typeof config.uam === "object" ? config.uam : null,
      });
      answer = (request, peer) => app.fetch(request, peer);
      const follow = async () => {
        await openLater();
        if (told === url()) return;
        told = url();
        changed();
      };
      const look = async () => {
        await keeper.look();
        await follow();
      };
      const every = options.lookMilliseconds ?? LOOK_MILLISECONDS;
      await follow();
      timer = setInterval(() => void look().catch(reportFault), every);
    },
    async stop() {
      clearInterval(timer);
      await server?.stop();
    },
  };
}

function notYet(): Response {
  return new Response(null, { status: 503, headers: { "Retry-After": "1", "Cache-Control": "no-store" } });
}
