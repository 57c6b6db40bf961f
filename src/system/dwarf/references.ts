/** From an entry to another that it names: its origin, its type. */

import { Damaged } from './cursor.ts';
import { form } from './forms.ts';
import type { Entry, Unit } from './unit.ts';

export interface Reference {
  /** Of the entry, in .debug_info. */
  readonly offset: number;
  /** It lies in the file that several share. */
  readonly isShared: boolean;
}

/** Undefined if the entry has no such attribute. */
export function referenceOf(entry: Entry, name: number, unit: Unit): Reference | undefined {
  const value = entry.values.get(name);
  if (value === undefined) return undefined;
  switch (value.form) {
    case form.refAddr:
      return { offset: value.value, isShared: false };
    case form.gnuRefAlt:
    case form.refSup4:
    case form.refSup8:
      return { offset: value.value, isShared: true };
    case form.ref1:
    case form.ref2:
    case form.ref4:
    case form.ref8:
    case form.refUdata:
      return { offset: unit.offset + value.value, isShared: false };
    default:
      throw new Damaged();
  }
}
