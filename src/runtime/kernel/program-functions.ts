/** The functions of a loaded program, by the records and the BTF that came with it. */

import type { Result, SysError } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import { addressOf } from '../../ffi/koffi.ts';
import type { Btf } from '../../system/btf/parse.ts';
import { nameOf, parseBtf } from '../../system/btf/parse.ts';
import { decodeRecord, record } from '../../types/record.ts';
import { u32 } from '../../types/type.ts';
import type { BpfApi, Fd } from '../bpf-api.ts';
import * as abi from './abi.ts';
import { objectInfo, openById } from './bpf.ts';
import { close } from './process.ts';

/** struct bpf_func_info. */
const functionRecord = record({ insn_off: u32, type_id: u32 });

/** BPF_PROG_TYPE_TRACING and BPF_PROG_TYPE_EXT, which can't be traced themselves (kernel/bpf/verifier.c, bpf_check_attach_target). */
const untraceable: ReadonlySet<number> = new Set([26, 28]);

export function programFunctions(program: Fd<'program'>): ReturnType<BpfApi['programFunctions']> {
  const first = objectInfo(program, abi.programInfo);
  if (!first.ok) return first;
  const { type, btf_id, nr_func_info, func_info_rec_size, jited_prog_len } = first.value.info;
  if (untraceable.has(type) || btf_id === 0 || nr_func_info === 0 || jited_prog_len === 0) return ok([]);
  const records = new Uint8Array(nr_func_info * func_info_rec_size);
  const wanted = { func_info: addressOf(records), nr_func_info, func_info_rec_size };
  const second = objectInfo(program, abi.programInfo, wanted, [records]);
  if (!second.ok) return second;
  const types = readBtf(btf_id);
  if (!types.ok) return types;
  const ids = Array.from({ length: nr_func_info }, (_, index) => {
    const at = index * func_info_rec_size;
    return decodeRecord(functionRecord, records.subarray(at, at + functionRecord.size)).type_id;
  });
  const { value } = types;
  return ok(value ? ids.map((btfId) => ({ name: nameOf(value, btfId), btfId })) : []);
}

/** Undefined if they are of a form that we don't know. */
function readBtf(id: number): Result<Btf | undefined, SysError> {
  const opened = openById('btf', id);
  if (!opened.ok) return opened;
  const size = objectInfo(opened.value, abi.btfInfo);
  const bytes = new Uint8Array(size.ok ? size.value.info.btf_size : 0);
  const wanted = { btf: addressOf(bytes), btf_size: bytes.length };
  const read = size.ok ? objectInfo(opened.value, abi.btfInfo, wanted, [bytes]) : size;
  close(opened.value);
  if (!read.ok) return read;
  const parsed = parseBtf(bytes, 'bpf');
  return ok(parsed.ok ? parsed.value : undefined);
}
