/** What entries of .debug_info consist of: their kinds, by number, from .debug_abbrev (DWARF 5, 7.5.3). */

import { Cursor } from './cursor.ts';
import { form } from './forms.ts';

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Names of attributes and their forms, in the order of their values. */
  readonly names: readonly number[];
  readonly forms: readonly number[];
  /** Values that stand here and not with the entry (DW_FORM_implicit_const); 0 for the others. */
  readonly implied: readonly number[];
}

export type Abbreviations = ReadonlyMap<number, Abbreviation>;

export function readAbbreviations(bytes: Buffer, offset: number): Abbreviations {
  const cursor = new Cursor(bytes, offset);
  const found = new Map<number, Abbreviation>();
  for (;;) {
    const number = cursor.isAtEnd ? 0 : cursor.unsigned();
    if (number === 0) return found;
    found.set(number, readOne(cursor));
  }
}

function readOne(cursor: Cursor): Abbreviation {
  const tag = cursor.unsigned();
  const hasChildren = cursor.u8() !== 0;
  const [names, forms, implied]: [number[], number[], number[]] = [[], [], []];
  for (;;) {
    const [name, how] = [cursor.unsigned(), cursor.unsigned()];
    if (name === 0 && how === 0) return { tag, hasChildren, names, forms, implied };
    names.push(name);
    forms.push(how);
    implied.push(how === form.implicitConst ? cursor.signed() : 0);
  }
}
