/** Watchpoints that the script drops while it runs. */

import type { AttachedProbe } from './attach.ts';
import type { Fd } from './bpf-api.ts';
import type { Handles } from './handles.ts';

/** `kept`: perf events have no links on this kernel (before 5.15): they stay until the end. */
export type Dropping = 'dropped' | 'none-there' | 'kept';

export class Watchpoints {
  readonly #owner: Handles;
  /** Links by address; none once they are dropped. */
  readonly #links = new Map<bigint, readonly Fd<'link'>[]>();
  /** Addresses of those that have no link. */
  readonly #unlinked = new Set<bigint>();

  /** `owner` has the links. */
  constructor(owner: Handles) {
    this.#owner = owner;
  }

  add(probes: readonly AttachedProbe[]): void {
    for (const { attachment, links } of probes) {
      if (attachment.kind !== 'perf-event' || !attachment.breakpoint) continue;
      const { address } = attachment.breakpoint;
      this.#links.set(address, [...(this.#links.get(address) ?? []), ...links]);
      if (links.length === 0) this.#unlinked.add(address);
    }
  }

  /** Dropping again what is dropped does nothing: a probe may fire several times before its event is handled. */
  drop(address: bigint): Dropping {
    const links = this.#links.get(address);
    if (!links) return 'none-there';
    if (this.#unlinked.has(address)) return 'kept';
    this.#owner.close(links);
    this.#links.set(address, []);
    return 'dropped';
  }
}
