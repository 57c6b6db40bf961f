/** A C text that libclang has parsed: what is wrong with it, and its declarations. Cursors and types live as long as their unit. */

import { assert } from '../../base/assert.ts';
import { addressOf, makeCallback, readCString } from '../../ffi/koffi.ts';
import type { ClangBinding, ClangString, ClangType, Cursor } from './binding.ts';
import { cursorKinds, cursorStruct, evaluationKinds, goInto, goOn, severities } from './binding.ts';

/** A file that is at hand, and need not exist. */
export interface VirtualFile {
  readonly path: string;
  readonly text: string;
}

/** An error: where, as bytes from the file's start. */
export interface ClangError {
  readonly message: string;
  /** Empty where no file is to blame. */
  readonly file: string;
  readonly line: number;
  readonly offset: number;
}

export interface Unit {
  readonly clang: ClangBinding;
  readonly errors: readonly ClangError[];
  /** What the text declares, in its order, headers before those who include them. */
  declarations(): readonly Cursor[];
  /** Types that it defines within others, whose names are everybody's in C (C11 6.2.1). */
  innerTypes(): readonly Cursor[];
  /** Frees it; nothing of it may be used then. */
  dispose(): void;
}

/** CXTranslationUnit_SkipFunctionBodies, and CXTranslationUnit_KeepGoing: a header that is missing is no reason to be blind to the rest. */
const options = 0x40 | 0x200;

/** Parse the first of the files; it may include the others. `args` are those of clang. */
export function parseUnit(clang: ClangBinding, files: readonly VirtualFile[], args: readonly string[]): Unit {
  const index = clang.createIndex(0, 0);
  const strings = args.map(cString);
  const unsaved = files.map(({ path, text }) => ({ path: cString(path), text: Buffer.from(text) }));
  const table = pointers(
    unsaved.flatMap(({ path, text }) => [
      addressOf(path),
      text.length > 0 ? addressOf(text) : 0n,
      BigInt(text.length),
    ]),
  );
  const unit = new BigInt64Array(1);
  const failure = clang.parse(
    index,
    files[0]?.path ?? null,
    pointers(strings.map(addressOf)),
    strings.length,
    table,
    files.length,
    options,
    unit,
  );
  assert(failure === 0 && unit[0] !== undefined, `libclang could not parse at all: error ${failure}`);
  const address = Number(unit[0]);
  return {
    clang,
    errors: errorsOf(clang, address),
    declarations: () => childrenOf(clang, clang.unitCursor(address)),
    innerTypes: () => innerTypes(clang, clang.unitCursor(address)),
    dispose: () => {
      clang.disposeUnit(address);
      clang.disposeIndex(index);
    },
  };
}

const cString = (text: string): Buffer => Buffer.from(`${text}\0`);
const pointers = (addresses: readonly bigint[]): BigUint64Array => BigUint64Array.from(addresses);

function errorsOf(clang: ClangBinding, unit: number): readonly ClangError[] {
  const errors: ClangError[] = [];
  for (let index = 0; index < clang.diagnosticCount(unit); index++) {
    const diagnostic = clang.diagnostic(unit, index);
    if (clang.diagnosticSeverity(diagnostic) >= severities.error) errors.push(readError(clang, diagnostic));
    clang.disposeDiagnostic(diagnostic);
  }
  return errors;
}

function readError(clang: ClangBinding, diagnostic: number): ClangError {
  const file = new BigInt64Array(1);
  const [line, column, offset] = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(1)];
  clang.expansionLocation(clang.diagnosticLocation(diagnostic), file, line, column, offset);
  const address = Number(file[0] ?? 0n);
  return {
    message: takeString(clang, clang.diagnosticText(diagnostic)),
    file: address === 0 ? '' : takeString(clang, clang.fileName(address)),
    line: line[0] ?? 0,
    offset: offset[0] ?? 0,
  };
}

/** A string's text; the string itself is given back. */
export function takeString(clang: ClangBinding, string: ClangString): string {
  const text = clang.getString(string) ?? '';
  clang.disposeString(string);
  return text;
}

export function childrenOf(clang: ClangBinding, cursor: Cursor): readonly Cursor[] {
  const found: Cursor[] = [];
  const visitor = makeCallback('int', [cursorStruct, cursorStruct, 'address'], (child) => {
    found.push(child);
    return goOn;
  });
  clang.visitChildren(cursor, visitor.address, 0);
  visitor.release();
  return found;
}

/** Structs, unions and enums that are defined within others. */
function innerTypes(clang: ClangBinding, unit: Cursor): readonly Cursor[] {
  const found: Cursor[] = [];
  const holds = ({ kind }: Cursor): boolean => kind === cursorKinds.struct || kind === cursorKinds.union;
  const visit = (child: Cursor, parent: Cursor): number => {
    if (holds(parent) && (holds(child) || child.kind === cursorKinds.enum)) found.push(child);
    return holds(child) ? goInto : goOn;
  };
  const visitor = makeCallback('int', [cursorStruct, cursorStruct, 'address'], visit);
  clang.visitChildren(unit, visitor.address, 0);
  visitor.release();
  return found;
}

/** Members of a struct or union, those without a name too. */
export function fieldsOfType(clang: ClangBinding, type: ClangType): readonly Cursor[] {
  const found: Cursor[] = [];
  const visitor = makeCallback('int', [cursorStruct, 'address'], (field) => {
    found.push(field);
    return goOn;
  });
  clang.visitFields(type, visitor.address, 0);
  visitor.release();
  return found;
}

/** What a variable is initialised with, if that is a constant: an integer, or text as its bytes. */
export function constantOf(clang: ClangBinding, variable: Cursor): bigint | string | undefined {
  const result = clang.evaluate(variable);
  if (result === 0) return undefined;
  const kind = clang.resultKind(result);
  const value =
    kind === evaluationKinds.int
      ? BigInt(clang.resultIsUnsigned(result) ? clang.resultUnsigned(result) : clang.resultSigned(result))
      : kind === evaluationKinds.text
        ? readCString(clang.resultText(result))
        : undefined;
  clang.disposeResult(result);
  return value;
}
