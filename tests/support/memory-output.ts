/** Output into memory, for tests: what would have gone to stdout and to stderr. */

import { ok } from '../../src/base/result.ts';
import type { SourceFile } from '../../src/base/source-file.ts';
import { createNotices } from '../../src/output/notices.ts';
import { jsonOutput } from '../../src/output/json.ts';
import type { Output } from '../../src/output/output.ts';
import { textOutput } from '../../src/output/text.ts';
import { createWriter } from '../../src/output/writer.ts';
import { checkJsonLines } from './json-lines.ts';

export interface MemoryOutput {
  readonly output: Output;
  /** What was written so far, as bytes; JSON is held against its schema. */
  stdout(): string;
  stderr(): string;
}

export interface MemoryOutputOptions {
  readonly mode: 'text' | 'json';
  readonly quiet?: boolean;
  readonly warnings?: boolean;
  readonly source?: SourceFile;
}

export function memoryOutput({
  mode,
  quiet = false,
  warnings = true,
  source,
}: MemoryOutputOptions): MemoryOutput {
  let [stdout, stderr] = ['', ''];
  const destination = {
    write(bytes: Uint8Array) {
      stdout += Buffer.from(bytes).toString('latin1');
      return ok(bytes.length);
    },
  };
  const writer = createWriter(destination, { buffering: 'none', onFailure: () => {} });
  const notices = createNotices({
    source: (file) => (file === source?.name ? source : undefined),
    colours: false,
    quiet,
    warnings,
    write: (text) => void (stderr += text),
  });
  const output = mode === 'text' ? textOutput(writer, notices) : jsonOutput(writer, notices);
  const printed = (): string => {
    if (mode === 'json') checkJsonLines(stdout, 'latin1');
    return stdout;
  };
  return { output, stdout: printed, stderr: () => stderr };
}
