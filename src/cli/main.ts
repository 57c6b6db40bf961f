/** The whole program: arguments in, exit code out. */

import { Bug } from '../base/assert.ts';
import { diagnostic, Report } from '../base/diagnostic.ts';
import { hasErrors } from '../base/outcome.ts';
import type { Result, SysError } from '../base/result.ts';
import { textFromBytes } from '../base/script-bytes.ts';
import type { SourceFile, Sources } from '../base/source-file.ts';
import { taiOffset } from '../runtime/kernel/clocks.ts';
import { sourceFile, sourcesOf } from '../base/source-file.ts';
import { reasonOf } from '../base/sys-reason.ts';
import { format } from '../format/format.ts';
import type { GatherOptions } from '../imports/gather.ts';
import { gather } from '../imports/gather.ts';
import type { Notices } from '../output/notices.ts';
import { createNotices } from '../output/notices.ts';
import { renderMessage } from '../output/render-diagnostic.ts';
import type { Settings } from '../plan/settings.ts';
import { settled } from '../plan/settings.ts';
import { readConfig } from '../sema/read-config.ts';
import { liveBtf } from '../system/btf/read.ts';
import { importFiles } from '../system/import-files.ts';
import { readMachine } from '../system/machine.ts';
import { explainCode } from './commands/explain.ts';
import { readTypePattern, typeLines } from './commands/list-types.ts';
import { listingLines, listProbes, listScript, suspectFile } from './commands/list.ts';
import { infoText } from './commands/info.ts';
import { runCommand } from './commands/run.ts';
import { completionScript } from './completion/completion.ts';
import { exitCodes } from './exit-code.ts';
import { liveFactsFor } from './facts.ts';
import { helpText, usage } from './help.ts';
import type { Options, UsageError } from './options.ts';
import { parseOptions } from './options.ts';
import { openOutput } from './output.ts';
import { checkPrivileges } from './privileges.ts';
import { liveFeatures } from './run-world.ts';
import { readSettings, variable } from './settings.ts';
import { version } from './version.ts';
import type { World } from './world.ts';
import { writeAll } from './write-all.ts';

