/**
 * What the kernel tells of all processes' lives: forks, executions, mappings of code, ends (man 2 perf_event_open, "MMAP layout";
 * include/uapi/linux/perf_event.h, enum perf_event_type). Bytes to data; records of other kinds are passed over.
 */

import type { Mapping } from '../../system/proc/maps.ts';
import { deletedSuffix } from '../../system/proc/maps.ts';
import type { DecodedShape, RecordLayout, Shape } from '../../types/record.ts';
import { decodeRecord, record } from '../../types/record.ts';
import { u32, u64 } from '../../types/type.ts';
import { perfRecordHeader as header } from '../kernel/abi.ts';

interface Happened {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly time: bigint;
  readonly process: number;
}

export type ProcessRecord =
  | (Happened & { readonly kind: 'mapped'; readonly mapping: Mapping })
  /** Everything that was mapped before is gone. */
  | (Happened & { readonly kind: 'executed' })
  /** The process began as a copy of another. */
  | (Happened & { readonly kind: 'forked'; readonly parent: number })
  | (Happened & { readonly kind: 'ended' })
  /** The buffer was full: records are missing. */
  | { readonly kind: 'lost'; readonly time: bigint; readonly count: bigint };

const types = { lost: 2, comm: 3, exit: 4, fork: 7, mmap2: 10 } as const;
/** PERF_RECORD_MISC_COMM_EXEC: the new name comes from an execution. */
const execMisc = 1 << 13;
/** PROT_EXEC of mmap(2). */
const protExec = 4;

const lost = record({ header: u64, id: u64, lost: u64 });
const task = record({ header: u64, process: u32, parent: u32, thread: u32, parentThread: u32 });
const comm = record({ header: u64, process: u32, thread: u32 });
const mmap2 = record({
  header: u64,
  process: u32,
  thread: u32,
  address: u64,
  length: u64,
  fileOffset: u64,
  major: u32,
  minor: u32,
  inode: u64,
  inodeGeneration: u64,
  protection: u32,
  flags: u32,
});
/** Behind every record, since sample_id_all is set and PERF_SAMPLE_TIME all that is asked for. */
const sampleId = record({ time: u64 });

/** One whole record. */
export function parseProcessRecord(bytes: Uint8Array): ProcessRecord | undefined {
  const { type, misc } = head(header, bytes);
  const { time } = decodeRecord(sampleId, bytes.subarray(bytes.length - sampleId.size));
  switch (type) {
    case types.mmap2:
      return mappedRecord(bytes, time);
    case types.comm:
      return (misc & execMisc) === 0
        ? undefined
        : { kind: 'executed', time, process: head(comm, bytes).process };
    case types.fork: {
      const { process, parent } = head(task, bytes);
      // Threads share what their process has mapped.
      return process === parent ? undefined : { kind: 'forked', time, process, parent };
    }
    case types.exit: {
      const { process, thread } = head(task, bytes);
      return process === thread ? { kind: 'ended', time, process } : undefined;
    }
    case types.lost:
      return { kind: 'lost', time, count: head(lost, bytes).lost };
    default:
      return undefined;
  }
}

const head = <S extends Shape>(layout: RecordLayout<S>, bytes: Uint8Array): DecodedShape<S> =>
  decodeRecord(layout, bytes.subarray(0, layout.size));

function mappedRecord(bytes: Uint8Array, time: bigint): ProcessRecord | undefined {
  const { process, address, length, fileOffset, major, minor, inode, protection } = head(mmap2, bytes);
  if ((protection & protExec) === 0) return undefined;
  const name = textUntilNul(bytes.subarray(mmap2.size, bytes.length - sampleId.size));
  const deleted = name.endsWith(deletedSuffix);
  const hex = (number: number): string => number.toString(16).padStart(2, '0');
  const mapping: Mapping = {
    start: address,
    end: address + length,
    executable: true,
    fileOffset: Number(fileOffset),
    identity: `${hex(major)}:${hex(minor)} ${inode}`,
    path: name === anonymous ? '' : deleted ? name.slice(0, -deletedSuffix.length) : name,
    deleted,
  };
  return { kind: 'mapped', time, process, mapping };
}

/** What the kernel calls memory without a file here; /proc/PID/maps leaves it without a name (kernel/events/core.c, perf_event_mmap_event). */
const anonymous = '//anon';

/** Paths are UTF-8, padded with NULs. */
function textUntilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}
