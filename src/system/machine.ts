/** The machine that tstrace runs on, as the compiler wants it described. */

import type { Machine } from '../plan/machine.ts';
import { once } from './once.ts';
import { bootNsecs } from './proc/clock.ts';
import { possibleCpus } from './proc/cpus.ts';
import { freeMemoryBytes, stackFramesMax } from './proc/machine-files.ts';
import { kernelRelease, pageBytes, parseKernelVersion, pidNamespace } from './proc/process.ts';

/** Processes that the session is about: -c's command, -p's target. */
export interface Session {
  readonly childPid?: number;
  readonly targetPid?: number;
}

/** `taiOffset` measures how far apart two clocks are. */
export function readMachine(taiOffset: () => bigint, session: Session = {}): Machine {
  const namespace = pidNamespace();
  const measured = once(taiOffset);
  return {
    arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    kernel: parseKernelVersion(kernelRelease()),
    possibleCpus: possibleCpus().length,
    pageBytes: pageBytes(),
    stackFramesMax: stackFramesMax(),
    memoryBytes: freeMemoryBytes(),
    startNsecs: bootNsecs(),
    get taiOffsetNsecs() {
      return measured();
    },
    ...(namespace?.initial === false && {
      pidNamespace: { device: namespace.device, inode: namespace.inode },
    }),
    ...session,
  };
}
