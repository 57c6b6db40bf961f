/** The clang that compiles C for BPF: found and run. It is not needed but for scripts that import such C. */

import { spawnSync } from 'node:child_process';

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';

export interface ClangOptions {
  /** TSTRACE_CLANG: a program's path or name, which then must serve. */
  readonly override?: string;
  /** libLLVM's version: it can't read the code of a later clang. Undefined if there is none. */
  readonly versionMax: () => number | undefined;
}

export interface Clang {
  /** What it writes to its standard output, or to standard error if it fails. */
  run(args: readonly string[], input?: Uint8Array): Result<Buffer, string>;
}

export interface ClangMissing {
  readonly message: string;
  readonly hint: string;
}

/** The oldest version whose code for BPF has types and lines as we need them. */
const versionMin = 14;
const usualVersionMax = 22;

/** The newest that is not newer than libLLVM. */
export function findClang({ override, versionMax }: ClangOptions): Result<Clang, ClangMissing> {
  const newest = versionMax() ?? usualVersionMax;
  const named = Array.from(
    { length: Math.max(0, newest - versionMin + 1) },
    (_, index) => `clang-${newest - index}`,
  );
  const names = override === undefined ? [...named, 'clang'] : [override];
  const name = names.find((candidate) => {
    const version = versionOf(candidate);
    return version !== undefined && (override !== undefined || version <= newest);
  });
  if (name !== undefined) return ok({ run: (args, input) => run(name, args, input) });
  return failed({
    message:
      override === undefined
        ? `there is no clang of version ${versionMin} to ${newest}`
        : `TSTRACE_CLANG: ${override} can't be run`,
    hint: `Install one, for example with \`apt-get install clang-${newest}\`, or name it: TSTRACE_CLANG=/path/to/clang. It may not be newer than libLLVM (${newest}).`,
  });
}

/** Undefined if it can't be run, or is too old. */
function versionOf(name: string): number | undefined {
  const ran = run(name, ['-dumpversion']);
  const version = ran.ok ? Number.parseInt(ran.value.toString('latin1'), 10) : 0;
  return version >= versionMin ? version : undefined;
}

/** More than any script's C becomes. */
const outputBytesMax = 256 * 2 ** 20;

function run(name: string, args: readonly string[], input?: Uint8Array): Result<Buffer, string> {
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    maxBuffer: outputBytesMax,
    ...(input && { input }),
  });
  if (error) return failed(`${name}: ${error.message}`);
  return status === 0 ? ok(stdout) : failed(stderr.toString('utf8'));
}
