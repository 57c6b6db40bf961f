/** Which CPUs there are: online now, and possible at all (per-CPU maps have a value for each of these). */

import { readFileSync } from 'node:fs';

/** `0-3,8,10-11` as numbers. */
export function parseCpuList(text: string): readonly number[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => {
      const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
      if (range === null) return [];
      const first = Number(range[1]);
      const last = Number(range[2] ?? range[1]);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    });
}

const cpuFolder = '/sys/devices/system/cpu';

export const onlineCpus = (): readonly number[] => readCpuList('online');
export const possibleCpus = (): readonly number[] => readCpuList('possible');

/** Without sysfs, /proc/stat counts those that are online: better than one. */
function readCpuList(which: 'online' | 'possible'): readonly number[] {
  try {
    const cpus = parseCpuList(readFileSync(`${cpuFolder}/${which}`, 'latin1'));
    if (cpus.length > 0) return cpus;
  } catch {
    // sysfs isn't mounted
  }
  const lines = readFileSync('/proc/stat', 'latin1').match(/^cpu(\d+) /gm) ?? ['cpu0 '];
  return lines.map((line) => Number(line.slice(3)));
}
