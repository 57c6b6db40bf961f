/** Descriptors that we own: closed in the reverse order of their opening, once. What is still open has a name, for leak tests. */

import type { BpfApi, Fd, FdKind } from './bpf-api.ts';

interface Handle {
  readonly name: string;
  readonly fd: Fd;
}

export class Handles {
  readonly #bpf: Pick<BpfApi, 'close' | 'closeTogether'>;
  #open: Handle[] = [];

  constructor(bpf: Pick<BpfApi, 'close' | 'closeTogether'>) {
    this.#bpf = bpf;
  }

  /** Take ownership. `name` is for leak lists: `map AT_x`. */
  own<K extends FdKind>(fd: Fd<K>, name: string): Fd<K> {
    this.#open.push({ fd, name });
    return fd;
  }

  /** Close everything, the last first. Doing so again does nothing. */
  closeAll(): void {
    for (const { fd } of this.#take()) this.#bpf.close(fd);
  }

  /** Close everything at once, for handles that don't need each other. */
  closeTogether(): void {
    this.#bpf.closeTogether(this.#take().map(({ fd }) => fd));
  }

  /** What is open, in the order of opening. */
  get names(): readonly string[] {
    return this.#open.map(({ name }) => name);
  }

  /** What is open, the last first; nobody's from now on. */
  #take(): readonly Handle[] {
    const taken = this.#open.reverse();
    this.#open = [];
    return taken;
  }
}
