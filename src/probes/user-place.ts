/** Places in programs and libraries, as uprobes name them: functions (also by their C++ names), offsets behind them, addresses. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';
import { cppMatcher, looksLikeCpp, withoutParameters } from './cpp-name.ts';
import type { Executable, TargetSource, TargetText } from './define.ts';
import { parseFunctionOffset } from './offset-target.ts';
import { reportMissing } from './target-errors.ts';

type Part = TargetText['parts'][number];

/** A target's parts by their meaning. */
export interface UserTarget {
  /** Absent under -p: the process's own program. */
  readonly binary?: Part;
  /** The name is a C++ one. */
  readonly isCpp: boolean;
  readonly place: Part;
  /** It is a line of the source; `place` is then all of the target. */
  readonly line?: WrittenLine;
}

interface WrittenLine {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** What a target asks for, in whichever binaries. */
export type WrittenPlace =
  | ({ readonly kind: 'line'; readonly text: string; readonly span: Span } & WrittenLine)
  | { readonly kind: 'address'; readonly address: bigint; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly offset: number;
      readonly isCpp: boolean;
      readonly span: Span;
    };

export interface UserPlace {
  /** What stands behind the path: :main, :main+4, :0x1234, @main.c:42. */
  readonly label: string;
  readonly symbol?: string;
  readonly fileOffset: number;
  /** It is a function's first instruction. */
  readonly isEntry: boolean;
}

/** `[BINARY:][cpp:]PLACE` or `[BINARY]@FILE:LINE[:COLUMN]`; undefined if the parts have another form. */
export function readUserTarget(target: TargetText, source: TargetSource): UserTarget | undefined {
  const { parts } = target;
  const { machine } = source;
  const line = readLineTarget(target, source);
  if (line && (line.binary || machine.targetPid !== undefined)) return line;
  const place = parts.at(-1);
  const isCpp = parts.length > 1 && parts.at(-2)?.text === 'cpp';
  const [binary, ...more] = parts.slice(0, isCpp ? -2 : -1);
  if (!place?.text || more.length > 0) return undefined;
  if (binary?.text) return { binary, isCpp, place };
  return machine.targetPid === undefined ? undefined : { isCpp, place };
}

/** A file's name may have an @ of its own: one that is there is no line. */
function readLineTarget({ parts, span }: TargetText, source: TargetSource): UserTarget | undefined {
  const [first, ...numbers] = parts;
  const at = first?.text.lastIndexOf('@') ?? -1;
  const [line, column, ...more] = numbers.map(({ text }) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0));
  if (!first || at < 0 || !line || column === 0 || more.length > 0) return undefined;
  if (!('error' in source.executable(first.text))) return undefined;
  const [path, file] = [first.text.slice(0, at), first.text.slice(at + 1)];
  const text = parts
    .map((part) => part.text)
    .join(':')
    .slice(at);
  return {
    ...(path !== '' && { binary: { text: path, span: first.span } }),
    isCpp: false,
    place: { text, span },
    line: { file, line, ...(column !== undefined && { column }) },
  };
}

/** Reports what a place can't be. */
export function parseUserPlace(
  { place, isCpp, line }: UserTarget,
  isReturn: boolean,
  report: Report,
): WrittenPlace | undefined {
  const { text, span } = place;
  const refuse = (message: string): undefined => void report.error('bad-probe-target', message, span);
  if (line && isReturn)
    return refuse('A uretprobe is at the return of a function, a line does not tell which');
  if (line) return { kind: 'line', ...line, text, span };
  if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) {
    if (isReturn) return refuse('A uretprobe is at the return of a function, an address does not tell which');
    return { kind: 'address', address: BigInt(text), text, span };
  }
  const parsed = parseFunctionOffset(text);
  if (!parsed) return refuse(`'${text}' is neither a function nor an address`);
  if (isReturn && parsed.offset > 0)
    return refuse('A uretprobe is at the return of a function, it has no offset');
  return { kind: 'function', ...parsed, isCpp, span };
}

/** The places of one binary; none if it has no such function. Reports an offset beyond a function's end. */
export function placesIn(
  binary: Executable,
  place: WrittenPlace,
  source: TargetSource,
  report: Report,
): readonly UserPlace[] {
  if (place.kind === 'address') return placesAt(binary, [place.address], `:${place.text}`);
  if (place.kind === 'line') return placesOfLine(binary, place, report);
  const { offset, span } = place;
  const found = distinct(functionsNamed(binary, place, source));
  const short = found.find(({ bytes }) => bytes > 0 && offset >= bytes);
  if (short) {
    const message = `Offset ${offset} lies outside of ${short.name}, which is ${short.bytes} bytes long`;
    report.error('bad-probe-target', message, span);
  }
  return found.map(({ name, fileOffset }) => ({
    label: offset > 0 ? `:${name}+${offset}` : `:${name}`,
    symbol: name,
    fileOffset: fileOffset + offset,
    isEntry: offset === 0,
  }));
}

