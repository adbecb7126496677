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
  readonly controller: Controller;
  /** For an operator: a sentence. */
  readonly report: (sentence: string) => void;
  /** `captivePortalUrl()` says something else than before. */
  readonly changed?: () => void;
  readonly lookMilliseconds?: number;
}

/** The HTTPS listener for guests (`--https`). */
export interface GuestListener {
  readonly server: HttpServer;
  /**
   * The captive portal API's address for DHCP option 114, DHCPv6 option 103 and option 37 of router advertisements; null
   * while guests' systems would not trust what they find there.
   */
  captivePortalUrl(): string | null;
  stop(): Promise<void>;
}

/**
 * Null when it is off.
 *
 * @throws {DomainError} when the certificate cannot be used at all, or the address cannot be had.
 */
export async function startGuestListener(options: GuestListenerOptions): Promise<GuestListener | null> {
  const { config, deps, controller, report, changed = () => {} } = options;
  if (config.https === "off") return null;
  const keeper = await keepCertificate({
    certFile: config.tlsCert,
    keyFile: config.tlsKey,
    publicUrl: config.publicUrl,
    now: deps.now,
    report,
    renewed: (certificate) => server.renew(certificate),
  });
  const app = createGuestApp({
    ...deps,
    controller,
    uam: typeof config.uam === "object" ? config.uam : null,
  });
  const server = await listen({
    ...config.https,
    tls: keeper.certificate,
    fetch: (request, peer) => app.fetch(request, peer),
    reportFault,
  });
  const url = () => keeper.complaint() === null ? captivePortalUrl(config.publicUrl) : null;
  let told = url();
  const look = async () => {
    await keeper.look();
    if (told === url()) return;
    told = url();
    changed();
  };
  const timer = setInterval(
    () => void look().catch(reportFault),
    options.lookMilliseconds ?? LOOK_MILLISECONDS,
  );
  return {
    server,
    captivePortalUrl: url,
    async stop() {
      clearInterval(timer);
      await server.stop();
    },
  };
}
