/** Descriptors that we own: closed in the reverse order of their opening, once. What is still open has a name, for leak tests. */

import type { BpfApi, Fd, FdKind } from './bpf-api.ts';

interface Handle {
  readonly name: string;
  /** A descriptor, or how to give something else back. */
  readonly what: Fd | (() => void);
}

export class Handles {
  readonly #bpf: Pick<BpfApi, 'close' | 'closeTogether'>;
  #open: Handle[] = [];

  constructor(bpf: Pick<BpfApi, 'close' | 'closeTogether'>) {
    this.#bpf = bpf;
  }

  /** Take ownership. `name` is for leak lists: `map AT_x`. */
  own<K extends FdKind>(fd: Fd<K>, name: string): Fd<K> {
    this.#open.push({ what: fd, name });
    return fd;
  }

  /** Take ownership of something that isn't a descriptor: a mapping, a watch. */
  ownOther(name: string, release: () => void): void {
    this.#open.push({ what: release, name });
  }

  /** Close some before the others, together. */
  close(fds: readonly Fd[]): void {
    const closed = new Set<unknown>(fds);
    this.#open = this.#open.filter(({ what }) => !closed.has(what));
    this.#bpf.closeTogether(fds);
  }

  /** Close everything, the last first. Doing so again does nothing. */
  closeAll(): void {
    for (const { what } of this.#take()) {
      if (typeof what === 'function') what();
      else this.#bpf.close(what);
    }
  }

  /** Close all descriptors at once, for handles that don't need each other; then give back the rest. */
  closeTogether(): void {
    const taken = this.#take().map(({ what }) => what);
    this.#bpf.closeTogether(taken.filter((what) => typeof what !== 'function'));
    for (const what of taken) if (typeof what === 'function') what();
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
