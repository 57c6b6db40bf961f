/**
 * Walks of iterators. What the program writes for an object is read before the next object is looked at, so that the kernel's buffer is
 * never full: it would throw the last object's output away and run the program for it again, counting twice.
 */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { Plan, ProgramPlan } from '../plan/plan.ts';
import type { BpfApi, Fd, RingMemory } from './bpf-api.ts';
import { callText } from './causes.ts';

export const hasWalk = ({ programs }: Pick<Plan, 'programs'>): boolean =>
  programs.some(({ attachments }) => attachments.some(({ kind }) => kind === 'iter'));

export function walkFailure({ probe, span }: ProgramPlan, error: SysError): Diagnostic {
  const isTooMuch = error.name === 'E2BIG';
  const cause = isTooMuch
    ? 'more was printed for one object than the kernel holds (32 KiB)'
    : callText(error);
  return diagnostic('error', 'attach-failed', `${probe} ended early: ${cause}`, span, {
    hints: isTooMuch ? ['Print less for each, or gather it in maps.'] : [],
  });
}

export const lostBetweenPieces = ({ probe, span }: ProgramPlan): Diagnostic =>
  diagnostic(
    'warning',
    'runtime-warning',
    `${probe} may have left some out: more was printed than the kernel hands over at once`,
    span,
    {
      hints: [
        'The kernel forgets some when its output is read in pieces. Print less for each, or gather it in maps: they have all.',
      ],
    },
  );

/** What the kernel holds of one object's output (kernel/bpf/bpf_iter.c, bpf_seq_read: 8 pages). */
const objectBytesMax = 64 * 1024;

/** The records of a walk, in the form of a ring: whoever drains rings takes them from there. */
export class WalkRing implements RingMemory {
  readonly consumer = new ArrayBuffer(8);
  readonly producer = new ArrayBuffer(8);
  readonly bytes = 2 * objectBytesMax;
  readonly data = new ArrayBuffer(2 * this.bytes);
  readonly #view = new Uint8Array(this.data);

  /** The ring must be empty. */
  put(records: Uint8Array): void {
    const position = Number(Atomics.load(new BigInt64Array(this.producer), 0));
    const at = position % this.bytes;
    // The second half repeats the first, so that what goes over the end lies in one piece.
    const fitting = Math.min(records.length, this.bytes - at);
    this.#view.set(records, at);
    this.#view.set(records.subarray(0, fitting), at + this.bytes);
    this.#view.set(records.subarray(fitting), 0);
    Atomics.store(new BigInt64Array(this.producer), 0, BigInt(position + records.length));
  }

  /** It is memory like any other. */
  unmap(): void {
    // Nothing to give back.
  }
}

/**
 * How much is read before the walk goes on: at the least what one object has written. Walks that lose objects in between are read in pieces
 * that leave room for another object in the kernel's 32 KiB. Records are padded to 8 bytes: at an odd number something is always left to read.
 */
const pieceBytes = { each: 1, large: 24 * 1024 - 1 } as const;

/** So many objects are walked between looks at signals and timers. */
const objectsAtOnce = 256;

/** Walk all objects; `take` gets what each, or several, have written, and says whether to go on. */
export async function walk(
  bpf: Pick<BpfApi, 'readWalk'>,
  fd: Fd<'walk'>,
  take: (records: Uint8Array) => Promise<boolean>,
  piece: keyof typeof pieceBytes = 'each',
): Promise<Result<void, SysError>> {
  const buffer = new Uint8Array(objectBytesMax);
  for (let objects = 1; ; objects++) {
    const read = readPiece(bpf, fd, buffer, pieceBytes[piece]);
    if (!read.ok) return read;
    if (read.value === 0 || !(await take(buffer.subarray(0, read.value)))) return ok(undefined);
    if (objects % objectsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What the next objects that write anything have written; 0 bytes at the end. Fewer than asked for are all that there are. */
function readPiece(
  bpf: Pick<BpfApi, 'readWalk'>,
  fd: Fd<'walk'>,
  buffer: Uint8Array,
  bytes: number,
): Result<number, SysError> {
  const first = untilAnswered(() => bpf.readWalk(fd, buffer.subarray(0, bytes)));
  if (!first.ok || first.value < bytes) return first;
  const rest = untilAnswered(() => bpf.readWalk(fd, buffer.subarray(bytes)));
  return rest.ok ? ok(first.value + rest.value) : rest;
}

function untilAnswered(read: () => Result<number, SysError>): Result<number, SysError> {
  for (;;) {
    const result = read();
    if (result.ok || (result.error.name !== 'EAGAIN' && result.error.name !== 'EINTR')) return result;
  }
}
