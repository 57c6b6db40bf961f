/** Asks the kernel to take a program: without a log first, and with one, as large as it needs to be, when the answer is no. */

import type { Result, SysError } from '../base/result.ts';
import type { BpfApi, Fd, KernelLog, ProgramSpec } from './bpf-api.ts';
import type { LoadOptions } from './load.ts';

export interface Attempt {
  /** The error is that of the load itself, not that of too small a buffer. */
  readonly result: Result<Fd<'program'>, SysError>;
  readonly log: KernelLog;
  /** True if the log is not whole. */
  readonly cut: boolean;
}

/** EAGAIN is what a load gets that a signal interrupts (kernel/bpf/verifier.c, do_check). */
const interruptedLoadsMax = 5;
const logBytesFirst = 64 * 1024;
/** Kernels refuse logs of fewer bytes. */
const logBytesMin = 128;

/** Without a log first, for that is cheapest; then with one that grows until it holds everything. */
export function tryLoad(
  bpf: BpfApi,
  options: Pick<LoadOptions, 'logLevel' | 'logBytesMax'>,
  spec: ProgramSpec,
): Attempt {
  if (options.logLevel === 0) {
    for (let times = 0; times < interruptedLoadsMax; times++) {
      const { result, log } = bpf.loadProgram(spec);
      if (result.ok) return { result, log, cut: false };
      if (result.error.name === 'EAGAIN') continue;
      // Nothing was verified: there is no log to be had.
      if (result.error.name === 'EPERM') return { result, log, cut: false };
      return { ...loadWithLog(bpf, spec, 1, options.logBytesMax), result };
    }
  }
  return loadWithLog(bpf, spec, Math.max(1, options.logLevel), options.logBytesMax);
}

/** ENOSPC: the log didn't fit. Kernels from 6.4 on say what it needs; for others the buffer grows fourfold. */
function loadWithLog(bpf: BpfApi, spec: ProgramSpec, level: number, bytesMax: number): Attempt {
  const largest = Math.max(logBytesMin, bytesMax);
  let bytes = Math.min(logBytesFirst, largest);
  for (;;) {
    const { result, log } = bpf.loadProgram(spec, { level, bytes });
    const cut = !result.ok && result.error.name === 'ENOSPC';
    if (!cut || bytes >= largest) return { result, log, cut };
    bytes = Math.min(largest, log.trueBytes ?? bytes * 4);
  }
}
