/** Puts output together: where it goes, in which form, how it is buffered. */

import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import { jsonOutput } from '../output/json.ts';
import type { Notices } from '../output/notices.ts';
import type { Output } from '../output/output.ts';
import { textOutput } from '../output/text.ts';
import type { Buffering, WriteFailure, Writer } from '../output/writer.ts';
import { createWriter } from '../output/writer.ts';
import type { Options } from './options.ts';
import type { Sink } from './world.ts';

export interface OpenedOutput {
  readonly output: Output;
  readonly state: () => 'open' | 'congested' | 'closed';
  /** Why the output could not be written to the end, if somebody should know. */
  readonly failure: () => SysError | undefined;
}

export function openOutput(sink: Sink, options: Options, notices: Notices): OpenedOutput {
  let failure: WriteFailure | undefined;
  const writer: Writer = createWriter(
    { write: (bytes) => writeTo(sink, bytes) },
    { buffering: bufferingOf(sink, options), onFailure: (reason) => (failure = reason) },
  );
  return {
    output: options.format === 'json' ? jsonOutput(writer, notices) : textOutput(writer, notices),
    state: () => (failure !== undefined ? 'closed' : writer.congested ? 'congested' : 'open'),
    failure: () => (failure?.kind === 'sys-error' ? failure : undefined),
  };
}

/** By line is for people who watch; into files and pipes text goes in large pieces, and at once when there is nothing else to do. */
function bufferingOf(sink: Sink, { buffering }: Options): Buffering {
  if (buffering !== 'line') return buffering;
  return sink.isTerminal ? 'line' : 'idle';
}

/** node:fs throws; a reader that has gone is no error, one that lags is none either. */
function writeTo(sink: Sink, bytes: Uint8Array): Result<number, WriteFailure> {
  try {
    return ok(sink.write(bytes));
  } catch (error) {
    const { code = 'EIO', errno = 0 } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return ok(0);
    if (code === 'EPIPE') return failed({ kind: 'closed' });
    return failed({ kind: 'sys-error', call: 'write', errno: Math.abs(errno), name: code });
  }
}
