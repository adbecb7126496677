/** Stations' places in the box's table, and the session ids that are made of them (coova 7). */
export class SessionIds {
  readonly #free: number[] = [];
  /** By slot: the second in its newest id. */
  readonly #seconds: number[] = [0];

  /** A free slot, from 1. */
  takeSlot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    return this.#seconds.push(0) - 1;
  }

  /** Of a session found again; a new slot when it is taken already. */
  reclaim(slot: number, sessionId: string): number {
    while (this.#seconds.length <= slot) this.#free.push(this.#seconds.push(0) - 1);
    const at = this.#free.indexOf(slot);
    const own = at < 0 ? this.takeSlot() : slot;
    if (at >= 0) this.#free.splice(at, 1);
    this.#seconds[own] = Math.max(this.#seconds[own] ?? 0, Number(sessionId.slice(0, 10)) || 0);
    return own;
  }

  leaveSlot(slot: number): void {
    this.#free.push(slot);
  }

  /** 10 digits of Unix time and 8 hex digits of the slot; never the same twice: it takes the next free second. */
  next(slot: number, now: Date): string {
    const second = Math.max(Math.floor(now.getTime() / 1000), (this.#seconds[slot] ?? 0) + 1);
    this.#seconds[slot] = second;
    return `${String(second).padStart(10, "0")}${slot.toString(16).padStart(8, "0")}`;
  }
}
