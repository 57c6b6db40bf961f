/**
 * Golden files: a program on top, below it what we make of it. One behaviour each; the form is described in tests/codegen/README.md.
 * Reading, compiling, printing; comparing is the tests'.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { sourceFile } from '../../src/base/source-file.ts';
import { gather } from '../../src/imports/gather.ts';
import type { Generated } from '../../src/codegen/generate.ts';
import { printGoldenFunction, printShape } from '../../src/codegen/llvm/print-golden.ts';
import { compile } from '../../src/compile.ts';
import type { Machine } from '../../src/plan/machine.ts';
import type { EventPlan, MapPlan, PlanConstant } from '../../src/plan/plan.ts';
import { largeScratchSymbol, scratchSymbol } from '../../src/plan/plan.ts';
import { present } from '../../src/base/assert.ts';
import { tailsOf } from '../../src/types/packing.ts';
import { typeName } from '../../src/types/type-name.ts';
import { filesIn } from './import-folder.ts';
import { goldenFacts } from './golden-facts.ts';

const directory = join(import.meta.dirname, '../codegen');

/** What goldens import. */
const imported = filesIn(join(directory, 'imported'));

/** Source rooms that decide what is shown, one directory each. */
export const areas = [
  'variables',
  'functions',
  'aggregations',
  'maps',
  'expressions',
  'control-flow',
  'probes',
  'records',
  'memory',
  'module',
] as const;

export interface Golden {
  /** Of the file: variables/pid. */
  readonly name: string;
  readonly path: string;
  readonly why: string;
  readonly facts: string;
  /** Why more lines than usual can't be avoided. */
  readonly long: string | undefined;
  /** Functions to print beside the programs; `module` for the whole text. */
  readonly show: string | undefined;
  /** Older kernels' scripts are refused when they are compiled, since the verifier would see nothing: `6.6`. */
  readonly since: string | undefined;
  /** Why no kernel can load it: the verifier compares its offsets with real structs, and those of goldens are made up. */
  readonly offsets: string | undefined;
  readonly program: string;
  /** The file as it is. */
  readonly text: string;
  /** What stands above the results. */
  readonly head: string;
}

export function readGoldens(): readonly Golden[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.golden'))
    .map((entry) => join(entry.parentPath, entry.name));
  return files.sort().map(readGolden);
}

function readGolden(path: string): Golden {
  const text = readFileSync(path, 'utf8');
  const name = relative(directory, path).replace(/\.golden$/, '');
  const results = text.indexOf('\n--- ');
  const head = (results < 0 ? text : text.slice(0, results)).trimEnd();
  const line = (key: string): string | undefined => new RegExp(`^${key}: (.+)$`, 'm').exec(head)?.[1];
  const indented = /^program:\n((?: {2}.*\n|\n)*)/m.exec(`${head}\n`)?.[1] ?? '';
  const program = indented.replace(/^ {2}/gm, '').trim();
  if (program === '') throw new Error(`${name}.golden has no program`);
  const why = line('why');
  if (why === undefined) throw new Error(`${name}.golden does not say why it is there`);
  return {
    name,
    path,
    why,
    facts: line('facts') ?? 'minimal',
    long: line('long'),
    show: line('show'),
    since: line('since'),
    offsets: line('offsets'),
    program,
    text,
    head,
  };
}

/** Whether this machine's kernels can load it: another processor's registers lie elsewhere. */
export const isOfThisProcessor = ({ facts }: Golden): boolean =>
  goldenFacts(facts).machine.arch === process.arch;

/** Compiles a golden's program for its made-up machine, or one that differs from it. */
export function compileGolden(
  { name, program, facts }: Pick<Golden, 'name' | 'program' | 'facts'>,
  differing: Partial<Machine> = {},
): Generated {
  const known = goldenFacts(facts);
  const machine = { ...known.machine, ...differing };
  const script = gather(sourceFile('golden.bt', program), { parameters: [], files: imported });
  const compiled = compile(script, { parameters: [] }, (config) => ({
    ...known,
    settings: { ...known.settings, ...config },
    machine,
  }));
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  if (!compiled.generated)
    throw new Error(`${name}: ${errors.map(({ code, message }) => `${code}: ${message}`).join('; ')}`);
  return compiled.generated;
}

