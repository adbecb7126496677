import type { Controller } from "../controller/controller.ts";
import type { Config } from "../config.ts";
import type { Deps } from "../deps.ts";
import { createGuestApp } from "../guest_app.ts";
import { captivePortalUrl } from "../http/captive_portal/api.ts";
import { keepCertificate } from "../runtime/certificate_keeper.ts";
import type { HttpOptions, HttpServer } from "../runtime/http_server.ts";
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

/** The HTTPS listener for guests (`--https`). */
export interface GuestListener {
  readonly server: HttpServer;
  /**
   * The captive portal API's address for DHCP option 114, DHCPv6 option 103 and option 37 of router advertisements; null
   * while guests' systems would not trust what they find there.
   */
  captivePortalUrl(): string | null;
  /**
   * Answers guests from now on; until then it asks for patience.
   *
   * @param changed `captivePortalUrl()` says something else than before.
   */
  serve(controller: Controller, changed: () => void): void;
  stop(): Promise<void>;
}

/**
 * Null when it is off. It listens at once, so that what is wrong is known before anything else is touched.
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
    renewed: (certificate) => server.renew(certificate),
  });
  let answer: HttpOptions["fetch"] = notYet;
  const server = await listen({
    ...config.https,
    tls: keeper.certificate,
    fetch: (request, peer) => answer(request, peer),
    reportFault,
  });
  const url = () => keeper.complaint() === null ? captivePortalUrl(config.publicUrl) : null;
  let told = url();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    server,
    captivePortalUrl: url,
    serve(controller, changed) {
      const app = createGuestApp({
        ...deps,
        controller,
        uam: typeof config.uam === "object" ? config.uam : null,
      });
      answer = (request, peer) => app.fetch(request, peer);
      const look = async () => {
        await keeper.look();
        if (told === url()) return;
        told = url();
        changed();
      };
      const every = options.lookMilliseconds ?? LOOK_MILLISECONDS;
      timer = setInterval(() => void look().catch(reportFault), every);
    },
    async stop() {
      clearInterval(timer);
      await server.stop();
    },
  };
}

function notYet(): Response {
  return new Response(null, { status: 503, headers: { "Retry-After": "1", "Cache-Control": "no-store" } });
}
