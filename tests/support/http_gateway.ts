import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a gateway's server got it. */
export interface GatewayCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A text message gateway: a real HTTP server on loopback. */
export interface HttpGateway {
  readonly url: string;
  readonly calls: readonly GatewayCall[];
  close(): Promise<void>;
}

/** @param answer 200 unless it answers; what it leaves open stays open. */
export async function httpGateway(
  answer: (call: GatewayCall, response: ServerResponse) => void = (_, response) => response.end(),
): Promise<HttpGateway> {
  const calls: GatewayCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const call = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: new TextDecoder().decode(new Uint8Array(chunks.flatMap((chunk) => [...chunk]))),
      };
      calls.push(call);
      answer(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening server has one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
