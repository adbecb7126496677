import type { RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { normalizeIpAddress } from "../values/ip_address.ts";

/** Where a request came from, in the shape that the runtime gives it; goes through the app as its `env`. */
type Peer = HttpBindings | BunServer;

/** The part of Bun's server that is used here. */
interface BunServer {
  readonly port: number;
  readonly pendingRequests: number;
  timeout(request: Request, seconds: number): void;
  requestIP(request: Request): { readonly address: string } | null;
  stop(closeActiveConnections?: boolean): Promise<void>;
}

interface Bun {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    readonly reusePort: boolean;
    readonly idleTimeout: number;
    readonly maxRequestBodySize: number;
    readonly tls?: TlsIdentity;
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
    error(fault: unknown): Response;
  }): BunServer;
}

/** A certificate with its chain, and its key: PEM texts. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface HttpOptions {
  readonly hostname: string;
  readonly port: number;
  /** HTTPS, with TLS 1.2 or later. */
  readonly tls?: TlsIdentity;
  /** `peer` is for `socketAddress()`, through Hono's `c.env`. Bodies are read, and limited, by whoever wants them. */
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
  readonly reportFault: (fault: unknown) => void;
}

export interface HttpServer {
  readonly hostname: string;
  /** The one that was free, when 0 was asked for. */
  readonly port: number;
  /** New connections get this certificate. Only for a server that began with one. */
  renew(tls: TlsIdentity): void;
  /** Takes no more connections, and waits for the requests in flight. */
  stop(): Promise<void>;
}

/** How long a connection may take for a request's headers; Bun has 10 s to 12 s of its own. */
const HEADERS_MILLISECONDS = 8_000;
/** How long it may be silent, or a request take until its answer: longer than bodies get, for they end with a 408. */
const IDLE_SECONDS = 12;
/** For connections over TLS that a server that stops had just been asked for. */
const HANDSHAKE_PATIENCE_MILLISECONDS = 250;
const LIMITS = {
  headersTimeout: HEADERS_MILLISECONDS,
  requestTimeout: IDLE_SECONDS * 1_000,
  keepAliveTimeout: IDLE_SECONDS * 1_000,
  connectionsCheckingInterval: 1_000,
};
/** On Bun, for a request that has begun. */
const REQUEST_SECONDS = 14;
/** How often a server that stops looks whether somebody is still served. */
const STOP_LOOK_MILLISECONDS = 20;

/** @throws {Error} when the address cannot be had: its `code` is EADDRINUSE, EACCES, EADDRNOTAVAIL and so on. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  return "Bun" in globalThis ? serveOnBun(options) : await serveOnNode(options);
}

/** The address at the other end of a request's connection; an IPv4 address in IPv6 clothes is unwrapped. */
export function socketAddress(c: Context): string {
  // `serveHttp()` gave it.
  const peer = c.env as Peer;
  const address = "requestIP" in peer
    ? peer.requestIP(c.req.raw)?.address
    : peer.incoming.socket.remoteAddress;
  return address === undefined ? "" : normalizeIpAddress(address) ?? address;
}

function serveOnBun({ hostname, port, tls, fetch, reportFault }: HttpOptions): HttpServer {
  // Deno's compiler does not know the other runtime.
  const { Bun } = globalThis as unknown as { readonly Bun: Bun };
  const listen = (port: number, identity?: TlsIdentity, reusePort = false) =>
    Bun.serve({
      hostname,
      port,
      reusePort,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      ...identity && { tls: identity },
      fetch(request, peer) {
        // Bun looks every 4 s only, and would cut off a silent body before its 408.
        peer.timeout(request, REQUEST_SECONDS);
        return fetch(request, peer);
      },
      error(fault) {
        reportFault(fault);
        return new Response(null, { status: 500 });
      },
    });
  let current = listen(port, tls);
  const all = [current];
  if (tls) {
    // Its certificate cannot be changed, so a second server takes over on the same port, which both have to allow. The
    // first try above found out whether somebody else has it.
    void current.stop(true);
    all[0] = current = listen(current.port, tls, true);
  }
  return {
    hostname,
    port: current.port,
    renew(identity) {
      const next = listen(current.port, identity, true);
      void current.stop();
      all.push(current = next);
    },
    async stop() {
      // Listens no more; a connection that is kept alive would keep its promise waiting.
      void current.stop();
      while (all.some((server) => server.pendingRequests > 0)) await delay(STOP_LOOK_MILLISECONDS);
      await Promise.all(all.map((server) => server.stop(true)));
    },
  };
}

/**
 * On Node's interface, which Deno has too: `Deno.serve()` waits for ever for a request that does not come to its end,
 * and keeps a connection open whose body nobody reads.
 */
async function serveOnNode(options: HttpOptions): Promise<HttpServer> {
  const { hostname, port, tls, reportFault } = options;
  const inFlight = new Set<ServerResponse>();
  const listener = await listenerOnNode(options, inFlight);
  const secure = tls && await tlsServer(tls, listener);
  const server = secure ?? (await import("node:http")).createServer(LIMITS, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  server.removeAllListeners("error").on("error", reportFault);
  return {
    hostname,
    // A TCP server's.
    port: (server.address() as AddressInfo).port,
    renew(identity) {
      secure?.setSecureContext(identity);
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      while (inFlight.size > 0) await delay(STOP_LOOK_MILLISECONDS);
      server.closeAllConnections();
      // That leaves those whose handshake has not ended; nobody waits for them.
      await (secure ? Promise.race([closed, delay(HANDSHAKE_PATIENCE_MILLISECONDS)]) : closed);
    },
  };
}

async function tlsServer(tls: TlsIdentity, listener: RequestListener) {
  const { createServer } = await import("node:https");
  return createServer(
    { ...LIMITS, ...tls, minVersion: "TLSv1.2", handshakeTimeout: HEADERS_MILLISECONDS },
    listener,
  );
}

async function listenerOnNode(
  { fetch, reportFault }: HttpOptions,
  inFlight: Set<ServerResponse>,
): Promise<RequestListener> {
  const { getRequestListener, RequestError } = await import("@hono/node-server");
  return getRequestListener((request, peer) => {
    // HTTP/1 always has these.
    const { incoming, outgoing } = peer as HttpBindings;
    // `Request` has no body then, and one that nobody reads would hold up what follows on the connection.
    if (request.method === "GET" || request.method === "HEAD") incoming.resume();
    inFlight.add(outgoing);
    outgoing.once("close", () => inFlight.delete(outgoing));
    return fetch(request, peer as HttpBindings);
  }, {
    overrideGlobalObjects: false,
    errorHandler(fault) {
      // A target or a host that is no address.
      if (fault instanceof RequestError) return badRequest(fault.message);
      reportFault(fault);
      return new Response(null, { status: 500 });
    },
  });
}

function badRequest(detail: string): Response {
  return Response.json({ detail }, { status: 400 });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
