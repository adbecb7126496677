import type { Client, InArgs, InStatement, ResultSet, TransactionMode } from "@libsql/client";

export interface RecordedClient {
  readonly client: Client;
  /** Every SQL text that was run since the last look, once each, in the order of first use. */
  readonly take: () => string[];
}

/** Passes everything on and remembers what was asked. */
export function recordedClient(inner: Client): RecordedClient {
  const seen = new Set<string>();
  const remember = (statement: InStatement | [string, InArgs?]) => {
    seen.add(
      typeof statement === "string" ? statement : Array.isArray(statement) ? statement[0] : statement.sql,
    );
  };
  const client: Client = {
    protocol: inner.protocol,
    get closed() {
      return inner.closed;
    },
    async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
      remember(statement);
      return typeof statement === "string"
        ? await inner.execute(statement, args)
        : await inner.execute(statement);
    },
    async batch(statements: (InStatement | [string, InArgs?])[], mode?: TransactionMode) {
      statements.forEach(remember);
      return await inner.batch(statements, mode);
    },
    migrate: (statements) => inner.migrate(statements),
    transaction: () => inner.transaction(),
    executeMultiple: (sql) => inner.executeMultiple(sql),
    sync: () => inner.sync(),
    close: () => inner.close(),
    reconnect: () => inner.reconnect(),
  };
  return {
    client,
    take() {
      const texts = [...seen];
      seen.clear();
      return texts;
    },
  };
}
