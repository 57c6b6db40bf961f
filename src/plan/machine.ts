/** What is true of the machine and the session while compiling: plain data, baked into the program as constants. */

export interface Machine {
  readonly arch: 'x64' | 'arm64';
  /** Major and minor version of the kernel: [6, 12]. */
  readonly kernel: readonly [major: number, minor: number];
  readonly possibleCpus: number;
  readonly pageBytes: number;
  /** So many frames the kernel walks at most (the sysctl kernel.perf_event_max_stack). */
  readonly stackFramesMax: number;
  /** Memory that was free when tstrace started, bytes: the ring's size depends on it. */
  readonly memoryBytes: number;
  /** CLOCK_BOOTTIME when tstrace started, nanoseconds: what `elapsed` counts from. */
  readonly startNsecs: bigint;
  /** CLOCK_TAI minus CLOCK_MONOTONIC, nanoseconds, as measured when it is first asked for: kernels before 6.1 don't give programs the former. */
  readonly taiOffsetNsecs: bigint;
  /** tstrace's own PID namespace, where that isn't the initial one: device and inode of /proc/self/ns/pid. */
  readonly pidNamespace?: { readonly device: bigint; readonly inode: bigint };
  /** Process id of the command of -c. */
  readonly childPid?: number;
  /** Process id given by -p. */
  readonly targetPid?: number;
}

/** Whether the machine's kernel is of that release or a later one. For what can't be asked of the kernel itself when compiling. */
export const kernelFrom = (
  { kernel: [major, minor] }: Pick<Machine, 'kernel'>,
  wantedMajor: number,
  wantedMinor: number,
): boolean => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
