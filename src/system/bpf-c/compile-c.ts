/** C that a script imports, compiled for BPF by clang: code for LLVM to link, and the signatures of its functions. */

import { Report } from '../../base/diagnostic.ts';
import type { SourceFile } from '../../base/source-file.ts';
import type { Span } from '../../base/span.ts';
import { licenses } from '../../plan/settings.ts';
import type { CompileC, CSource, ExternalCode, ExternalFunction } from '../../sema/facts.ts';
import type { Clang, ClangOptions } from './clang.ts';
import { findClang } from './clang.ts';
import type { BpfObject } from './object.ts';
import { readBpfObject } from './object.ts';

export interface CompileCOptions extends ClangOptions {
  /** Of -I. */
  readonly folders: readonly string[];
  /** Node's name. */
  readonly arch: string;
  /** Instructions that the running kernel knows. */
  readonly cpu: 'v2' | 'v3';
}

export const nothingCompiled: ExternalCode = { functions: [], maps: [], modules: [] };

export function compilerOfC(options: CompileCOptions): CompileC {
  return (sources) => {
    const report = new Report();
    const [first] = sources;
    if (!first) return { value: nothingCompiled, diagnostics: [] };
    const clang = findClang(options);
    if (clang.ok) {
      const compiled = sources.flatMap((source) => compileOne(clang.value, options, source, report) ?? []);
      reportUndefined(compiled, report);
      return { value: joined(compiled), diagnostics: report.diagnostics };
    }
    const { message, hint } = clang.error;
    report.error('clang-missing', `C for BPF is compiled by clang: ${message}`, first.span, {
      hints: [hint],
    });
    return { value: nothingCompiled, diagnostics: report.diagnostics };
  };
}

interface CompiledC extends BpfObject {
  readonly source: CSource;
  readonly bitcode: Uint8Array;
}

function compileOne(
  clang: Clang,
  options: CompileCOptions,
  source: CSource,
  report: Report,
): CompiledC | undefined {
  const common = ['-target', 'bpf', `-mcpu=${options.cpu}`, '-O2', '-g', '-w', '-c', '-o', '-'];
  const bitcode = clang.run([...common, '-emit-llvm', ...cArguments(options), pathOf(source)]);
  if (!bitcode.ok) {
    reportClang(bitcode.error, source, report);
    return undefined;
  }
  const object = clang.run([...common, '-x', 'ir', '-'], bitcode.value);
  if (!object.ok) {
    reportClang(object.error, source, report);
    return undefined;
  }
  const read = readBpfObject(object.value);
  if (read.ok && disagrees(read.value, source, report)) return undefined;
  if (read.ok) return { ...read.value, source, bitcode: bitcode.value };
  report.error('unsupported-c', `'${source.file.name}' has ${read.error}`, source.span, {
    hints: ['Functions can be imported, with the variables, constants and maps that they use.'],
  });
  return undefined;
}

/**
 * Programs of a script have one licence, and all that it can be set to goes with the GPL: so must C's, or the kernel would be told that
 * it does (include/linux/license.h).
 */
function disagrees({ license }: BpfObject, source: CSource, report: Report): boolean {
  if (license === undefined || licenses.some((known) => known === license)) return false;
  report.error(
    'unsupported-c',
    `'${source.file.name}' has the licence "${license}", with which it can't become part of programs under the GPL`,
    source.span,
    { hints: [`Licences that go together with it: ${licenses.join(', ')}.`] },
  );
  return true;
}

/** As clang is given it, which would take a dash for an option. */
const pathOf = ({ file: { name } }: CSource): string => (name.startsWith('-') ? `./${name}` : name);

/** Names of Debian's folders for headers of an architecture, by Node's. */
const multiarch: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

function cArguments({ folders, arch }: CompileCOptions): readonly string[] {
  const system = multiarch[arch];
  return [
    ...['-x', 'c', '-fno-color-diagnostics', '-fno-caret-diagnostics'],
    // Names of files stay as they are: lines are told by them.
    '-fdebug-compilation-dir=.',
    ...folders.map((folder) => `-I${folder}`),
    // Of the target that the headers of the system are for, not of BPF.
    ...(system === undefined ? [] : ['-idirafter', `/usr/include/${system}`]),
  ];
}

/** `helper.bpf.c:3:7: error: …`, with column in bytes. What is wrong in a header is told at the import. */
function reportClang(complaint: string, source: CSource, report: Report): void {
  const errors = [...complaint.matchAll(/^(.+?):(\d+):(\d+): (?:fatal )?error: (.+)$/gm)];
  for (const [, file, line, column, message = ''] of errors) {
    const isOwn = file === pathOf(source);
    const span = isOwn ? wordAt(source.file, Number(line), Number(column)) : source.span;
    const where = isOwn ? '' : ` in ${file}:${line}`;
    report.error('bad-c-definition', `In C: ${message}${where}`, span);
  }
  if (errors.length > 0) return;
  const said =
    complaint.split('\n').find((text) => text.includes('error:')) ?? complaint.split('\n')[0] ?? '';
  report.error('unsupported-c', `clang can't compile '${source.file.name}': ${said}`, source.span);
}

function wordAt({ name, text, lineStarts }: SourceFile, line: number, column: number): Span {
  const lineStart = lineStarts[line - 1] ?? text.length;
  const bytes = Buffer.from(text.slice(lineStart, lineStarts[line] ?? text.length));
  const start = lineStart + bytes.subarray(0, column - 1).toString().length;
  const word = /^(?:\w+|"[^"\n]*"|<[^>\n]*>|\S)/.exec(text.slice(start))?.[0] ?? ' ';
  return { file: name, start, end: start + word.length };
}

function reportUndefined(compiled: readonly CompiledC[], report: Report): void {
  const offeredByAny = new Set(compiled.flatMap(({ offered }) => offered));
  for (const { wanted, source } of compiled)
    for (const name of wanted.filter((wish) => !offeredByAny.has(wish)))
      report.error(
        'unsupported-c',
        `'${source.file.name}' uses ${name}, which nothing defines`,
        source.span,
        {
          hints: ['Helpers of the kernel are declared by <bpf/bpf_helpers.h> (Debian: libbpf-dev).'],
        },
      );
}

const joined = (compiled: readonly CompiledC[]): ExternalCode => ({
  functions: compiled.flatMap(({ functions, source }) =>
    functions.map((offered): ExternalFunction => ({ ...offered, span: placeOf(offered.name, source.file) })),
  ),
  maps: compiled.flatMap(({ maps }) => maps),
  modules: compiled.map(({ bitcode }) => bitcode),
});

/** Where the text has the function's name before a parenthesis for the first time. */
function placeOf(name: string, { name: file, text }: SourceFile): Span {
  const start = Math.max(0, text.search(new RegExp(`\\b${name}\\s*\\(`)));
  return { file, start, end: start + name.length };
}
