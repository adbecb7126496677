import type { Context } from "hono";
import { normalizeIpAddress } from "../values/ip_address.ts";

/** Where a request came from, in the shape that the runtime gives it; goes through the app as its `env`. */
type Peer = Deno.ServeHandlerInfo<Deno.NetAddr> | BunServer;

/** The part of Bun's server that is used here. */
interface BunServer {
  readonly hostname: string;
  readonly port: number;
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
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
    error(fault: unknown): Response;
  }): BunServer;
}

export interface HttpOptions {
  readonly hostname: string;
  readonly port: number;
  /** Octets that any request's body may have. */
  readonly largestBody: number;
  /** `peer` is for `socketAddress()`, through Hono's `c.env`. */
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
  readonly reportFault: (fault: unknown) => void;
}

export interface HttpServer {
  readonly hostname: string;
  /** The one that was free, when 0 was asked for. */
  readonly port: number;
  /** Takes no more requests, and waits for those in flight. */
  stop(): Promise<void>;
}

/** Seconds that a connection may be silent. */
const IDLE_SECONDS = 10;

/** @throws {Error} when the address cannot be had: its `code` is EADDRINUSE, EACCES, EADDRNOTAVAIL and so on. */
export function serveHttp(options: HttpOptions): HttpServer {
  return "Bun" in globalThis ? serveOnBun(options) : serveOnDeno(options);
}

/** The address at the other end of a request's connection; an IPv4 address in IPv6 clothes is unwrapped. */
export function socketAddress(c: Context): string {
  // `serveHttp()` gave it.
  const peer = c.env as Peer;
  const address = "requestIP" in peer ? peer.requestIP(c.req.raw)?.address : peer.remoteAddr.hostname;
  return address === undefined ? "" : normalizeIpAddress(address) ?? address;
}

function serveOnBun({ hostname, port, largestBody, fetch, reportFault }: HttpOptions): HttpServer {
  // Deno's compiler does not know the other runtime.
  const { Bun } = globalThis as unknown as { readonly Bun: Bun };
  const server = Bun.serve({
    hostname,
    port,
    reusePort: false,
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: largestBody,
    fetch,
    error(fault) {
      reportFault(fault);
      return new Response(null, { status: 500 });
    },
  });
  return { hostname, port: server.port, stop: () => server.stop() };
}

function serveOnDeno({ hostname, port, fetch, reportFault }: HttpOptions): HttpServer {
  const server = Deno.serve({
    hostname,
    port,
    reusePort: false,
    onListen() {},
    onError(fault) {
      reportFault(fault);
      return new Response(null, { status: 500 });
    },
  }, fetch);
  return { hostname, port: server.addr.port, stop: () => server.shutdown() };
}
