/** The plan's maps become maps in the kernel; the ring's size is chosen here where the plan leaves it open. */

import { present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { MapPlan, MapType, Plan } from '../plan/plan.ts';
import { ringBytes } from '../plan/ring-size.ts';
import { encodeRecord, record } from '../types/record.ts';
import { u32 } from '../types/type.ts';
import type { BpfApi, Fd, MapSpec } from './bpf-api.ts';
import { byteCount, callText, isPrivilege, privilegeHint, resourceCause } from './causes.ts';
import type { LoadedMap, Session } from './load.ts';

/** By symbol. The session's handles own them, also after a failure. */
export function createMaps(session: Session, plan: Plan): Result<ReadonlyMap<string, LoadedMap>, Diagnostic> {
  const maps = new Map<string, LoadedMap>();
  for (const map of plan.maps) {
    const entriesMax = map.type === 'ringbuf' ? ringBytes(map.entriesMax, session.options) : map.entriesMax;
    const held = map.holds && present(maps.get(map.holds.first), `map ${map.holds.first}`).fd;
    const created = createMap(session, map, entriesMax, held);
    if (!created.ok) return failed(explain(session, map, entriesMax, created.error));
    const fd = session.handles.own(created.value, `map ${map.symbol}`);
    maps.set(map.symbol, { plan: map, fd, entriesMax });
    const filled = held === undefined ? fillTexts(session, map, fd) : holdMap(session.bpf, fd, held);
    if (!filled.ok) return failed(explain(session, map, entriesMax, filled.error));
  }
  return ok(maps);
}

/** Puts a map into the one place of an array of maps. The kernel comes back when no program uses what was there before any more. */
export function holdMap(
  bpf: Pick<BpfApi, 'update'>,
  slot: Fd<'map'>,
  held: Fd<'map'>,
): Result<void, SysError> {
  return bpf.update(slot, encodeRecord(slotKey, {}), encodeRecord(slotValue, { map: held }));
}

const slotKey = record({ place: u32 });
/** A descriptor (kernel/bpf/map_in_map.c). */
const slotValue = record({ map: u32 });

/** The names that a map of texts begins with. */
function fillTexts(
  { bpf }: Session,
  { texts = [], keyBytes, valueBytes }: MapPlan,
  fd: Fd<'map'>,
): Result<void, SysError> {
  for (const [index, text] of texts.entries()) {
    const [key, value] = [Buffer.alloc(keyBytes), Buffer.alloc(valueBytes)];
    key.writeUInt32LE(index);
    value.write(text, 0, valueBytes - 1, 'latin1');
    const updated = text === '' ? ok(undefined) : bpf.update(fd, key, value);
    if (!updated.ok) return updated;
  }
  return ok(undefined);
}

/** BTF is for those who look at the map from outside, so a map whose BTF the kernel doesn't like goes without. */
function createMap(
  session: Session,
  map: MapPlan,
  entriesMax: number,
  like: Fd<'map'> | undefined,
): Result<Fd<'map'>, SysError> {
  const { bpf, file, btf, notes } = session;
  const spec: MapSpec = {
    type: map.type,
    name: map.symbol,
    keyBytes: map.keyBytes,
    valueBytes: map.valueBytes,
    entriesMax,
    ...(like !== undefined && { like }),
  };
  // The kernel takes no types of arrays of maps and of perf events.
  const isOfHandles = like !== undefined || map.type === 'perf-event-array';
  const types = isOfHandles ? undefined : file.maps.get(map.symbol)?.btf;
  if (btf === undefined || types === undefined) return bpf.createMap(spec);
  const typed = bpf.createMap({ ...spec, btf: { fd: btf, ...types } });
  if (typed.ok) return typed;
  const untyped = bpf.createMap(spec);
  if (untyped.ok)
    notes.push(`Map ${map.symbol} is created without type information (${callText(typed.error)}).`);
  return untyped;
}

const perCpuTypes: ReadonlySet<MapType> = new Set(['percpu-hash', 'percpu-array', 'lru-percpu-hash']);

function explain(session: Session, map: MapPlan, entriesMax: number, error: SysError): Diagnostic {
  const { machine } = session.options;
  const name = map.script
    ? `map ${map.script.name}`
    : map.type === 'ringbuf'
      ? 'the ring buffer'
      : `map ${map.symbol}`;
  const cpus = perCpuTypes.has(map.type) ? machine.possibleCpus : 1;
  const bytes = map.type === 'ringbuf' ? entriesMax : entriesMax * (map.keyBytes + map.valueBytes * cpus);
  const sizes =
    map.type === 'ringbuf'
      ? byteCount(bytes)
      : `${entriesMax} ${entriesMax === 1 ? 'entry' : 'entries'}, keys of ${map.keyBytes} and values of ${map.valueBytes} bytes${cpus > 1 ? ` on each of ${cpus} CPUs` : ''}, ${byteCount(bytes)} in all`;
  const { cause, hint } = mapCause(session, map, error);
  return diagnostic('error', 'load-failed', `can't create ${name} (${sizes}): ${cause}`, undefined, {
    hints: [hint],
  });
}

function mapCause(
  { options }: Session,
  map: MapPlan,
  error: SysError,
): { readonly cause: string; readonly hint: string } {
  const smaller =
    map.type === 'ringbuf'
      ? 'Set perf_rb_pages to a smaller number.'
      : 'Set max_map_keys to a smaller number, or shorten the key or value.';
  if (isPrivilege(error))
    return { cause: `not permitted (${callText(error)})`, hint: privilegeHint(options.machine) };
  switch (error.name) {
    case 'ENOMEM':
      return { cause: 'the kernel has not enough memory for it', hint: smaller };
    case 'E2BIG':
      return { cause: 'it is larger than the kernel allows', hint: smaller };
    case 'EINVAL':
      return {
        cause: `the kernel does not take it (${callText(error)})`,
        hint:
          map.type === 'ringbuf'
            ? 'Ring buffers exist since Linux 5.8.'
            : `Perhaps this kernel has no maps of the type ${map.type}, or the sizes are out of its range.`,
      };
    default:
      return resourceCause(error) ?? { cause: callText(error), hint: smaller };
  }
}
