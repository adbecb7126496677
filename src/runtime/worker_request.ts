import { AsyncLocalStorage } from "node:async_hooks";
import type {
  Client,
  InArgs,
  InStatement,
  Replicated,
  ResultSet,
  Transaction,
  TransactionMode,
} from "@libsql/client";

interface WorkerRequest {
  readonly client: Client;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

const current = new AsyncLocalStorage<WorkerRequest>();

/** Runs `work` as one request of a Worker: `requestClient()` and `afterAnswer()` reach what belongs to it. */
export function duringRequest<T>(request: WorkerRequest, work: () => T): T {
  return current.run(request, work);
}

/** Keeps the current request alive until `work` is done, at most the 30 s that Cloudflare gives. */
export function afterAnswer(work: Promise<unknown>): void {
  here().waitUntil(work);
}

/**
 * The database of whichever request asks: one client for the whole app, so that what is prepared for it stays
 * prepared. Workers forbid sharing a connection: a request that waits for another one's answer hangs.
 */
export function requestClient(): Client {
  return new RequestClient();
}

class RequestClient implements Client {
  readonly protocol = "http";

  get closed(): boolean {
    return here().client.closed;
  }

  execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const { client } = here();
    return typeof statement === "string" ? client.execute(statement, args) : client.execute(statement);
  }

  batch(statements: (InStatement | [string, InArgs?])[], mode?: TransactionMode): Promise<ResultSet[]> {
    return here().client.batch(statements, mode);
  }

  migrate(statements: InStatement[]): Promise<ResultSet[]> {
    return here().client.migrate(statements);
  }

  transaction(): Promise<Transaction> {
    return here().client.transaction();
  }

  executeMultiple(sql: string): Promise<void> {
    return here().client.executeMultiple(sql);
  }

  sync(): Promise<Replicated> {
    return here().client.sync();
  }

  close(): void {
    here().client.close();
  }

  reconnect(): void {
    here().client.reconnect();
  }
}

function here(): WorkerRequest {
  const request = current.getStore();
  if (!request) throw new Error("The database is open only during a request");
  return request;
}
