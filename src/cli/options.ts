/** The command line, read by the table of flags and checked. */

import yargs from 'yargs';
import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { RunMode } from '../plan/plan.ts';
import type { OriginField } from '../plan/settings.ts';
import { originFields } from '../plan/settings.ts';
import { once } from '../system/once.ts';
import { markAttachedValues } from './attached-values.ts';
import type { Flag, Shell, Stage, Withheld } from './flags.ts';
import { bufferings, flags, formats, modes, shells, stages, withheldNames } from './flags.ts';

export interface Options {
  /** What was asked for: running is the rule. */
  readonly action:
    'run' | 'help' | 'version' | 'usage' | 'list' | 'explain' | 'info' | 'format' | 'completion';
  /** The script, or where it is. */
  readonly source?:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'stdin' };
  /** Pattern of -l. */
  readonly pattern?: string;
  /** Code that --explain is asked about. */
  readonly explain?: string;
  /** Of --completion. */
  readonly shell?: Shell;
  /** Positional parameters: $1 … */
  readonly parameters: readonly string[];
  /** Named parameters, from behind a --: what the script's getopt() asks for. */
  readonly named: ReadonlyMap<string, string | true>;
  readonly command?: string;
  readonly pid?: number;
  readonly outputPath?: string;
  readonly format: 'text' | 'json';
  /** What lines of JSON tell of the event that they come from. */
  readonly jsonFields: readonly OriginField[];
  readonly buffering: 'line' | 'full' | 'none';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly unsafe: boolean;
  /** Only probes whose names it fits are used. */
  readonly probeFilter?: RegExp;
  /** A file that names the functions that can be traced, instead of the kernel. */
  readonly traceableFunctions?: string;
  /** What the kernel is taken not to have. */
  readonly withheld: ReadonlySet<Withheld>;
  /** Of -I and --include, in their order. */
  readonly includeFolders: readonly string[];
  readonly includes: readonly string[];
  readonly warnings: boolean;
  /** Failed reads and look-ups are told while running. */
  readonly reportFailures: boolean;
  readonly dryRun: boolean;
  /** Tell at the end what became of each probe's firings. */
  readonly stats: boolean;
  /** Stop when the code is made. */
  readonly compileOnly: boolean;
  /** Only measure how long that takes. */
  readonly benchCompiler: boolean;
  readonly mode: RunMode;
  readonly debug: ReadonlySet<Stage>;
  /** Where separate debug files lie; the usual folders if absent. */
  readonly debugFolders?: string;
  readonly emitElf?: string;
  readonly emitLlvm?: string;
}

/** The largest process id that Linux gives (PID_MAX_LIMIT). */
const pidMax = 0x400000;

/** A mistake on the command line, in words. */
export interface UsageError {
  readonly message: string;
  readonly hint?: string;
}

type Parsed = Readonly<Record<string, unknown>> & {
  readonly _: readonly (string | number)[];
  readonly '--'?: readonly string[];
};

/** `argv` without the program's own name. */
export function parseOptions(argv: readonly string[]): Result<Options, UsageError> {
  if (argv.length === 0) return ok({ ...defaults, action: 'usage' });
  const parsed = parseFlags(argv);
  if (!parsed.ok) return parsed;
  return checkOptions(parsed.value);
}

/** Built by the first who asks: telling yargs of the flags takes longer than reading a command line. */
const flagParser = once(() => {
  const parser = yargs([])
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .strictOptions()
    .parserConfiguration({
      'populate--': true,
      'parse-positional-numbers': false,
      'parse-numbers': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
    });
  for (const flag of flags)
    parser.option(flag.name, {
      type: flag.type === 'boolean' ? flag.type : 'string',
      ...('alias' in flag && { alias: flag.alias }),
      ...(flag.type !== 'boolean' && { requiresArg: true }),
      ...(flag.type === 'strings' && { array: true, nargs: 1 }),
    });
  return parser;
});

const letters: ReadonlyMap<string, boolean> = new Map(
  flags.flatMap((flag: Flag) =>
    [flag.name, flag.alias ?? '']
      .filter((name) => name.length === 1)
      .map((letter) => [letter, flag.type !== 'boolean'] as const),
  ),
);

function parseFlags(argv: readonly string[]): Result<Parsed, UsageError> {
  let problem: string | undefined;
  const parsed = flagParser().parse(markAttachedValues(argv, letters), (error: Error | undefined) => {
    problem = error?.message;
  }) as unknown as Parsed;
  if (problem !== undefined)
    return failed({ message: words(problem), hint: 'tstrace -h lists the options.' });
  return ok(parsed);
}

/** yargs' own words for what users do most often, in ours. */
function words(problem: string): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(problem)?.[1]?.split(', ')[0];
  if (unknown !== undefined) return `There is no option ${unknown.length === 1 ? '-' : '--'}${unknown}`;
  const missing = /^Not enough arguments following: (.*)$/.exec(problem)?.[1];
  if (missing !== undefined)
    return `The option ${missing.length === 1 ? '-' : '--'}${missing} needs an argument`;
  return problem;
}