/** The file as it should be. */
export function printGolden(golden: Golden, generated: Generated): string {
  const sections =
    golden.show === 'module' ? [`--- module\n${generated.ir.trimEnd()}`] : resultSections(golden, generated);
  return `${[golden.head, ...sections].join('\n\n')}\n`;
}

function resultSections({ show }: Golden, { plan, functions }: Generated): readonly string[] {
  const maps = plan.maps.flatMap(printMap);
  const events = plan.events.map(printEvent);
  const probes = new Map(plan.programs.map(({ name, probe }) => [name, probe]));
  const also = show?.split(/, */) ?? [];
  const printed = functions.filter(({ name }) => probes.has(name) || also.includes(name));
  return [
    ...(maps.length > 0 ? [`--- maps\n${maps.join('\n')}`] : []),
    ...(events.length > 0 ? [`--- events\n${events.join('\n')}`] : []),
    ...printed.flatMap((builder) => [
      `--- ir ${probes.get(builder.name) ?? builder.name}\n${printGoldenFunction(builder)}`,
      `--- shape\n${printShape(builder)}`,
    ]),
  ];
}

/** Maps of the script and of C that it imports, and scratch with its size. */
function printMap({
  symbol,
  type,
  keyBytes,
  valueBytes,
  script,
  holds,
  imported,
}: MapPlan): readonly string[] {
  if (holds) return [`${symbol}   ${type}   holds ${holds.first} or ${holds.second}`];
  if (symbol === scratchSymbol || symbol === largeScratchSymbol) return [`${symbol}   ${valueBytes} bytes`];
  if (imported !== undefined)
    return [`${symbol}   ${type}   of imported C   key: ${keyBytes} bytes   value: ${valueBytes} bytes`];
  if (!script) return [];
  const key =
    script.key.length === 0
      ? 'none'
      : script.keyLayout.slots
          .map((slot) => slotText(slot.name, slot.offset, typeName(slot.type)))
          .join(', ');
  const bucket =
    script.key.length === 0 && script.keyLayout.slots.some(({ name }) => name === 'bucket') ? ', bucket' : '';
  const value = script.valueLayout.slots
    .map((slot) => slotText(slot.name, slot.offset, typeName(slot.type)))
    .join(', ');
  return [
    `${script.name}   ${type}   key: ${key}${bucket} (${keyBytes} bytes)   value: ${value} (${valueBytes} bytes)`,
  ];
}

const slotText = (name: string, offset: number, type: string): string => `${name} ${type} @${offset}`;

function printEvent({ name, record, constants }: EventPlan, index: number): string {
  const { head, fields, bytesMax } = record;
  const slots = head.slots.map((slot) => slotText(slot.name, slot.offset, typeName(slot.type))).join(', ');
  const tails = fields.flatMap(tailsOf).map(({ type }) => typeName(type));
  const size =
    tails.length === 0 ? `${bytesMax}` : `${head.size} and behind them ${tails.join(', ')}: ≤ ${bytesMax}`;
  const known = Object.entries(constants).map(([key, value]) => `   ${key}: ${constantText(value)}`);
  return `${index} ${name}   ${slots} (${size} bytes)${known.join('')}`;
}

const constantText = (value: PlanConstant): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));

/** Lines of IR of the longest function that is printed. */
export function irLines(text: string): number {
  const parts = text.split(/^--- /m).filter((part) => part.startsWith('ir '));
  const count = (part: string): number =>
    part
      .split('\n')
      .slice(1)
      .filter((line) => line.trim() !== '').length;
  return Math.max(0, ...parts.map(count));
}

export const areaOf = ({ name }: Golden): string => present(name.split('/')[0], 'area');
