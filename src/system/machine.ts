/** The machine that tstrace runs on, as the compiler wants it described. */

import type { Machine } from '../plan/machine.ts';
import { bootNsecs } from './proc/clock.ts';
import { possibleCpus } from './proc/cpus.ts';
import { freeMemoryBytes, stackFramesMax } from './proc/machine-files.ts';
import { kernelRelease, pageBytes, parseKernelVersion, pidNamespace } from './proc/process.ts';

/** Processes that the session is about: -c's command, -p's target. */
export interface Session {
  readonly childPid?: number;
  readonly targetPid?: number;
}

export function readMachine(session: Session = {}): Machine {
  const namespace = pidNamespace();
  return {
    arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    kernel: parseKernelVersion(kernelRelease()),
    possibleCpus: possibleCpus().length,
    pageBytes: pageBytes(),
    stackFramesMax: stackFramesMax(),
    memoryBytes: freeMemoryBytes(),
    startNsecs: bootNsecs(),
    ...(namespace?.initial === false && {
      pidNamespace: { device: namespace.device, inode: namespace.inode },
    }),
    ...session,
  };
}
