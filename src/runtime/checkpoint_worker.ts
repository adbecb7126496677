import { DatabaseSync } from "node:sqlite";
import { answerRequests } from "./thread_answers.ts";

/** Of a database in a file. */
export interface CheckpointTask {
  readonly path: string;
}

export interface CheckpointResult {
  /** Pages in the write-ahead log, moved or not. */
  readonly pages: number;
}

answerRequests(({ path }: CheckpointTask): CheckpointResult => {
  const database = new DatabaseSync(path);
  try {
    const { log } = database.prepare("pragma wal_checkpoint(passive)").get() ?? {};
    return { pages: Number(log) };
  } finally {
    database.close();
  }
});
