import type { RowChange } from "./rows.ts";

/** What shall become of rows that were read: new ones, changed ones, those to be deleted. */
export class RowDraft<Row extends Record<string, unknown>> {
  readonly #added = new Set<Row>();
  readonly #removed = new Set<Row>();
  /** A changed row to what it was. */
  readonly #stored = new Map<Row, Row>();

  add(row: Row): Row {
    this.#added.add(row);
    return row;
  }

  /** Changes the row in place; whether that made a difference. */
  change(row: Row, changes: Partial<Row>): boolean {
    const different = Object.entries(changes).some(([key, value]) => row[key] !== value);
    if (!different) return false;
    if (!this.#added.has(row) && !this.#stored.has(row)) this.#stored.set(row, { ...row });
    Object.assign(row, changes);
    return true;
  }

  remove(row: Row): void {
    if (!this.#added.delete(row)) this.#removed.add(row);
  }

  /** The row as it was read; what was not changed, or is new, is what it was. */
  stored(row: Row): Row {
    return this.#stored.get(row) ?? row;
  }

  isNew(row: Row): boolean {
    return this.#added.has(row);
  }

  added(): Row[] {
    return [...this.#added];
  }

  removed(): Row[] {
    return [...this.#removed];
  }

  changed(): RowChange<Row>[] {
    const changed: RowChange<Row>[] = [];
    for (const [row, stored] of this.#stored) {
      const changes: Partial<Row> = {};
      for (const key of Object.keys(row) as (keyof Row)[]) {
        if (row[key] !== stored[key]) changes[key] = row[key];
      }
      if (Object.keys(changes).length && !this.#removed.has(row)) changed.push({ stored, changes });
    }
    return changed;
  }
}
