/** Scripts near to real ones: real scripts, torn and put together again, with bytes and words that break things. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { builtins } from '../../src/builtins/registry.ts';
import { explanations } from '../../src/cli/explanations.ts';
import { probes } from '../../src/probes/registry.ts';
import { cases } from './end-to-end.ts';
import { readGoldens } from './golden.ts';

/** Indented paragraphs of a document. */
const examplesIn = (document: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, '../..', document), 'utf8').match(/(?:^ {4}.+\n)+/gm) ?? [];

/** Every script that the project has: goldens, examples of the definitions, of the errors and of the manual, programs of the tests. */
export const corpus: readonly string[] = [
  ...new Set([
    ...readGoldens().map(({ program }) => program),
    ...builtins.map(({ example }) => example),
    ...probes.map(({ example }) => example),
    ...Object.values(explanations).flatMap(({ wrong, right }) => [wrong ?? '', right ?? '']),
    ...cases.map(({ script }) => script),
    ...examplesIn('docs/language.md').map((paragraph) => paragraph.replace(/^ {4}/gm, '')),
  ]),
];

/** Where real programs have most of their faults: borders of numbers, ends of things, half of a character. */
const shards = [
  ...'{}()[]<>/@$;,.:?!~^&|+-*=%"\'\\#\n\t \0\u00a0é\ud800',
  '/*',
  '*/',
  '//',
  '->',
  '++',
  '<<=',
  '&&',
  '@x',
  '@[',
  '$x',
  '$1',
  '$#',
  '"%s',
  '"\\x',
  '18446744073709551616',
  '-9223372036854775808',
  '0x',
  '1e',
  '5ms',
  '((((((((',
  '{{{{{{{{',
  'let',
  'if',
  'else',
  'for',
  'while',
  'unroll (100)',
  'return',
  'macro',
  'config = {',
  'import',
  'struct task_struct *',
  'string[65536]',
  'uint8[9999999999]',
  'args',
  'count()',
  'hist(',
  'kprobe:f',
  'begin',
] as const;

/** Text that is torn seldom gets behind the parser; words and statements that are exchanged for others of their kind do. */
const kinds = [
  ...(['delete', 'repeat', 'insert', 'splice', 'swap'] as const),
  ...(['exchange', 'exchange', 'exchange', 'graft', 'graft', 'multiply'] as const),
];

interface Mutation {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly length: number;
  readonly shard: string;
  readonly other: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.nat(10_000),
  length: fc.integer({ min: 1, max: 40 }),
  shard: fc.constantFrom(...shards),
  other: fc.constantFrom(...corpus),
});

function mutate(text: string, { kind, at, length, shard, other }: Mutation): string {
  const start = at % (text.length + 1);
  const [before, part, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  switch (kind) {
    case 'delete':
      return before + after;
    case 'repeat':
      return before + part + part + after;
    case 'insert':
      return before + shard + part + after;
    case 'splice':
      return before + other.slice(at % (other.length + 1));
    case 'swap':
      return before + after.slice(0, length) + part + after.slice(length);
    case 'exchange':
      return exchange(text, at, other);
    case 'graft':
      return graft(text, at, other);
    case 'multiply':
      return multiply(text, at, length);
  }
}

const words: readonly RegExp[] = [
  /(?<![\w@$])[a-z_]\w*/gi,
  /[@$]\w*/g,
  /(?<![\w@$])\d\w*/g,
  /"(?:[^"\\\n]|\\.)*"/g,
  /[-+*/%&|^<>=!?:~]+/g,
];

const numbers = [
  '0',
  '1',
  '-1',
  '63',
  '64',
  '255',
  '32768',
  '4294967296',
  '9223372036854775808',
  '0xffffffffffffffff',
];

/** A word, name, number, text or operator in place of one of the same kind. */
function exchange(text: string, at: number, other: string): string {
  const word = words[at % words.length];
  const [places, others] = [text, other].map((of) => [...of.matchAll(word ?? /\w+/g)]);
  const place = places?.[at % places.length];
  const written = others?.map(([found]) => found) ?? [];
  const choices = /^\d/.test(place?.[0] ?? '') ? [...written, ...numbers] : written;
  if (!place || choices.length === 0) return text;
  return `${text.slice(0, place.index)}${choices[at % choices.length]}${text.slice(place.index + place[0].length)}`;
}

const statementsOf = (text: string): readonly RegExpMatchArray[] => [...text.matchAll(/[^{};]+[;}]/g)];

/** A statement of another script, where one may stand. */
function graft(text: string, at: number, other: string): string {
  const places = [...text.matchAll(/[{;]/g)];
  const [place, statement] = [
    places[at % places.length],
    statementsOf(other)[at % statementsOf(other).length],
  ];
  if (!place || !statement) return text;
  const [head, tail] = [text.slice(0, place.index + 1), text.slice(place.index + 1)];
  return `${head} ${statement[0].replace('}', ';')} ${tail}`;
}

/** A statement again and again. */
function multiply(text: string, at: number, length: number): string {
  const statements = statementsOf(text);
  const statement = statements[at % statements.length];
  if (!statement) return text;
  const end = statement.index === undefined ? 0 : statement.index + statement[0].length;
  return text.slice(0, end) + statement[0].repeat(length) + text.slice(end);
}

export const mutant: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...corpus), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([script, mutations]) => mutations.reduce(mutate, script));
