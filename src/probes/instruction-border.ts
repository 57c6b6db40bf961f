/** A breakpoint within an instruction changes what the program does, or ends it: a uprobe may only stand where one begins. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Executable, TargetSource } from './define.ts';
import type { UserPlace } from './user-place.ts';

/** True if a probe may stand there. --unsafe takes every place as it is. */
export function checkBorder(
  binary: Executable,
  { label, fileOffset, isEntry }: UserPlace,
  span: Span,
  { unsafe }: Pick<TargetSource, 'unsafe'>,
  report: Report,
): boolean {
  if (isEntry || unsafe) return true;
  const where = `${binary.path}${label}`;
  const around = binary.instructionsAround(fileOffset);
  if (!around) {
    const message = `It can't be told whether an instruction begins at ${where}: no function of known instructions is there`;
    report.error('bad-probe-target', message, span, {
      hints: [
        'With --unsafe the place is taken as it is; within an instruction, a probe breaks the program.',
      ],
    });
    return false;
  }
  const offset = fileOffset - around.start;
  if (around.starts.includes(offset)) return true;
  report.error(
    'bad-probe-target',
    `No instruction begins at ${where}: a probe there would break the program`,
    span,
    {
      hints: nearest(around.starts, offset),
    },
  );
  return false;
}

function nearest(starts: readonly number[], offset: number): readonly string[] {
  const before = starts.filter((start) => start < offset).at(-1);
  const behind = starts.find((start) => start > offset);
  const places = [
    ...(before === undefined ? [] : [`${offset - before} before it`]),
    ...(behind === undefined ? [] : [`${behind - offset} behind it`]),
  ];
  return places.length === 0 ? [] : [`Instructions begin ${places.join(' and ')} (bytes).`];
}