const defaults: Options = {
  action: 'run',
  parameters: [],
  named: new Map(),
  format: 'text',
  buffering: 'line',
  quiet: false,
  verbose: false,
  unsafe: false,
  includeFolders: [],
  includes: [],
  warnings: true,
  reportFailures: false,
  dryRun: false,
  stats: false,
  compileOnly: false,
  benchCompiler: false,
  mode: 'trace',
  debug: new Set(),
  withheld: new Set(),
  jsonFields: [],
};

const texts = (parsed: Parsed, name: string): readonly string[] =>
  [parsed[name]].flat().filter((value) => typeof value === 'string');

/** What tells of tstrace itself, and traces nothing. */
function checkAbout(parsed: Parsed): Result<Options | undefined, UsageError> {
  if (parsed.help === true) return ok({ ...defaults, action: 'help' });
  if (parsed.version === true) return ok({ ...defaults, action: 'version' });
  if (parsed.info === true) return ok({ ...defaults, action: 'info' });
  const explain = texts(parsed, 'explain').at(-1);
  if (explain !== undefined) return ok({ ...defaults, action: 'explain', explain });
  const shell = oneOf('--completion', texts(parsed, 'completion').at(-1), shells);
  if (!shell.ok) return shell;
  return ok(shell.value && { ...defaults, action: 'completion', shell: shell.value });
}

function checkOptions(parsed: Parsed): Result<Options, UsageError> {
  const about = checkAbout(parsed);
  if (!about.ok) return about;
  if (about.value) return ok(about.value);
  const clash = clashIn(parsed);
  if (clash) return failed(clash);

  // Of an option that is given twice, the last counts.
  const text = (name: string): string | undefined => texts(parsed, name).at(-1);
  const pid = parsePid(text('pid'));
  const format = oneOf('-f', text('f'), formats);
  const buffering = oneOf('-B', text('B'), bufferings);
  const mode = modeOf(parsed);
  const debug = parseStages(text('debug'));
  const withheld = someOf('--no-feature', text('no-feature'), withheldNames);
  const fields = parseFields(text('json-fields'), (format.ok && format.value) || 'text');
  const filter = parseFilter(text('probe-filter'));
  for (const checked of [pid, format, buffering, mode, debug, withheld, fields, filter])
    if (!checked.ok) return checked;
  if (
    !pid.ok ||
    !format.ok ||
    !buffering.ok ||
    !mode.ok ||
    !debug.ok ||
    !withheld.ok ||
    !fields.ok ||
    !filter.ok
  )
    return failed({ message: 'unreachable' });

  const behind = (parsed['--'] ?? []).map(String);
  const positional = [...parsed._.map(String), ...behind.filter((word) => !isNamed(word))];
  const list = parsed.list === true;
  const program = text('e');
  const common: Options = {
    ...defaults,
    action: list ? 'list' : mode.value === 'format' ? 'format' : 'run',
    format: format.value ?? 'text',
    buffering: buffering.value ?? 'line',
    quiet: parsed.quiet === true,
    verbose: parsed.verbose === true,
    unsafe: parsed.unsafe === true,
    includeFolders: texts(parsed, 'I'),
    includes: texts(parsed, 'include'),
    warnings: parsed['no-warnings'] !== true,
    reportFailures: parsed.warnings === true,
    dryRun: parsed['dry-run'] === true,
    stats: parsed.stats === true,
    compileOnly: mode.value === 'codegen' || mode.value === 'compiler-bench',
    benchCompiler: mode.value === 'compiler-bench',
    mode: mode.value === 'test' || mode.value === 'bench' ? mode.value : 'trace',
    debug: debug.value,
    withheld: new Set(withheld.value),
    jsonFields: fields.value,
    ...(filter.value && { probeFilter: filter.value }),
    ...(text('traceable-functions') !== undefined && {
      traceableFunctions: text('traceable-functions') ?? '',
    }),
    parameters: positional,
    named: new Map(behind.filter(isNamed).map(namedParameter)),
    ...(text('cmd') !== undefined && { command: text('cmd') ?? '' }),
    ...(pid.value !== undefined && { pid: pid.value }),
    ...(text('output') !== undefined && { outputPath: text('output') ?? '' }),
    ...(text('debuginfo') !== undefined && { debugFolders: text('debuginfo') ?? '' }),
    ...(text('emit-elf') !== undefined && { emitElf: text('emit-elf') ?? '' }),
    ...(text('emit-llvm') !== undefined && { emitLlvm: text('emit-llvm') ?? '' }),
  };
  if (program !== undefined) return ok({ ...common, source: { kind: 'text', text: program } });
  if (list) return listOptions(common, positional);
  const [file, ...parameters] = positional;
  if (file === undefined)
    return failed({ message: 'There is no program to run', hint: "Give a script file, or -e 'PROGRAM'." });
  return ok({
    ...common,
    parameters,
    source: file === '-' ? { kind: 'stdin' } : { kind: 'file', path: file },
  });
}

