/** The rows of a unit's line program, kept so that addresses can be looked up. */

import type { LineRow, LineRows } from './line-program.ts';

/** Rows for look-ups by address: where one begins, that of before ends. */
export class RowList implements LineRows {
  readonly #addresses: number[] = [];
  readonly #files: number[] = [];
  readonly #lines: number[] = [];
  readonly #sequences: {
    readonly low: number;
    readonly high: number;
    readonly first: number;
    readonly end: number;
  }[] = [];
  #first = 0;

  add({ address, file, line }: LineRow): void {
    this.#addresses.push(address);
    this.#files.push(file);
    this.#lines.push(line);
  }

  /** Sequences of functions that the linker dropped begin at 0. */
  endSequence(high: number): void {
    const end = this.#addresses.length;
    const low = this.#addresses[this.#first] ?? 0;
    if (end > this.#first && low !== 0 && high > low)
      this.#sequences.push({ low, high, first: this.#first, end });
    this.#first = end;
  }

  find(address: number): Pick<LineRow, 'file' | 'line'> | undefined {
    const sequence = this.#sequences.find(({ low, high }) => address >= low && address < high);
    if (sequence === undefined) return undefined;
    let [low, high] = [sequence.first, sequence.end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return { file: this.#files[low - 1] ?? 0, line: this.#lines[low - 1] ?? 0 };
  }
}
