/** The outcome of something the world may refuse: a system call, a file. For a user's mistakes see diagnostic.ts. */

export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function failed<E>(error: E): Result<never, E> {
  return { ok: false, error };
}

/** A system call that failed. `name` is the errno's own name: ENOENT, not 2. */
export interface SysError {
  readonly kind: 'sys-error';
  /** The call as a person would look it up: `bpf(BPF_PROG_LOAD)`, `perf_event_open`, `open /sys/…`. */
  readonly call: string;
  readonly errno: number;
  readonly name: string;
  /** What may be done about it; absent if we don't know. */
  readonly hint?: string;
}
