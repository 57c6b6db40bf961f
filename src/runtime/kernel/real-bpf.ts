/** The port to the kernel, done for real: puts the thin functions of this folder together. */

import type { Result, SysError } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import { watchReadable } from '../../ffi/koffi.ts';
import type { BpfApi, Fd, LinkInfo, MapInfo, ProgramInfo } from '../bpf-api.ts';
import * as abi from './abi.ts';
import * as bpf from './bpf.ts';
import { mapRing } from './mman.ts';
import { disable, enable, openPerfEvent, readEvent, setProgram } from './perf-event.ts';
import { closeTogether } from './close-together.ts';
import { openPacketEvents } from './packet-events.ts';
import { programFunctions } from './program-functions.ts';
import { close, openProcess, raiseLockedMemoryLimit, waitForPrograms } from './process.ts';

export const realBpf: BpfApi = {
  raiseLockedMemoryLimit,
  createMap: bpf.createMap,
  loadBtf: bpf.loadBtf,
  loadProgram: bpf.loadProgram,
  openPerfEvent,
  linkPerfEvent: bpf.linkPerfEvent,
  setPerfEventProgram: (program, event) => setProgram(event, program),
  enablePerfEvent: enable,
  openPacketEvents,
  disablePerfEvent: disable,
  readPerfEvent: readEvent,
  enableStats: bpf.enableStats,
  linkUprobes: bpf.linkUprobes,
  linkKprobes: bpf.linkKprobes,
  linkIterator: bpf.linkIterator,
  pin: bpf.pin,
  openWalk: bpf.openWalk,
  readWalk: bpf.readWalk,
  openRawTracepoint: bpf.openRawTracepoint,
  runProgram: bpf.testRun,
  freeze: bpf.freeze,
  runOnPacket: bpf.testRunOnPacket,
  lookup: bpf.lookup,
  update: bpf.update,
  delete: bpf.remove,
  nextKey: bpf.nextKey,
  lookupBatch: bpf.lookupBatch,
  programInfo,
  programFunctions,
  linkInfo,
  mapInfo,
  nextId: bpf.nextId,
  openById: bpf.openById,
  openModuleBtf: bpf.openModuleBtf,
  mapRing,
  watchReadable,
  openProcess,
  waitForPrograms,
  close,
  closeTogether,
};

function programInfo(program: Fd<'program'>): Result<ProgramInfo, SysError> {
  const result = bpf.objectInfo(program, abi.programInfo);
  if (!result.ok) return result;
  const { info, bytes } = result.value;
  return ok({
    id: info.id,
    name: abi.textUntilNul(info.name),
    instructions: info.xlated_prog_len / 8,
    runTimeNs: info.run_time_ns,
    runCount: info.run_cnt,
    ...(bpf.hasField(abi.programInfo, 'recursion_misses', bytes) && {
      recursionMisses: info.recursion_misses,
    }),
  });
}

function linkInfo(link: Fd<'link'>): Result<LinkInfo, SysError> {
  const result = bpf.objectInfo(link, abi.kprobeLinkInfo);
  if (!result.ok) return result;
  const { info, bytes } = result.value;
  if (info.type === abi.linkTypes.kprobeMulti) return multiLinkInfo(link);
  const { kprobe, kretprobe } = abi.perfLinkTypes;
  const isKprobe =
    info.type === abi.linkTypes.perfEvent && (info.perf_type === kprobe || info.perf_type === kretprobe);
  const counts = isKprobe && bpf.hasField(abi.kprobeLinkInfo, 'missed', bytes);
  return ok({ id: info.id, ...(counts && { missed: info.missed }) });
}

function multiLinkInfo(link: Fd<'link'>): Result<LinkInfo, SysError> {
  const result = bpf.objectInfo(link, abi.kprobeMultiLinkInfo);
  if (!result.ok) return result;
  const { info, bytes } = result.value;
  const counts = bpf.hasField(abi.kprobeMultiLinkInfo, 'missed', bytes);
  return ok({ id: info.id, ...(counts && { missed: info.missed }) });
}

function mapInfo(map: Fd<'map'>): Result<MapInfo, SysError> {
  const result = bpf.objectInfo(map, abi.mapInfo);
  if (!result.ok) return result;
  const { info } = result.value;
  return ok({
    id: info.id,
    name: abi.textUntilNul(info.name),
    type: info.type,
    keyBytes: info.key_size,
    valueBytes: info.value_size,
    entriesMax: info.max_entries,
  });
}
