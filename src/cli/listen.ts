import { DomainError } from "../errors.ts";
import { type HttpOptions, type HttpServer, serveHttp } from "../runtime/http_server.ts";
import { codeOf, reasonOf } from "./installation.ts";

/** @throws {DomainError} conflict, when the address cannot be had. */
export async function listen(options: HttpOptions): Promise<HttpServer> {
  try {
    return await serveHttp(options);
  } catch (fault) {
    const why = codeOf(fault) === "EADDRINUSE" ? "the port is in use" : reasonOf(fault);
    throw new DomainError(
      "conflict",
      `Cannot listen on ${showAddress(options.hostname, options.port)}: ${why}`,
    );
  }
}

export function showAddress(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
