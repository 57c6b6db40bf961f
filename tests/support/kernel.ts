/** Loading and attaching hand-written programs on this machine's kernel, for the loader's runtime tests. */

import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { present } from '../../src/base/assert.ts';
import { taiOffset } from '../../src/runtime/kernel/clocks.ts';
import { sourceFile, sourcesOf } from '../../src/base/source-file.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Result } from '../../src/base/result.ts';
import type { Machine } from '../../src/plan/machine.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Attached } from '../../src/runtime/attach.ts';
import { attach } from '../../src/runtime/attach.ts';
import type { BpfApi, Fd, ObjectKind } from '../../src/runtime/bpf-api.ts';
import { Handles } from '../../src/runtime/handles.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import type { Loaded, LoadFailure } from '../../src/runtime/load.ts';
import { load } from '../../src/runtime/load.ts';
import { kernelTypes } from '../../src/system/btf/find.ts';
import { liveBtf } from '../../src/system/btf/read.ts';
import { readMachine } from '../../src/system/machine.ts';
import { onlineCpus } from '../../src/system/proc/cpus.ts';
import { freeMemoryBytes, probeDevices, threadsOf } from '../../src/system/proc/machine-files.ts';

export interface Opened {
  readonly handles: Handles;
  readonly links: Handles;
  /** Close everything now, and not at the test's end only. */
  readonly close: () => void;
}

/** Owners of what a test opens, emptied at its end. */
export function openHandles(): Opened {
  const handles = new Handles(realBpf);
  const links = new Handles(realBpf);
  const close = (): void => {
    links.closeTogether();
    handles.closeAll();
  };
  onTestFinished(close);
  return { handles, links, close };
}

export const machine: Machine = readMachine(taiOffset);

export function loadHere(
  opened: Opened,
  plan: Plan,
  object: Uint8Array,
  script = 'script\n',
  bpf: BpfApi = realBpf,
): Result<Loaded, LoadFailure> {
  return load(bpf, opened.handles, plan, object, {
    machine,
    memoryBytes: freeMemoryBytes(),
    logBytesMax: 1_000_000,
    logLevel: 0,
    isWanted: () => true,
    multiTypeOf: () => undefined,
    sources: sourcesOf(sourceFile('script.bt', script)),
    kernelTypes: kernelTypes(liveBtf()),
  });
}

export function mustLoad(opened: Opened, plan: Plan, object: Uint8Array): Loaded {
  const loaded = loadHere(opened, plan, object);
  if (!loaded.ok)
    throw new Error([loaded.error.diagnostic.message, ...(loaded.error.report?.lines ?? [])].join('\n'));
  return loaded.value;
}

export function mustRefuse(opened: Opened, plan: Plan, object: Uint8Array, script: string): LoadFailure {
  const loaded = loadHere(opened, plan, object, script);
  if (loaded.ok) throw new Error('it was loaded');
  return loaded.error;
}

export function attachHere(
  opened: Opened,
  loaded: Loaded,
  bpf: BpfApi = realBpf,
): Result<Attached, readonly Diagnostic[]> {
  return attach(bpf, { links: opened.links, events: opened.handles }, loaded.programs, {
    machine,
    missingProbes: 'error',
    onlineCpus: onlineCpus(),
    probeDevices: probeDevices(),
    kernelFunctions: () => [],
    traceableFunctions: () => undefined,
    functionNames: () => [],
    threadsOf,
  });
}

export function mustAttach(opened: Opened, loaded: Loaded, bpf?: BpfApi): Attached {
  const attached = attachHere(opened, loaded, bpf);
  if (!attached.ok) throw new Error(attached.error.map(({ message }) => message).join('\n'));
  return attached.value;
}

/** A u64 of the array map `counts`. */
export function countAt(loaded: Loaded, slot: number): number {
  const value = new BigUint64Array(1);
  const map = present(loaded.maps.get('counts'), 'map counts').fd;
  const found = realBpf.lookup(
    map,
    new Uint8Array(Uint32Array.of(slot).buffer),
    new Uint8Array(value.buffer),
  );
  if (!found.ok || !found.value) throw new Error(`no slot ${slot}`);
  return Number(value[0]);
}

/** Id of a tracepoint, from tracefs. */
export function tracepointId(category: string, event: string): number {
  return Number(readFileSync(`/sys/kernel/tracing/events/${category}/${event}/id`, 'latin1'));
}

/** Ids of all objects of a kind in the kernel. */
export function objectIds(kind: ObjectKind): readonly number[] {
  const ids: number[] = [];
  for (let id = 0; ;) {
    const next = realBpf.nextId(kind, id);
    if (!next.ok) throw new Error(next.error.name);
    if (next.value === undefined) return ids;
    ids.push((id = next.value));
  }
}

/** Names of the programs or maps of these ids that are still there. */
export function namesOf(kind: 'program' | 'map', ids: readonly number[]): readonly string[] {
  return ids.flatMap((id) => {
    const fd = realBpf.openById(kind, id);
    if (!fd.ok) return [];
    const info =
      kind === 'program'
        ? realBpf.programInfo(fd.value as Fd<'program'>)
        : realBpf.mapInfo(fd.value as Fd<'map'>);
    realBpf.close(fd.value);
    return info.ok ? [info.value.name] : [];
  });
}
