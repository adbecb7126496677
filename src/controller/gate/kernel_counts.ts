import { type Box, mustRun } from "../box.ts";
import { type Count, readCounts } from "./kernel_table.ts";
import { TABLE } from "./table.ts";

/** Reads all counters of the table: for whoever asks while one reading runs, the next one serves. */
export class KernelCounts {
  readonly #box: Pick<Box, "run">;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<ReadonlyMap<number, Count>> | null = null;

  constructor(box: Pick<Box, "run">) {
    this.#box = box;
  }

  /** @returns what had passed at some moment after the call. @throws {Error} when the table is gone. */
  read(): Promise<ReadonlyMap<number, Count>> {
    this.#next ??= this.#running.catch(() => {}).then(() => {
      this.#running = this.#next ?? Promise.resolve();
      this.#next = null;
      return this.#list();
    });
    return this.#next;
  }

  /** Text: nft needs thrice as long for JSON, and for `get element` it reads every set of the machine. */
  async #list(): Promise<ReadonlyMap<number, Count>> {
    return readCounts(await mustRun(this.#box, "nft", ["list", "set", ...TABLE.split(" "), "counted"]));
  }
}
