/** Everything that a run needs of the real world, in one place. */

import type { Sources } from '../base/source-file.ts';
import { mapFile } from '../ffi/map-file.ts';
import { formatter } from '../output/format.ts';
import type { Notices } from '../output/notices.ts';
import { createRecorder } from '../output/recorder.ts';
import { localZone, strftime, utcText } from '../output/strftime.ts';
import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import { Features } from '../runtime/features.ts';
import { bootEpoch, taiAheadOfUtc } from '../runtime/kernel/clocks.ts';
import { realBpf } from '../runtime/kernel/real-bpf.ts';
import type { RunWorld } from '../runtime/run-port.ts';
import { sessionFunction } from '../runtime/sessions.ts';
import type { Facts } from '../sema/facts.ts';
import { clocks } from '../types/type.ts';
import type { Kallsyms } from '../system/proc/kallsyms.ts';
import { captureFiles } from '../system/capture-files.ts';
import { cgroupPaths } from '../system/cgroups.ts';
import { kernelTypes } from '../system/btf/find.ts';
import { liveBtf } from '../system/btf/read.ts';
import { once } from '../system/once.ts';
import { locateTracefs } from '../system/tracefs/locate.ts';
import { readTraceablePlaces, traceableNamed } from '../system/tracefs/events.ts';
import { readUserNames } from '../system/proc/passwd.ts';
import { onlineCpus } from '../system/proc/cpus.ts';
import { freeMemoryBytes, probeDevices, threadsOf } from '../system/proc/machine-files.ts';
import { readHead, runShell } from '../system/shell.ts';
import type { Options } from './options.ts';
import type { OpenedOutput } from './output.ts';
import type { OpenedTarget } from './target.ts';
import { notifyManager } from './notify-manager.ts';
import { attachMarker } from './attach-marker.ts';
import { variable } from './settings.ts';
import { liveSymbols } from './live-symbols.ts';
import type { World } from './world.ts';
import { writeAll } from './write-all.ts';

export interface RunWorldRequest {
  readonly options: Options;
  readonly settings: Settings;
  readonly sources: Sources;
  readonly world: World;
  readonly machine: Machine;
  readonly output: OpenedOutput;
  readonly facts: () => Facts;
  readonly kallsyms: () => Kallsyms;
  readonly notices: Notices;
  readonly target?: OpenedTarget;
}

const sessionFunctionId = (facts: Facts): number | undefined =>
  facts.functionPrototypes(sessionFunction)[0]?.btfId;

/** Questions to the running kernel. */
export const liveFeatures = (facts: () => Facts, withheld: ReadonlySet<string> = new Set()): Features =>
  new Features({
    bpf: realBpf,
    withheld,
    probeDevices: probeDevices(),
    get hasBtf() {
      return facts().hasBtf;
    },
    // Any function will do that every kernel has and lets be traced.
    get functionBtfId() {
      return facts().functionPrototypes('vfs_read')[0]?.btfId;
    },
    get sessionFunctionId() {
      return sessionFunctionId(facts());
    },
  });

const nsecsPerMs = 1_000_000n;
const nowNsecs = (): bigint => BigInt(Date.now()) * nsecsPerMs;

export function runWorld({
  options,
  settings,
  sources,
  world,
  machine,
  output,
  facts,
  kallsyms,
  notices,
  target,
}: RunWorldRequest): RunWorld {
  const bootEpochNsecs = bootEpoch();
  const save = captureFiles();
  const leapNsecs = once(taiAheadOfUtc);
  const symbols = liveSymbols({ settings, options, machine, kallsyms });
  const btfFile = variable(world.environment, 'BTF');
  const userNames = once(readUserNames);
  const traceable = once(() => readTraceablePlaces(locateTracefs() ?? ''));
  const recorder = options.mode === 'trace' ? undefined : createRecorder(output.output, notices.options);
  return {
    bpf: realBpf,
    output: recorder?.output ?? output.output,
    mode: options.mode,
    ...(recorder && { recorder }),
    outputState: output.state,
    host: {
      formatter,
      formatNow: (format) => strftime(format, nowNsecs(), localZone),
      readHead,
      savePacket: (path, packet) => save(path, { ...packet, nsecs: packet.nsecs + bootEpochNsecs }),
      runShell,
    },
    symbols,
    words: {
      kernelSymbol: symbols.kernelSymbol,
      userSymbol: symbols.userSymbol,
      stackFrames: symbols.stackFrames,
      userName: (uid) => userNames().get(uid) ?? String(uid),
      cgroupPath: cgroupPaths(),
      wallClock: (nsecs) => utcText(nsecs + bootEpochNsecs),
      // Boot time is told as the wall clock of the moment at which we started.
      formatTime: (nsecs, clock, format) =>
        strftime(format, clocks[clock] === 'boot' ? nsecs + bootEpochNsecs : nsecs - leapNsecs(), localZone),
    },
    machine,
    settings,
    sources,
    kernelTypes: kernelTypes(liveBtf({ map: mapFile, ...(btfFile !== undefined && { file: btfFile }) })),
    attaching: {
      onlineCpus: onlineCpus(),
      probeDevices: probeDevices(),
      kernelFunctions: (symbol, module) => kallsyms().functionsNamed(symbol, module),
      traceableFunctions: (symbol, module) => traceableNamed(traceable(), symbol, module),
      functionNames: () =>
        facts()
          .traceableFunctions()
          .functions.map(({ name }) => name),
      threadsOf,
    },
    features: liveFeatures(facts, options.withheld),
    sessionFunctionId: () => sessionFunctionId(facts()),
    memoryBytes: freeMemoryBytes(),
    onInterrupt: world.onInterrupt,
    onSignal: world.onSignal,
    ...(target && { target }),
    onAttached: () => {
      attachMarker(world);
      notifyManager(world, notices, 'READY=1');
    },
    onStopping: () => notifyManager(world, notices, 'STOPPING=1'),
    verbose: {
      logLevel: options.debug.has('verifier') ? 2 : options.verbose ? 1 : 0,
      log: (text) => void writeAll(world.stderr, text),
    },
    dryRun: options.dryRun,
    stats: options.stats,
  };
}
