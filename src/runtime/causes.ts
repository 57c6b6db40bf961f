/** Why the kernel says no, in words: what an errno means where the call alone doesn't tell. A guess is called a guess. */

import type { SysError } from '../base/result.ts';
import type { Machine } from '../plan/machine.ts';

/** How a failed call reads at the end of a message. */
export function callText(error: SysError): string {
  return `${error.call}: ${error.name}`;
}

export function isOlderThan(machine: Pick<Machine, 'kernel'>, major: number, minor: number): boolean {
  const [ourMajor, ourMinor] = machine.kernel;
  return ourMajor < major || (ourMajor === major && ourMinor < minor);
}

/** What a process needs to load and attach programs. */
export function privilegeHint(machine: Pick<Machine, 'kernel'>): string {
  return isOlderThan(machine, 5, 8)
    ? 'Run tstrace as root (CAP_SYS_ADMIN).'
    : 'Run tstrace as root, or with the capabilities CAP_BPF and CAP_PERFMON.';
}

export function isPrivilege(error: SysError): boolean {
  return error.name === 'EPERM' || error.name === 'EACCES';
}

/** Failures that any call that makes a descriptor may meet; undefined for others. */
export function resourceCause(
  error: SysError,
): { readonly cause: string; readonly hint: string } | undefined {
  switch (error.name) {
    case 'EMFILE':
      return { cause: 'too many files are open in this process', hint: 'Raise the limit: ulimit -n.' };
    case 'ENFILE':
      return {
        cause: 'too many files are open on this machine',
        hint: 'Raise the limit: sysctl fs.file-max.',
      };
    case 'ENOMEM':
      return {
        cause: 'the kernel has not enough memory for it',
        hint: 'Trace fewer probes at once, or free memory.',
      };
    case 'ENOSYS':
      return {
        cause: 'this kernel has no such system call',
        hint: 'Use a kernel that is built with CONFIG_BPF_SYSCALL and CONFIG_PERF_EVENTS.',
      };
    default:
      return undefined;
  }
}

/** Why a file could not be read or a command not be run. */
export function fileCause(error: SysError): string {
  switch (error.name) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory';
    case 'EACCES':
    case 'EPERM':
      return 'not permitted';
    case 'ESRCH':
      return 'there is no such process';
    case 'EILSEQ':
      return 'its bytes are not text in UTF-8';
    case 'E2BIG':
      return 'it is too long';
    default:
      return callText(error);
  }
}

/** Bytes as people read them. */
export function byteCount(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[step] ?? ''}`;
}
