/** Plans as tests of the runtime need them: programs and maps by name, everything else empty. */

import type { Attachment, MapPlan, Plan, ProgramPlan, ProgramType } from '../../src/plan/plan.ts';

export const scriptSpan = { file: 'script.bt', start: 0, end: 8 };

export function programPlan(
  name: string,
  type: ProgramType,
  attachments: readonly Attachment[],
  extras: Partial<ProgramPlan> = {},
): ProgramPlan {
  return { name, probe: name, type, attachments, span: scriptSpan, ...extras };
}

export const arrayPlan = (symbol: string, entriesMax: number): MapPlan => ({
  symbol,
  type: 'array',
  keyBytes: 4,
  valueBytes: 8,
  entriesMax,
});

export const ringPlan = (bytes: number): MapPlan => ({
  symbol: 'ringbuf',
  type: 'ringbuf',
  keyBytes: 0,
  valueBytes: 0,
  entriesMax: bytes,
});

export function planOf(programs: readonly ProgramPlan[], maps: readonly MapPlan[]): Plan {
  return { programs, maps, events: [], strings: [], structs: {}, places: [], failures: [], requires: [] };
}