function placesAt(binary: Executable, addresses: readonly bigint[], label: string): readonly UserPlace[] {
  return addresses.flatMap((address) => {
    const fileOffset = binary.fileOffsetOf(address);
    if (fileOffset === undefined) return [];
    const isEntry = binary.functions().some((found) => found.fileOffset === fileOffset);
    return [{ label, fileOffset, isEntry }];
  });
}

/** Reports a name that several files of the source have: a line of all of them is hardly meant. */
function placesOfLine(
  binary: Executable,
  { file, line, column, text, span }: Extract<WrittenPlace, { kind: 'line' }>,
  report: Report,
): readonly UserPlace[] {
  const { files = [], addresses = [] } = binary.codeOfLine(file, line, column) ?? {};
  const [one, another] = files;
  if (one !== undefined && another !== undefined)
    report.error('bad-probe-target', `Several source files of ${binary.path} are called ${file}`, span, {
      hints: [`Write more of the path: ${files.slice(0, filesShownMax).join(' or ')}.`],
    });
  return placesAt(binary, addresses.map(BigInt), text);
}

const filesShownMax = 4;

type NamedFunction = ReturnType<Executable['functions']>[number];

/** By their names in the file; by their C++ names if the script says so, or if nothing else can be meant. */
function functionsNamed(
  binary: Executable,
  { name, isCpp }: Pick<Extract<WrittenPlace, { kind: 'function' }>, 'name' | 'isCpp'>,
  source: TargetSource,
): readonly NamedFunction[] {
  const isName = matcher(name);
  const found = isCpp ? [] : binary.functions().filter((candidate) => isName(candidate.name));
  if (found.length > 0 || !(isCpp || looksLikeCpp(name))) return found;
  const isCppName = cppMatcher(name);
  return binary.functions().filter((candidate) => {
    const demangled = source.demangle(candidate.name);
    return demangled !== undefined && isCppName(demangled);
  });
}

/** One place for each function: several names of one would count every call several times. */
function distinct(functions: readonly NamedFunction[]): readonly NamedFunction[] {
  return [...new Map(functions.map((found) => [found.fileOffset, found])).values()];
}

/** Nothing of the binaries answers to the place. */
export function reportNoPlace(
  binaries: readonly Executable[],
  place: WrittenPlace,
  source: TargetSource,
  report: Report,
): void {
  const [binary, another] = binaries;
  const where = binary && !another ? binary.path : `None of ${binaries.length} files`;
  if (place.kind === 'address') {
    report.error('bad-probe-target', `${where} has no code at address ${place.text}`, place.span);
    return;
  }
  if (place.kind === 'line') {
    reportNoCode(where, place, binary && !another ? binary : undefined, source, report);
    return;
  }
  const { name, isCpp, span } = place;
  const names = binary && !another && !hasWildcard(name) ? namesOf(binary, isCpp, source) : [];
  reportMissing(`${where} has ${another ? 'a' : 'no'} function '${name}'`, span, source.settings, report, {
    word: name,
    names,
  });
}

function reportNoCode(
  where: string,
  { file, line, column, span }: Extract<WrittenPlace, { kind: 'line' }>,
  binary: Executable | undefined,
  { settings }: TargetSource,
  report: Report,
): void {
  const found = binary?.codeOfLine(file, line, column);
  const missing = (message: string, hints: readonly string[] = []): void => {
    reportMissing(message, span, settings, report, undefined, hints);
  };
  if (binary && !found)
    missing(`${where} has no debug information, which would tell where lines of the source are`, [
      'Compile it with -g, or name where its debug file lies: --debuginfo.',
    ]);
  else if (found?.files.length === 0) missing(`${where} has no code of a source file '${file}'`);
  else {
    const { near = [] } = found ?? {};
    const at = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
    missing(
      `${where} has no code of ${at} of ${file}`,
      near.length > 0 ? [`There is code of line ${near.join(' and ')}.`] : [],
    );
  }
}

function namesOf(binary: Executable, isCpp: boolean, source: TargetSource): readonly string[] {
  const names = binary.functions().map((found) => found.name);
  if (!isCpp) return names;
  return [...new Set(names.flatMap((name) => source.demangle(name) ?? []).map(withoutParameters))];
}

/** Functions for -l, as a script would name them. */
export function* functionNames(
  binary: Executable,
  pattern: string,
  source: TargetSource,
): Iterable<{ readonly name: string; readonly fileOffset: number }> {
  const isName = matcher(pattern);
  const isCppName = cppMatcher(pattern);
  for (const { name, fileOffset } of binary.functions()) {
    const demangled = source.demangle(name);
    if (demangled === undefined && isName(name)) yield { name, fileOffset };
    if (demangled !== undefined && (isName(name) || isCppName(demangled)))
      yield { name: `cpp:"${demangled}"`, fileOffset };
  }
}
