/** Carries bytes to where they go: gathers, cuts into chunks, keeps what the destination doesn't take yet. Opens nothing itself. */

import type { Result, SysError } from '../base/result.ts';
import type { ByteText } from '../types/value.ts';

/**
 * When gathered text goes out.
 *  line   after every write that ends a line
 *  none   after every write
 *  full   when a chunk is full, and at the end
 *  idle   when a chunk is full, at the end, and whenever there is nothing else to do
 */
export type Buffering = 'line' | 'full' | 'none' | 'idle';

/** `closed`: nobody reads any more (EPIPE). */
export type WriteFailure = { readonly kind: 'closed' } | SysError;

export interface Destination {
  /** Write some of the bytes and say how many; 0 if it takes none right now (EAGAIN). */
  write(bytes: Uint8Array): Result<number, WriteFailure>;
}

export interface Writer {
  /** Text as bytes. */
  write(text: ByteText): void;
  /** Tries to hand out all that was gathered; false if some remains because the destination takes nothing now. */
  flush(): boolean;
  /** For moments with nothing to do. */
  idle(): void;
  /** True while the destination lags behind by more than a chunk: best produce nothing until it has caught up (flush says so). */
  readonly congested: boolean;
  /** Why nothing is written any more; undefined as long as all is well. */
  readonly failure: WriteFailure | undefined;
  /** Everything goes out, however long it takes. */
  finish(): void;
}

export interface WriterOptions {
  readonly buffering: Buffering;
  /** Told once, when the destination has failed or is closed; what is written afterwards is dropped. */
  readonly onFailure: (failure: WriteFailure) => void;
  /** Wait for the destination to take more. */
  readonly pause?: (milliseconds: number) => void;
}

const chunkCharacters = 64 * 1024;
/** How much may wait for a slow destination before it counts as congested. */
const backlogBytesMax = 1024 * 1024;
const pauseMs = 1;

/** Writes to a destination in the order given; never loses or repeats a byte. */
export function createWriter(destination: Destination, options: WriterOptions): Writer {
  return new ChunkedWriter(destination, options);
}

class ChunkedWriter implements Writer {
  readonly #destination: Destination;
  readonly #options: WriterOptions;
  #pending = '';
  /** Chunks that have been begun or refused, oldest first. */
  #backlog: Uint8Array[] = [];
  #backlogBytes = 0;
  #failure: WriteFailure | undefined;

  constructor(destination: Destination, options: WriterOptions) {
    this.#destination = destination;
    this.#options = options;
  }

  get failure(): WriteFailure | undefined {
    return this.#failure;
  }

  get congested(): boolean {
    return this.#backlogBytes > backlogBytesMax;
  }

  write(text: ByteText): void {
    this.#pending += text;
    const { buffering } = this.#options;
    if (
      this.#pending.length >= chunkCharacters ||
      buffering === 'none' ||
      (buffering === 'line' && text.endsWith('\n'))
    )
      this.flush();
  }

  idle(): void {
    if (this.#options.buffering !== 'full') this.flush();
  }

  flush(): boolean {
    this.#takePending();
    while (this.#backlog.length > 0 && this.#failure === undefined) {
      if (!this.#writeFirst()) return false;
    }
    return true;
  }

  finish(): void {
    const pause = this.#options.pause ?? sleep;
    while (!this.flush()) pause(pauseMs);
  }

  #takePending(): void {
    if (this.#pending === '') return;
    const bytes = Buffer.from(this.#pending, 'latin1');
    this.#pending = '';
    if (this.#failure !== undefined) return;
    this.#backlog.push(bytes);
    this.#backlogBytes += bytes.length;
  }

  /** True if the destination took something. */
  #writeFirst(): boolean {
    const [first] = this.#backlog;
    if (first === undefined) return true;
    const outcome = this.#destination.write(first);
    if (!outcome.ok) {
      this.#fail(outcome.error);
      return true;
    }
    const written = outcome.value;
    this.#backlogBytes -= written;
    if (written < first.length) this.#backlog[0] = first.subarray(written);
    else this.#backlog.shift();
    return written > 0;
  }

  #fail(failure: WriteFailure): void {
    this.#failure = failure;
    this.#backlog = [];
    this.#backlogBytes = 0;
    this.#options.onFailure(failure);
  }
}

/** Blocks the thread: at the end there is nothing else to do. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