/** Options that can't be had together. */
function clashIn(parsed: Parsed): UsageError | undefined {
  if (parsed.cmd !== undefined && parsed.pid !== undefined)
    return {
      message: 'Cannot use both -c and -p',
      hint: 'Give -c to start a command, or -p to trace one that runs.',
    };
  if (parsed.warnings === true && parsed['no-warnings'] === true)
    return { message: 'Cannot use both -k and --no-warnings', hint: 'Give one of them.' };
  return undefined;
}

/** Some modes have options of their own; two modes at once are none. */
function modeOf(parsed: Parsed): Result<(typeof modes)[number] | undefined, UsageError> {
  const named = oneOf('--mode', texts(parsed, 'mode').at(-1), modes);
  if (!named.ok) return named;
  const wanted = [
    ...(named.value === undefined ? [] : [{ flag: `--mode ${named.value}`, mode: named.value }]),
    ...shortModes.filter(({ option }) => parsed[option] === true),
  ];
  const [first, ...others] = wanted;
  const other = others.find(({ mode }) => mode !== first?.mode);
  const clash = other?.flag ?? inTheWay(parsed, first?.mode);
  if (!first || clash === undefined) return ok(first?.mode);
  return failed({ message: `Cannot use both ${first.flag} and ${clash}`, hint: 'Give one of them.' });
}

const shortModes = [
  { option: 'fmt', flag: '--fmt', mode: 'format' },
  { option: 'test', flag: '--test', mode: 'test' },
  { option: 'bench', flag: '--bench', mode: 'bench' },
] as const;

/** What has no meaning in a mode. Tests and benches are about no process. */
function inTheWay(parsed: Parsed, mode: (typeof modes)[number] | undefined): string | undefined {
  if (mode === undefined) return undefined;
  if (parsed.list === true) return '-l';
  const isTrial = mode === 'test' || mode === 'bench';
  if (isTrial && parsed.cmd !== undefined) return '-c';
  if (isTrial && parsed.stats === true) return '--stats';
  return isTrial && parsed.pid !== undefined ? '-p' : undefined;
}

const isNamed = (word: string): boolean => /^--./.test(word);

/** --name=value; --name alone is a switch. */
function namedParameter(word: string): readonly [name: string, value: string | true] {
  const [, name = '', value] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  return [name, value ?? true];
}

function listOptions(common: Options, positional: readonly string[]): Result<Options, UsageError> {
  const [pattern, ...more] = positional;
  if (more.length > 0)
    return failed({
      message: '-l takes at most one pattern',
      hint: 'Put several patterns between quotes, with commas.',
    });
  return ok({ ...common, parameters: [], ...(pattern !== undefined && { pattern }) });
}

function parsePid(text: string | undefined): Result<number | undefined, UsageError> {
  if (text === undefined) return ok(undefined);
  const pid = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (pid >= 1 && pid <= pidMax) return ok(pid);
  return failed({ message: `-p takes a process id from 1 to ${pidMax}, not '${text}'` });
}

function oneOf<const W extends string>(
  flag: string,
  text: string | undefined,
  words: readonly W[],
): Result<W | undefined, UsageError> {
  if (text === undefined) return ok(undefined);
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return ok(word);
  if (flag === '-f')
    return failed({ message: `Invalid output format "${text}"`, hint: `Valid formats: 'text', 'json'` });
  return failed({ message: `${flag} does not take '${text}'`, hint: `It takes ${words.join(', ')}.` });
}

function parseStages(text: string | undefined): Result<ReadonlySet<Stage>, UsageError> {
  const words = text === undefined ? [] : text.split(',');
  if (words.includes('all')) return ok(new Set(stages));
  const unknown = words.find((word) => !stages.some((stage) => stage === word));
  if (unknown !== undefined)
    return failed({
      message: `-d does not know a stage '${unknown}'`,
      hint: `It knows ${stages.join(', ')} and all.`,
    });
  return ok(new Set(stages.filter((stage) => words.includes(stage))));
}

/** Some of a few words, with commas between them, in the order that they are given in. */
function someOf<const W extends string>(
  flag: string,
  text: string | undefined,
  known: readonly W[],
): Result<readonly W[], UsageError> {
  const found: W[] = [];
  for (const word of text?.split(',') ?? []) {
    const name = known.find((candidate) => candidate === word);
    if (name === undefined)
      return failed({ message: `${flag} does not know '${word}'`, hint: `It knows ${known.join(', ')}.` });
    if (!found.includes(name)) found.push(name);
  }
  return ok(found);
}

/** Text has no place for fields, and who asks for them would wait for them in vain. */
function parseFields(
  text: string | undefined,
  format: 'text' | 'json',
): Result<readonly OriginField[], UsageError> {
  if (text === undefined || format === 'json') return someOf('--json-fields', text, originFields);
  return failed({
    message: '--json-fields goes with -f json only',
    hint: 'In text, print what is wanted: printf("%d %d\\n", cpu, pid).',
  });
}

function parseFilter(text: string | undefined): Result<RegExp | undefined, UsageError> {
  if (text === undefined) return ok(undefined);
  try {
    return ok(new RegExp(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed({ message: `--probe-filter is no regular expression: ${reason}` });
  }
}
