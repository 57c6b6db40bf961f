/** Writes texts as a whole: for what is small, or nothing else happens meanwhile. Output of a running script goes through output/writer.ts. */

import type { SysError } from '../base/result.ts';
import { bytesFromText } from '../base/script-bytes.ts';
import type { Sink } from './world.ts';

const pauseMs = 5;

/** All of it, however long the reader takes. Gives why it could not be done; that nobody reads any more is no failure. */
export function writeAll(sink: Sink, text: string): SysError | undefined {
  let bytes: Uint8Array = bytesFromText(text);
  while (bytes.length > 0) {
    const written = writeSome(sink, bytes);
    if (typeof written !== 'number') return written === 'closed' ? undefined : written;
    if (written === 0) sleep();
    bytes = bytes.subarray(written);
  }
  return undefined;
}

/** Texts for one place, one after the other; after the first failure nothing is written any more. */
export class Printer {
  readonly #sink: Sink;
  failure: SysError | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  print(text: string): void {
    this.failure ??= writeAll(this.#sink, text);
  }
}

/** node:fs throws; here it gives a result. */
function writeSome(sink: Sink, bytes: Uint8Array): number | 'closed' | SysError {
  try {
    return sink.write(bytes);
  } catch (error) {
    const { code = 'EIO', errno = 0 } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 0;
    if (code === 'EPIPE') return 'closed';
    return { kind: 'sys-error', call: 'write', errno: Math.abs(errno), name: code };
  }
}

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}
