import type { Client, InArgs, InStatement, ResultSet, TransactionMode } from "@libsql/client";

/** What fails for once says so. */
export const FAILURE = "The disk is full for a moment";

/** The life of a process: each step takes of it, and nothing comes back when it is over. */
export class Fuse {
  #steps: number;
  #die: () => void = () => {};
  readonly died: Promise<void>;
  isDead = false;
  #failsAt = Infinity;

  constructor(steps = Infinity) {
    this.#steps = steps;
    this.died = new Promise((resolve) => this.#die = resolve);
  }

  /** A process that has lived on so far dies within so many steps. */
  shorten(steps: number): void {
    this.#steps = steps;
  }

  /** One step fails, so many from now. */
  failAfter(steps: number): void {
    this.#failsAt = steps;
  }

  /** Kept at once while the process lives, else never. */
  async step(): Promise<void> {
    if (!this.isDead && this.#steps-- <= 0) {
      this.isDead = true;
      this.#die();
    }
    if (this.isDead) await new Promise(() => {});
    if (this.#failsAt-- === 0) throw new Error(FAILURE);
  }
}

/** A database that outlives the process which uses it: that one may die before a statement and after it. */
export function mortalClient(inner: Client, fuse: Fuse): Client {
  const living = async <T>(work: () => Promise<T>): Promise<T> => {
    await fuse.step();
    const result = await work();
    await fuse.step();
    return result;
  };
  return {
    protocol: inner.protocol,
    closed: false,
    async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
      return await living(() =>
        typeof statement === "string" ? inner.execute(statement, args) : inner.execute(statement)
      );
    },
    batch: (statements: (InStatement | [string, InArgs?])[], mode?: TransactionMode) =>
      living(() => inner.batch(statements, mode)),
    migrate: (statements) => living(() => inner.migrate(statements)),
    transaction: () => inner.transaction(),
    executeMultiple: (sql) => living(() => inner.executeMultiple(sql)),
    sync: () => living(() => inner.sync()),
    close: () => {},
    reconnect: () => {},
  };
}
