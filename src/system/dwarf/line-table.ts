/** Which line of which file the code at an address is from: the head of a unit's .debug_line, which names files (DWARF 5, 6.2.4), and its rows. */

import { Cursor, Damaged } from './cursor.ts';
import type { RawValue, Widths } from './forms.ts';
import { form, readForm, wideMark } from './forms.ts';
import type { LineHeader, LineRows } from './line-program.ts';
import { runLineProgram } from './line-program.ts';
import { RowList } from './row-list.ts';
import type { TextSource } from './values.ts';
import { textOf } from './values.ts';

export interface SourcePlace {
  /** As the compiler was told it, below the folder in which it ran; its bytes, a character each. */
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
}

/** A unit's lines: names of files, and a program that tells which code is from where. */
export interface LineUnit {
  /** The path of a file by its number. */
  fileName(file: number): string | undefined;
  /** Numbers of all files. */
  readonly files: readonly number[];
  run(rows: LineRows): void;
}

export interface LineTable extends Pick<LineUnit, 'fileName'> {
  at(address: number): SourcePlace | undefined;
}

/** Names are read when they are asked for: a unit names hundreds of headers, and few are ever shown. */
interface FileTable {
  readonly folders: readonly RawValue[];
  readonly files: readonly { readonly name: RawValue; readonly folder: number }[];
  /** Number of the first file. */
  readonly first: number;
  /** What paths of the first folder are below; since version 5 it is spelled out. */
  readonly base: string;
  readonly source: TextSource;
}

/** `folder` is where the compiler ran. */
export function readLineUnit(offset: number, source: TextSource, folder: string): LineUnit {
  const bytes = source.sections.line();
  const cursor = new Cursor(bytes, offset);
  const first = cursor.u32();
  const isWide = first === wideMark;
  const length = isWide ? cursor.u64() : first;
  const whole = new Cursor(bytes, cursor.at, cursor.at + length);
  const { header, files, program } = readHeader(whole, isWide, source, folder);
  return {
    fileName: fileNames(files),
    files: files.files.map((_, index) => files.first + index),
    run: (rows) => {
      runLineProgram(new Cursor(bytes, program, whole.end), header, rows);
    },
  };
}

export function lineTable({ fileName, run }: LineUnit): LineTable {
  const rows = new RowList();
  run(rows);
  return {
    fileName,
    at: (address) => {
      const row = rows.find(address);
      const file = row && fileName(row.file);
      return row === undefined || file === undefined || row.line === 0 ? undefined : { file, line: row.line };
    },
  };
}

function readHeader(
  cursor: Cursor,
  isWide: boolean,
  source: TextSource,
  folder: string,
): { readonly header: LineHeader; readonly files: FileTable; readonly program: number } {
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new Damaged();
  const addressBytes = version >= 5 ? cursor.u8() : 8;
  if (version >= 5) cursor.u8(); // size of segment selectors: there are none
  const headerBytes = cursor.offset(isWide);
  const program = cursor.at + headerBytes;
  const instructionBytes = cursor.u8();
  if (version >= 4) cursor.u8(); // operations in an instruction: one, but for VLIW machines
  const isStatementAtFirst = cursor.u8() !== 0;
  const lineBase = (cursor.u8() << 24) >> 24;
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0) throw new Damaged();
  const operands = Array.from({ length: opcodeBase - 1 }, () => cursor.u8());
  const header = {
    isWide,
    addressBytes,
    instructionBytes,
    isStatementAtFirst,
    lineBase,
    lineRange,
    opcodeBase,
    operands,
  };
  // Text that stands in the tables lies in this section, not in .debug_info.
  const here = { ...source, sections: { ...source.sections, info: () => cursor.bytes } };
  const tables = version >= 5 ? readTables(cursor, header) : readOlderTables(cursor);
  return { header, program, files: { ...tables, base: version >= 5 ? '' : folder, source: here } };
}

type Tables = Pick<FileTable, 'folders' | 'files' | 'first'>;

/** Up to version 4: names, ended by an empty one. Folder 0 is the compiler's, and not listed. */
function readOlderTables(cursor: Cursor): Tables {
  const compilers: RawValue = { form: form.string, value: -1 };
  const folders = [compilers, ...namesIn(cursor, () => undefined).map(({ name }) => name)];
  const files = namesIn(cursor, () => {
    const folder = cursor.unsigned();
    cursor.unsigned(); // time of the last change
    cursor.unsigned(); // length
    return folder;
  }).map(({ name, more = 0 }) => ({ name, folder: more }));
  return { folders, files, first: 1 };
}

function namesIn<T>(
  cursor: Cursor,
  readMore: () => T,
): readonly { readonly name: RawValue; readonly more: T }[] {
  const names: { readonly name: RawValue; readonly more: T }[] = [];
  for (let at = cursor.at; cursor.text() !== ''; at = cursor.at)
    names.push({ name: { form: form.string, value: at }, more: readMore() });
  return names;
}

/** What is said of folders and files (DW_LNCT_*). */
const content = { path: 1, folder: 2 } as const;

/** Since version 5: tables that say themselves what they consist of. Folder 0 is the compiler's. */
function readTables(cursor: Cursor, widths: Widths): Tables {
  const folders = readTable(cursor, widths).map(({ name }) => name);
  return { folders, files: readTable(cursor, widths), first: 0 };
}

function readTable(cursor: Cursor, widths: Widths): FileTable['files'] {
  const formats = Array.from({ length: cursor.u8() }, () => [cursor.unsigned(), cursor.unsigned()] as const);
  const count = cursor.unsigned();
  // Each takes at least a byte: what is damaged must not become endless.
  if (count > cursor.end - cursor.at) throw new Damaged();
  return Array.from({ length: count }, () => {
    let name: RawValue | undefined;
    let folder = 0;
    for (const [kind, how] of formats) {
      const value = readForm(cursor, how, 0, widths);
      if (kind === content.path) name = value;
      else if (kind === content.folder) folder = value.value;
    }
    if (name === undefined) throw new Damaged();
    return { name, folder };
  });
}

const below = (folder: string, path: string): string =>
  path.startsWith('/') || folder === '' ? path : `${folder}/${path}`;

/** Paths by the numbers of files; each is put together once. */
function fileNames({ folders, files, first, base, source }: FileTable): LineTable['fileName'] {
  const known = new Map<number, string>();
  const folderName = (index: number): string => {
    const folder = folders[index];
    if (folder === undefined || folder.value < 0) return base;
    const own = index === 0 || first === 1 ? base : folderName(0);
    return below(own, textOf(folder, source));
  };
  return (number) => {
    const file = files[number - first];
    if (file === undefined) return undefined;
    const name = known.get(number) ?? simplified(below(folderName(file.folder), textOf(file.name, source)));
    known.set(number, name);
    return name;
  };
}

/** Without the steps that lead nowhere: /a/./b, /a/../b. */
function simplified(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    const before = parts.at(-1);
    if (part === '..' && before !== undefined && before !== '..' && before !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
