import type { Controller } from "../controller/controller.ts";
import type { Config } from "../config.ts";
import type { Deps } from "../deps.ts";
import { createGuestApp } from "../guest_app.ts";
import { captivePortalUrl } from "../http/captive_portal/api.ts";
import { keepCertificate } from "../runtime/certificate_keeper.ts";
import type { HttpServer } from "../runtime/http_server.ts";
import { reportFault } from "../runtime/logging.ts";
import { listen } from "./listen.ts";

/** New certificates are looked for this often, and found before the old ones end. */
const LOOK_MILLISECONDS = 60_000;

export interface GuestListenerOptions {
  readonly config: Config;
  readonly deps: Deps;
  /** For an operator: a sentence. */
  readonly report: (sentence: string) => void;
  readonly lookMilliseconds?: number;
}

/** The HTTPS listener for guests (`--https`), its certificate read. */
export interface GuestListener {
  /**
   * The captive portal API's address for DHCP option 114, DHCPv6 option 103 and option 37 of router advertisements; null
   * while guests' systems would not trust what they find there.
   */
  captivePortalUrl(): string | null;
  /**
   * @param changed `captivePortalUrl()` says something else than before.
   * @throws {DomainError} conflict, when the address cannot be had.
   */
  serve(controller: Controller, changed: () => void): Promise<HttpServer>;
  stop(): Promise<void>;
}

/**
 * Null when it is off.
 *
 * @throws {DomainError} when the certificate cannot be used at all.
 */
export async function openGuestListener(options: GuestListenerOptions): Promise<GuestListener | null> {
  const { config, deps, report } = options;
  const { https } = config;
  if (https === "off") return null;
  let server: HttpServer | undefined;
  const keeper = await keepCertificate({
    certFile: config.tlsCert,
    keyFile: config.tlsKey,
    publicUrl: config.publicUrl,
    now: deps.now,
    report,
    renewed: (certificate) => server?.renew(certificate),
  });
  const url = () => keeper.complaint() === null ? captivePortalUrl(config.publicUrl) : null;
  let told = url();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    captivePortalUrl: url,
    async serve(controller, changed) {
      const uam = typeof config.uam === "object" ? config.uam : null;
      const app = createGuestApp({ ...deps, controller, uam });
      server = await listen({
        ...https,
        tls: keeper.certificate,
        fetch: (request, peer) => app.fetch(request, peer),
        reportFault,
      });
      const look = async () => {
        await keeper.look();
        if (told === url()) return;
        told = url();
        changed();
      };
      timer = setInterval(
        () => void look().catch(reportFault),
        options.lookMilliseconds ?? LOOK_MILLISECONDS,
      );
      return server;
    },
    async stop() {
      clearInterval(timer);
      await server?.stop();
    },
  };
}
