/** The plan's maps become maps in the kernel; the ring's size is chosen here where the plan leaves it open. */

import { present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import { isConstantSection, isDataSection } from '../plan/object-sections.ts';
import type { MapPlan, MapType, Plan } from '../plan/plan.ts';
import { ringSymbol } from '../plan/plan.ts';
import { ringBytes } from '../plan/ring-size.ts';
import { encodeRecord, record } from '../types/record.ts';
import { u32 } from '../types/type.ts';
import type { BpfApi, Fd, MapSpec } from './bpf-api.ts';
import { byteCount, callText, isPrivilege, privilegeHint, resourceCause } from './causes.ts';
import type { LoadedMap, Session } from './load.ts';
import type { DataSection, ObjectFile, ObjectMap } from './object-file.ts';

/** By symbol. The session's handles own them, also after a failure. */
export function createMaps(session: Session, plan: Plan): Result<ReadonlyMap<string, LoadedMap>, Diagnostic> {
  const maps = new Map<string, LoadedMap>();
  for (const map of plan.maps) {
    const entriesMax =
      map.symbol === ringSymbol ? ringBytes(map.entriesMax, session.options) : map.entriesMax;
    const held = map.holds && present(maps.get(map.holds.first), `map ${map.holds.first}`).fd;
    const created = createMap(session, map, entriesMax, held);
    if (!created.ok) return failed(explain(session, map, entriesMax, created.error));
    const fd = session.handles.own(created.value, `map ${map.symbol}`);
    maps.set(map.symbol, { plan: map, fd, entriesMax });
    const filled = held === undefined ? fillTexts(session, map, fd) : holdMap(session.bpf, fd, held);
    if (!filled.ok) return failed(explain(session, map, entriesMax, filled.error));
  }
  return createData(session, maps);
}

/** The variables and constants of imported C: a map for each section, of one entry. Constants stay what they are. */
function createData(
  session: Session,
  maps: Map<string, LoadedMap>,
): Result<ReadonlyMap<string, LoadedMap>, Diagnostic> {
  for (const section of session.file.data) {
    const plan = dataMap(section);
    const created = createMap(session, plan, 1, undefined);
    if (!created.ok) return failed(explain(session, plan, 1, created.error));
    const fd = session.handles.own(created.value, `map ${plan.symbol}`);
    const filled = fillData(session.bpf, section, fd);
    if (!filled.ok) return failed(explain(session, plan, 1, filled.error));
    maps.set(plan.symbol, { plan, fd, entriesMax: 1 });
  }
  return ok(maps);
}

/** BPF_F_RDONLY_PROG. */
const readOnlyFlag = 128;

const dataMap = ({ name, contents }: DataSection): MapPlan => ({
  symbol: name,
  type: 'array',
  keyBytes: slotKey.size,
  valueBytes: contents.length,
  entriesMax: 1,
  ...(isConstantSection(name) && { flags: readOnlyFlag }),
});

/** The verifier trusts what a frozen map holds, so it is frozen once it is filled. */
function fillData(bpf: BpfApi, { name, contents }: DataSection, fd: Fd<'map'>): Result<void, SysError> {
  const filled = bpf.update(fd, encodeRecord(slotKey, {}), contents);
  return filled.ok && isConstantSection(name) ? bpf.freeze(fd) : filled;
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
    ...(map.flags !== undefined && { flags: map.flags }),
    ...(like !== undefined && { like }),
  };
  // The kernel takes no types of arrays of maps and of perf events.
  const isOfHandles = like !== undefined || map.type === 'perf-event-array';
  const types = isOfHandles ? undefined : typesOf(file, map.symbol);
  if (btf === undefined || types === undefined) return bpf.createMap(spec);
  const typed = bpf.createMap({ ...spec, btf: { fd: btf, ...types } });
  if (typed.ok) return typed;
  const untyped = bpf.createMap(spec);
  if (untyped.ok)
    notes.push(`Map ${map.symbol} is created without type information (${callText(typed.error)}).`);
  return untyped;
}

/** Of data there is no type of the key (kernel/bpf/arraymap.c, array_map_check_btf). */
function typesOf(file: ObjectFile, symbol: string): ObjectMap['btf'] {
  const valueType = file.data.find(({ name }) => name === symbol)?.btfId;
  return valueType === undefined ? file.maps.get(symbol)?.btf : { keyType: 0, valueType };
}

const perCpuTypes: ReadonlySet<MapType> = new Set(['percpu-hash', 'percpu-array', 'lru-percpu-hash']);

function explain(session: Session, map: MapPlan, entriesMax: number, error: SysError): Diagnostic {
  const { machine } = session.options;
  const name = nameOf(map);
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

/** As the user knows it. */
function nameOf({ symbol, script, imported }: MapPlan): string {
  if (script) return `map ${script.name}`;
  if (imported !== undefined) return `map ${imported} of imported C`;
  if (isDataSection(symbol)) return `the map of imported C's variables in ${symbol}`;
  return symbol === ringSymbol ? 'the ring buffer' : `map ${symbol}`;
}

function smallerHint({ symbol, imported }: MapPlan): string {
  if (symbol === ringSymbol) return 'Set perf_rb_pages to a smaller number.';
  return imported !== undefined || isDataSection(symbol)
    ? 'Make what the imported C defines smaller.'
    : 'Set max_map_keys to a smaller number, or shorten the key or value.';
}

function mapCause(
  { options }: Session,
  map: MapPlan,
  error: SysError,
): { readonly cause: string; readonly hint: string } {
  const smaller = smallerHint(map);
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
