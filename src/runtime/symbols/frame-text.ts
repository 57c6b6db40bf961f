/** A frame of a stack as text, in each of the modes. Indents and line ends are the value's. */

import { assertNever } from '../../base/assert.ts';
import type { StackMode } from '../../types/type.ts';
import type { ByteText } from '../../types/value.ts';
import type { StackFrame } from '../read-stack.ts';
import type { Place } from './place.ts';
import { unknownPlace } from './place.ts';

export const hexText = (address: bigint | number): ByteText => `0x${address.toString(16)}`;

/** The lines of a whole stack. `placesOf` is asked for all addresses at once, and not at all where none is shown by name. */
export function stackLines(
  mode: StackMode,
  frames: readonly StackFrame[],
  placesOf: (addresses: readonly bigint[]) => readonly Place[],
): readonly ByteText[] {
  const addresses = mode === 'raw' ? [] : frames.filter((frame) => typeof frame === 'bigint');
  const places = addresses.length === 0 ? [] : placesOf(addresses);
  let next = 0;
  return frames.flatMap((frame) =>
    typeof frame === 'bigint'
      ? frameLines(mode, frame, places[next++] ?? unknownPlace)
      : [`${frame.buildId} ${hexText(frame.fileOffset)}`],
  );
}

/** One line, and one more before it for each function that was inlined. */
function frameLines(mode: StackMode, address: bigint, place: Place): readonly ByteText[] {
  switch (mode) {
    case 'bpftrace':
      return symbolLines(address, place);
    case 'perf':
      return perfLines(address, place);
    case 'raw':
      return [address.toString(16)];
    case 'build_id':
      return [buildIdText(address, place)];
    default:
      return assertNever(mode);
  }
}

function symbolLines(address: bigint, place: Place): readonly ByteText[] {
  const source = place.source?.();
  const at = (text: ByteText | undefined): ByteText => (text === undefined ? '' : `@${text}`);
  return [
    ...(source?.inlined ?? []).map((inlined) => `[inlined] ${inlined.name}${at(inlined.place)}`),
    symbolText(address, place) + at(source?.place),
  ];
}

/** As perf script prints them, which scripts take apart: without lines of the source. */
function perfLines(address: bigint, place: Place): readonly ByteText[] {
  const hex = address.toString(16);
  return [
    ...(place.source?.()?.inlined ?? []).map(({ name }) => `${hex} ${name} (inlined)`),
    `${hex} ${symbolText(address, place)} (${place.module ?? '[unknown]'})`,
  ];
}

const symbolText = (address: bigint, { name, offset }: Place): ByteText =>
  name === undefined ? hexText(address) : `${name}+${offset ?? 0}`;

/** Where the kernel could not read a file's build id at once (it was not in memory, kernel/bpf/stackmap.c), we can. */
function buildIdText(address: bigint, { buildId, fileOffset }: Place): ByteText {
  const id = buildId?.();
  return id === undefined || fileOffset === undefined ? address.toString(16) : `${id} ${hexText(fileOffset)}`;
}
