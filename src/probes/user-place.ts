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
}

/** What a target asks for, in whichever binaries. */
export type WrittenPlace =
  | { readonly kind: 'address'; readonly address: bigint; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly offset: number;
      readonly isCpp: boolean;
      readonly span: Span;
    };

export interface UserPlace {
  /** What stands behind the path: main, main+4, 0x1234. */
  readonly label: string;
  readonly symbol?: string;
  readonly fileOffset: number;
  /** It is a function's first instruction. */
  readonly isEntry: boolean;
}

/** `[BINARY:][cpp:]PLACE`; undefined if the parts have another form. */
export function readUserTarget({ parts }: TargetText, { machine }: TargetSource): UserTarget | undefined {
  const place = parts.at(-1);
  const isCpp = parts.length > 1 && parts.at(-2)?.text === 'cpp';
  const [binary, ...more] = parts.slice(0, isCpp ? -2 : -1);
  if (!place?.text || more.length > 0) return undefined;
  if (binary?.text) return { binary, isCpp, place };
  return machine.targetPid === undefined ? undefined : { isCpp, place };
}

/** Reports what a place can't be. */
export function parseUserPlace(
  { place, isCpp }: UserTarget,
  isReturn: boolean,
  report: Report,
): WrittenPlace | undefined {
  const { text, span } = place;
  const refuse = (message: string): undefined => void report.error('bad-probe-target', message, span);
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
  if (place.kind === 'address') {
    const fileOffset = binary.fileOffsetOf(place.address);
    if (fileOffset === undefined) return [];
    const isEntry = binary.functions().some((found) => found.fileOffset === fileOffset);
    return [{ label: place.text, fileOffset, isEntry }];
  }
  const { offset, span } = place;
  const found = distinct(functionsNamed(binary, place, source));
  const short = found.find(({ bytes }) => bytes > 0 && offset >= bytes);
  if (short) {
    const message = `Offset ${offset} lies outside of ${short.name}, which is ${short.bytes} bytes long`;
    report.error('bad-probe-target', message, span);
  }
  return found.map(({ name, fileOffset }) => ({
    label: offset > 0 ? `${name}+${offset}` : name,
    symbol: name,
    fileOffset: fileOffset + offset,
    isEntry: offset === 0,
  }));
}

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
  const { name, isCpp, span } = place;
  const names = binary && !another && !hasWildcard(name) ? namesOf(binary, isCpp, source) : [];
  reportMissing(`${where} has ${another ? 'a' : 'no'} function '${name}'`, span, source.settings, report, {
    word: name,
    names,
  });
}

function namesOf(binary: Executable, isCpp: boolean, source: TargetSource): readonly string[] {
  const names = binary.functions().map((found) => found.name);
  if (!isCpp) return names;
  return [...new Set(names.flatMap((name) => source.demangle(name) ?? []).map(withoutParameters))];
}

/** Functions for -l, as a script would name them. */
export function* functionNames(binary: Executable, pattern: string, source: TargetSource): Iterable<string> {
  const isName = matcher(pattern);
  const isCppName = cppMatcher(pattern);
  for (const { name } of binary.functions()) {
    const demangled = source.demangle(name);
    if (demangled === undefined && isName(name)) yield name;
    if (demangled !== undefined && (isName(name) || isCppName(demangled))) yield `cpp:"${demangled}"`;
  }
}
