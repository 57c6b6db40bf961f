/** Descriptors that we own: closed in the reverse order of their opening, once. What is still open has a name, for leak tests. */

import type { BpfApi, Fd, FdKind } from './bpf-api.ts';

/** Owns descriptors and other things that must be given back. */
export class Handles {
  readonly #bpf: Pick<BpfApi, 'close'>;
  readonly #open: { readonly name: string; readonly release: () => void }[] = [];

  constructor(bpf: Pick<BpfApi, 'close'>) {
    this.#bpf = bpf;
  }

  /** Take ownership. `name` is for leak lists: `map AT_x`. */
  own<K extends FdKind>(fd: Fd<K>, name: string): Fd<K> {
    this.ownOther(name, () => this.#bpf.close(fd));
    return fd;
  }

  /** Take ownership of something that isn't a descriptor: a mapping, a watch. */
  ownOther(name: string, release: () => void): void {
    this.#open.push({ name, release });
  }

  /** Close everything, the last first. Doing so again does nothing. */
  closeAll(): void {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) last.release();
  }

  /** What is open, in the order of opening. */
  get names(): readonly string[] {
    return this.#open.map(({ name }) => name);
  }
}
