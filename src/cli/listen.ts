import { DomainError } from "../errors.ts";
import { type HttpOptions, type HttpServer, serveHttp } from "../runtime/http_server.ts";
import { codeOf, reasonOf } from "./installation.ts";

export const NO_ADDRESS = "this machine does not have the address";

/** @throws {DomainError} conflict, when the address cannot be had. */
export async function listen(options: HttpOptions): Promise<HttpServer> {
  try {
    return await serveHttp(options);
  } catch (fault) {
    throw cannotListen(options, fault);
  }
}

/** Null while this machine does not have the address: that of a zone may come yet. @throws {DomainError} as `listen()` does. */
export async function listenWhereThere(options: HttpOptions): Promise<HttpServer | null> {
  try {
    return await serveHttp(options);
  } catch (fault) {
    if (WHY.get(codeOf(fault)) === NO_ADDRESS) return null;
    throw cannotListen(options, fault);
  }
}

function cannotListen({ hostname, port }: HttpOptions, fault: unknown): DomainError {
  return new DomainError("conflict", `Cannot listen on ${showAddress(hostname, port)}: ${whyNot(fault)}`);
}

/** Why an address could not be had. */
export function whyNot(fault: unknown): string {
  return WHY.get(codeOf(fault)) ?? reasonOf(fault);
}

const WHY: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "the port is in use"],
  ["EADDRNOTAVAIL", NO_ADDRESS],
  // What Deno's servers with TLS say instead.
  ["EINVAL", NO_ADDRESS],
]);

export function showAddress(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
