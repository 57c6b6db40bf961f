/**
 * DOOR: a script and all that it imports, as one program. What is imported stands before what imports it, so that its begin and end blocks
 * run first. Each file counts once, whatever the path to it. Never fails: what is wrong is in the diagnostics.
 */

import { posix } from 'node:path';

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Outcome } from '../base/outcome.ts';
import type { SourceFile, Sources } from '../base/source-file.ts';
import { sourceFile, sourcesOf } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { Config, Import, Program } from '../parser/ast.ts';
import type { ParseOptions } from '../parser/parse.ts';
import { parse } from '../parser/parse.ts';
import type { ImportFiles, PathFacts } from './files.ts';
import { noFiles } from './files.ts';
import * as errors from './import-errors.ts';

/** A program, and the texts that its places are in. */
export interface Script {
  /** Its imports are done. */
  readonly program: Program;
  readonly sources: Sources;
  /** C that is to be compiled for BPF. */
  readonly external: readonly ExternalC[];
}

export interface ExternalC {
  readonly file: SourceFile;
  /** The import that names it. */
  readonly span: Span;
}

export interface GatherOptions extends ParseOptions {
  readonly files?: ImportFiles;
  /** Of the script itself, if it is a file: it may be imported in a circle. */
  readonly path?: string;
  /** What imports within blocks are, by the settings of the script; an error if this is not given. */
  readonly innerImports?: (config: Config | undefined) => Stability;
}

/** Of a form that may still change: taken, taken with a warning, refused. */
type Stability = 'enable' | 'warn' | 'error';

export function gather(main: SourceFile, options: GatherOptions = { parameters: [] }): Outcome<Script> {
  const gathering = new Gathering(options);
  const program = gathering.main(main);
  return {
    value: { program, sources: sourcesOf(main, ...gathering.sources), external: gathering.external },
    diagnostics: gathering.diagnostics,
  };
}

/** What is imported, by the end of its name. */
type Kind = 'script' | 'header' | 'external';
const kinds: readonly (readonly [ending: string, kind: Kind])[] = [
  ['.bt', 'script'],
  ['.h', 'header'],
  ['.bpf.c', 'external'],
];
const kindOf = (path: string): Kind | undefined => kinds.find(([ending]) => path.endsWith(ending))?.[1];

/** A path that is to be imported, and where that is said. */
interface Wanted {
  readonly path: string;
  readonly span: Span;
}

class Gathering {
  readonly sources: SourceFile[] = [];
  readonly external: ExternalC[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #options: ParseOptions;
  readonly #files: ImportFiles;
  /** Real paths of what was imported. */
  readonly #seen = new Set<string>();
  readonly #innerImports: (config: Config | undefined) => Stability;
  #stability: Stability = 'error';

  constructor({ files = noFiles, path, innerImports = () => 'error', ...options }: GatherOptions) {
    this.#options = options;
    this.#innerImports = innerImports;
    this.#files = files;
    const itself = path === undefined ? undefined : files.look(path);
    if (itself?.ok) this.#seen.add(itself.value.realPath);
  }

  /** The script that is run: its settings are those of all. */
  main(source: SourceFile): Program {
    const program = this.#parse(source);
    this.#stability = this.#innerImports(program.config);
    return this.#withImports(program);
  }

  #parse(source: SourceFile): Program {
    const { value, diagnostics } = parse(source, this.#options);
    this.diagnostics.push(...diagnostics);
    return value;
  }

  #withImports(program: Program): Program {
    const { imports, innerImports } = program;
    if (this.#stability !== 'enable')
      for (const { span } of innerImports) this.#refuse(errors.unstable(this.#stability, span));
    const wanted = this.#stability === 'error' ? imports : [...imports, ...innerImports];
    return merged(
      wanted.flatMap((node) => this.#import(node)),
      program,
    );
  }

  /** Programs, for a folder has several. */
  #import({ path: { text, span } }: Import): readonly Program[] {
    const wanted = { path: posix.isAbsolute(text) ? text : posix.join(posix.dirname(span.file), text), span };
    const looked = this.#files.look(wanted.path);
    if (!looked.ok) return this.#refuse(errors.unreadable(wanted, looked.error));
    if (looked.value.kind === 'folder') return this.#folder(wanted, looked.value);
    return this.#file(wanted, looked.value, errors.openToAll);
  }

  #folder(wanted: Wanted, { realPath, isOpenToAll }: PathFacts): readonly Program[] {
    if (isOpenToAll) return this.#refuse(errors.openToAll(wanted));
    if (this.#hasSeen(realPath)) return [];
    const names = this.#files.list(wanted.path);
    if (!names.ok) return this.#refuse(errors.unreadable(wanted, names.error));
    const paths = names.value
      .filter(kindOf)
      .sort()
      .map((name) => posix.join(wanted.path, name));
    if (paths.length === 0) return this.#refuse(errors.nothingWithin(wanted));
    return paths.flatMap((path) => this.#within({ ...wanted, path }));
  }

  /** A file of a folder: others are told to import the folder, so one file that won't do is no reason to refuse them all. */
  #within(wanted: Wanted): readonly Program[] {
    const looked = this.#files.look(wanted.path);
    if (!looked.ok) return this.#refuse(errors.unreadable(wanted, looked.error));
    if (looked.value.kind !== 'file') return [];
    return this.#file(wanted, looked.value, errors.leftOut);
  }

  #file(
    wanted: Wanted,
    { kind, realPath, isOpenToAll }: PathFacts,
    openToAll: (wanted: Wanted) => Diagnostic,
  ): readonly Program[] {
    const imported = kindOf(wanted.path);
    if (kind !== 'file' || !imported) return this.#refuse(errors.unknownKind(wanted, kinds));
    if (isOpenToAll) return this.#refuse(openToAll(wanted));
    if (this.#hasSeen(realPath)) return [];
    const text = this.#files.readText(wanted.path);
    if (!text.ok) return this.#refuse(errors.unreadable(wanted, text.error));
    const source = sourceFile(wanted.path, text.value);
    this.sources.push(source);
    if (imported === 'script') return [this.#imported(source)];
    if (imported === 'header') return [headerAlone(source)];
    this.external.push({ file: source, span: wanted.span });
    return [];
  }

  /** The settings are those of the script that is run. */
  #imported(source: SourceFile): Program {
    const { config, ...rest } = this.#withImports(this.#parse(source));
    if (config) this.#refuse(errors.configInImport(config.span));
    return rest;
  }

  #hasSeen(realPath: string): boolean {
    const isKnown = this.#seen.has(realPath);
    this.#seen.add(realPath);
    return isKnown;
  }

  #refuse(diagnostic: Diagnostic): readonly Program[] {
    this.diagnostics.push(diagnostic);
    return [];
  }
}

/** A header is C from its first line to its last. */
function headerAlone({ name, text }: SourceFile): Program {
  const span = { file: name, start: 0, end: text.length };
  const none = { imports: [], innerImports: [], macros: [], functions: [], maps: [], probes: [] };
  return { ...none, definitions: [{ text, span, isHeader: true }], span };
}

function merged(imported: readonly Program[], own: Program): Program {
  const all = [...imported, own];
  return {
    ...own,
    definitions: all.flatMap(({ definitions }) => definitions),
    imports: [],
    innerImports: [],
    macros: all.flatMap(({ macros }) => macros),
    functions: all.flatMap(({ functions }) => functions),
    maps: all.flatMap(({ maps }) => maps),
    probes: all.flatMap(({ probes }) => probes),
  };
}