/** Never throws: a fault of ours is told as such. */
export async function main(world: World): Promise<number> {
  try {
    return await start(world);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const trace =
      variable(world.environment, 'TRACE') !== undefined && error instanceof Error ? `\n${error.stack}` : '';
    say(
      world,
      `BUG: ${text}${trace}\nHINT: This is a bug in tstrace${error instanceof Bug ? '' : ` (${describe(error)})`}: please report it with the script.\n`,
    );
    return exitCodes.internal;
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

async function start(world: World): Promise<number> {
  const parsed = parseOptions(world.argv);
  if (!parsed.ok) return usageError(world, parsed.error);
  const options = parsed.value;
  if (options.action === 'usage') {
    say(world, usage);
    return exitCodes.failure;
  }
  if (options.action === 'help') return print(world, helpText());
  if (options.action === 'version') return print(world, `tstrace v${version}\n`);
  if (options.action === 'explain') return explain(world, options.explain ?? '');
  if (options.action === 'completion') return print(world, completionScript(options.shell ?? 'bash'));
  if (options.action === 'format') return formatScript(world, options);
  const { traceableFunctions: functions } = options;
  if (functions !== undefined && !world.readFile(functions).ok)
    return usageError(world, { message: `can't read the functions that can be traced: ${functions}` });
  const settings = readSettings(world.environment);
  if (!settings.ok) return usageError(world, settings.error);
  const unusable =
    unusableBtf(variable(world.environment, 'BTF')) ?? unknownColour(variable(world.environment, 'COLOR'));
  if (unusable) return usageError(world, unusable);
  if (options.action === 'info') return info(world, options, settings.value);
  return options.action === 'list'
    ? list(world, options, settings.value)
    : runScript(world, options, settings.value);
}

/** Told whether or not the script has to know types: whoever names a file means it. */
function unusableBtf(file: string | undefined): UsageError | undefined {
  const read = file === undefined ? undefined : liveBtf({ file }).kernel();
  if (read?.ok !== false) return undefined;
  const hint =
    'TSTRACE_BTF names a file with the type information of a kernel, such as /sys/kernel/btf/vmlinux.';
  return { message: `TSTRACE_BTF: ${read.error}`, hint };
}

const colourings = ['auto', 'always', 'never'];

const unknownColour = (word = 'auto'): UsageError | undefined =>
  colourings.includes(word)
    ? undefined
    : { message: `TSTRACE_COLOR does not take '${word}'`, hint: `It takes ${colourings.join(', ')}.` };

async function runScript(world: World, options: Options, settings: Partial<Settings>): Promise<number> {
  const source = readSource(world, options);
  if (!source.ok) return usageError(world, source.error);
  const parse = () => gather(source.value, gathering(options, settings));
  const script = parse();
  const notices = noticesFor(world, options, script.value.sources);
  return runCommand({
    options,
    settings: {
      ...settings,
      reportFailures: options.reportFailures,
      originFields: options.jsonFields,
      clockMap: variable(world.environment, 'DUMMY_TS_MAP') ?? '',
    },
    script,
    parse,
    world,
    notices,
    openOutput: () => {
      const sink = options.outputPath === undefined ? undefined : world.openForWriting(options.outputPath);
      if (sink && !sink.ok) {
        notices.diagnostics([
          diagnostic('error', 'bad-option', `can't write to ${options.outputPath}: ${reasonOf(sink.error)}`),
        ]);
        return undefined;
      }
      return openOutput(sink?.value ?? world.stdout, options, notices);
    },
  });
}

function formatScript(world: World, options: Options): number {
  const source = readSource(world, options);
  if (!source.ok) return usageError(world, source.error);
  const { value, diagnostics } = format(source.value);
  noticesFor(world, options, sourcesOf(source.value)).diagnostics(diagnostics);
  if (value === undefined) return exitCodes.failure;
  if (options.outputPath === undefined) return print(world, value);
  const written = world.replaceFile(options.outputPath, value);
  if (written.ok) return exitCodes.success;
  return usageError(world, { message: `can't write to ${options.outputPath}: ${reasonOf(written.error)}` });
}

const unwritten = (failure: SysError): UsageError => ({
  message: `can't write to standard output: ${reasonOf(failure)}`,
});

/** Who may not look at the kernel must not take that for an answer. */
const nothingFound = ({ uid }: World) =>
  [
    'Nothing that can be traced has such a name',
    undefined,
    { hints: uid === 0 ? [] : ['Tracepoints and much else can be seen by root only.'] },
  ] as const;

function list(world: World, options: Options, environment: Partial<Settings>): number {
  const machine = readMachine(taiOffset, options.pid === undefined ? {} : { targetPid: options.pid });
  const facts = liveFactsFor({ machine, settings: settled(environment), options, world });
  const report = new Report();
  const isScript =
    options.source !== undefined || (options.pattern !== undefined && world.isFile(options.pattern));
  const asScript: Options =
    isScript && options.pattern !== undefined
      ? { ...options, source: { kind: 'file', path: options.pattern } }
      : options;
  const source = readSource(world, asScript);
  if (isScript && !source.ok) return usageError(world, source.error);
  const text = source.ok ? source.value : sourceFile('pattern', '');
  const script = gather(text, gathering(asScript, environment));
  if (isScript) report.add(script.diagnostics);
  const types = isScript ? undefined : readTypePattern(options.pattern);
  const found = isScript
    ? listScript(script.value.program, facts, report)
    : listProbes(options.pattern, facts, report);
  if (!isScript) suspectFile(options.pattern, report);
  const lines = [
    ...(types ? typeLines(types, facts, options.verbose) : listingLines(found, facts, options.verbose)),
  ];
  if (lines.length === 0 && report.diagnostics.length === 0)
    report.warning('no-match', ...nothingFound(world));
  noticesFor(world, options, script.value.sources).diagnostics(report.diagnostics);
  const printed = print(world, lines.map((line) => `${line}\n`).join(''));
  return hasErrors(report.diagnostics) ? exitCodes.failure : printed;
}

/** Imports are files, whatever the script is. */
const gathering = ({ source, parameters }: Options, environment: Partial<Settings>): GatherOptions => ({
  parameters,
  files: importFiles,
  // What is wrong in the block is told when compiling.
  innerImports: (config) => settled(readConfig(config, new Report()), environment).unstableImportStatement,
  ...(source?.kind === 'file' && { path: source.path }),
});

function noticesFor(world: World, options: Options, sources: Sources): Notices {
  const colour = variable(world.environment, 'COLOR') ?? 'auto';
  return createNotices({
    source: (file) => sources.named(file),
    colours: colour === 'always' || (colour === 'auto' && world.stdout.isTerminal && world.stderr.isTerminal),
    quiet: options.quiet,
    warnings: options.warnings,
    write: (text) => say(world, text),
  });
}

/** -e programs and the standard input are both called stdin in messages. */
function readSource(world: World, { source }: Options): Result<SourceFile, UsageError> {
  if (source === undefined) return { ok: false, error: { message: 'There is no program' } };
  if (source.kind === 'text') return { ok: true, value: sourceFile('stdin', source.text) };
  if (source.kind === 'file' && world.isDevice(source.path))
    return {
      ok: false,
      error: {
        message: `${source.path} is a device, not a script`,
        hint: 'Name a file, or - for standard input.',
      },
    };
  const read =
    source.kind === 'stdin' ? world.readStdin(scriptBytesMax) : world.readScript(source.path, scriptBytesMax);
  const name = source.kind === 'stdin' ? 'stdin' : source.path;
  if (read.ok) return textOf(name, read.value);
  return {
    ok: false,
    error: {
      message: `can't read ${name}: ${reasonOf(read.error)}`,
      ...(looksLikeProgram(name) && { hint: `To run a program given as text: tstrace -e '${name}'` }),
    },
  };
}

/** Ten times the largest that makes sense: what is longer is no script, or has no end. */
const scriptBytesMax = 16 * 1024 * 1024;

/** No script has a NUL byte; programs, archives and pictures do, and each of their bytes would be an error. */
function textOf(name: string, bytes: Uint8Array): Result<SourceFile, UsageError> {
  if (bytes.length > scriptBytesMax)
    return {
      ok: false,
      error: { message: `${name} is not a script: it has more than ${scriptBytesMax / 2 ** 20} MiB` },
    };
  const at = bytes.indexOf(0);
  if (at < 0) return { ok: true, value: sourceFile(name, textFromBytes(bytes)) };
  const hint = 'To trace a program: tstrace -c PROGRAM -e SCRIPT.';
  return { ok: false, error: { message: `${name} is not a script: byte ${at + 1} is NUL`, hint } };
}

const looksLikeProgram = (name: string): boolean => /[{<]/.test(name);

function usageError(world: World, { message, hint }: UsageError): number {
  say(world, renderMessage('error', message, undefined, { source: () => undefined, colours: false }));
  if (hint !== undefined) say(world, `HINT: ${hint}\n`);
  return exitCodes.failure;
}

/** Most questions are answered by loading something, which not everybody may. */
function info(world: World, options: Options, environment: Partial<Settings>): number {
  const machine = readMachine(taiOffset);
  const refused = checkPrivileges(machine);
  if (refused) {
    noticesFor(world, options, sourcesOf(sourceFile('', ''))).diagnostics([refused]);
    return exitCodes.failure;
  }
  const facts = liveFactsFor({ machine, settings: settled(environment), options, world });
  const features = liveFeatures(() => facts);
  return print(
    world,
    infoText({
      version,
      machine,
      kernelRelease: world.kernelRelease,
      nodeVersion: world.nodeVersion,
      llvmPath: variable(world.environment, 'LLVM'),
      presence: (feature) => features.presence(feature),
    }),
  );
}

function explain(world: World, code: string): number {
  const text = explainCode(code);
  return text.ok ? print(world, text.value) : usageError(world, text.error);
}

function print(world: World, text: string): number {
  const failure = writeAll(world.stdout, text);
  return failure ? usageError(world, unwritten(failure)) : exitCodes.success;
}

/** If it can't be said, there is nowhere to say that. */
function say(world: World, text: string): void {
  writeAll(world.stderr, text);
}
