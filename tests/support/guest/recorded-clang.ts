/** Guests have no clang: what the host's makes of a file of C is written down, and a script in the guest answers with it. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Guest } from './guest.ts';
import { runTool } from './run-tool.ts';

const folder = '/tmp/recorded-clang';

export interface RecordClangOptions {
  /** The host's program, and its version. */
  readonly clang: string;
  readonly version: number;
  /** The file of C, in the host. */
  readonly path: string;
}

/** Gives the path of the clang, for TSTRACE_CLANG: asked for bitcode or an object, it answers for this file, whatever it is given. */
export async function recordClang(
  guest: Guest,
  { clang, version, path }: RecordClangOptions,
): Promise<string> {
  // v2: what all of the kernels take.
  const common = [clang, '-target', 'bpf', '-mcpu=v2', '-O2', '-g', '-w', '-c', '-fdebug-compilation-dir=.'];
  const made = await mkdtemp(join(tmpdir(), 'tstrace-recorded-'));
  try {
    await runTool([...common, '-emit-llvm', '-o', join(made, 'bitcode'), path]);
    await runTool([...common, '-o', join(made, 'object'), path]);
    await guest.run(['mkdir', '-p', folder]);
    for (const name of ['bitcode', 'object'])
      await guest.writeFile(join(folder, name), await readFile(join(made, name)));
  } finally {
    await rm(made, { recursive: true });
  }
  const program = join(folder, 'clang');
  await guest.writeFile(program, answering(version), 0o755);
  return program;
}

const answering = (version: number): string => `#!/bin/sh
case " $* " in
*' -dumpversion '*) echo ${version} ;;
*' -emit-llvm '*) cat ${folder}/bitcode ;;
*) cat ${folder}/object ;;
esac
`;
