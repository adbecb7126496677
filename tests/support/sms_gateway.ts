import { createServer, type IncomingMessage } from "node:http";

/** A request that a gateway got. */
export interface GatewayCall {
  readonly method: string;
  /** From the root. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A gateway for text messages on loopback: it keeps what it is told. */
export interface SmsGateway {
  readonly url: string;
  /** The oldest first. */
  readonly calls: readonly GatewayCall[];
  readonly close: () => Promise<void>;
}

/** @param status what it answers; 200 unless told. */
export async function startSmsGateway(status: () => number = () => 200): Promise<SmsGateway> {
  const calls: GatewayCall[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    calls.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    response.writeHead(status(), { connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("It listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
