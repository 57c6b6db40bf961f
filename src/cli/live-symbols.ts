/** Names of addresses on this machine: its symbol tables, its processes, and the settings that say how much of it. */

import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import { openProcessEvents } from '../runtime/kernel/process-events.ts';
import type { Symbolizer } from '../runtime/symbolize.ts';
import { createSymbolizer } from '../runtime/symbolize.ts';
import { followProcesses } from '../runtime/symbols/follow-processes.ts';
import { demangle } from '../system/demangle.ts';
import { parseDebugFolders, usualDebugFolders } from '../system/elf/debug-files.ts';
import { mappedFiles } from '../system/elf/mapped-files.ts';
import { onlineCpus } from '../system/proc/cpus.ts';
import type { Kallsyms } from '../system/proc/kallsyms.ts';
import { kernelSymbols } from '../system/proc/kernel-symbols.ts';
import { loadedModules } from '../system/proc/machine-files.ts';
import { processIds } from '../system/proc/process.ts';
import { processEpoch, readKallsyms, readMaps, readPerfMap } from '../system/proc/read.ts';
import type { Options } from './options.ts';

export interface LiveSymbolsRequest {
  readonly settings: Settings;
  readonly options: Pick<Options, 'debugFolders'>;
  readonly machine: Pick<Machine, 'targetPid'>;
  /** The kernel's symbols as they were when compiling; read on first use. */
  readonly kallsyms: () => Kallsyms;
}

export function liveSymbols({ settings, options, machine, kallsyms }: LiveSymbolsRequest): Symbolizer {
  const { debugFolders } = options;
  const files = mappedFiles(debugFolders === undefined ? usualDebugFolders : parseDebugFolders(debugFolders));
  const reader = { maps: readMaps, epoch: processEpoch, now: () => process.hrtime.bigint() };
  const symbolizer = createSymbolizer({
    kernel: kernelSymbols({
      first: kallsyms,
      read: readKallsyms,
      modules: loadedModules,
      nowMs: () => performance.now(),
    }),
    reader,
    image: files.image,
    perfMap: readPerfMap,
    ...(settings.cppDemangle && { demangle }),
    showsSource: settings.showDebugInfo,
    ...(settings.cacheUserSymbols !== 'NONE' && {
      follow: () =>
        followProcesses({
          ...reader,
          cpus: onlineCpus(),
          open: openProcessEvents,
          // Of other processes no probe will tell.
          processes: () => (machine.targetPid === undefined ? processIds() : [machine.targetPid]),
          onMapped: settings.lazySymbolication ? files.hold : files.preload,
        }),
    }),
  });
  return {
    ...symbolizer,
    close: () => {
      symbolizer.close();
      files.close();
    },
  };
}
