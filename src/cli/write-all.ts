/** Writes a text as a whole: for what is small, or nothing else happens meanwhile. Output of a running script goes through output/writer.ts. */

import type { Sink } from './world.ts';

const pauseMs = 5;

/** All of it, however long the reader takes; nothing if there is none any more. */
export function writeAll(sink: Sink, text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.length > 0) {
    const written = writeSome(sink, bytes);
    if (written === 'closed') return;
    if (written === 0) sleep();
    bytes = bytes.subarray(written);
  }
}

function writeSome(sink: Sink, bytes: Uint8Array): number | 'closed' {
  try {
    return sink.write(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 0;
    if (code === 'EPIPE') return 'closed';
    throw error;
  }
}

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}
