/** Scripts near to real ones: real scripts, torn and put together again, with bytes and words that break things. */

import fc from 'fast-check';
import { builtins } from '../../src/builtins/registry.ts';
import { explanations } from '../../src/cli/explanations.ts';
import { probes } from '../../src/probes/registry.ts';
import { cases } from './end-to-end.ts';
import { readGoldens } from './golden.ts';

/** Every script that the project has: goldens, examples of the definitions and of the errors, programs of the tests. */
export const corpus: readonly string[] = [
  ...new Set([
    ...readGoldens().map(({ program }) => program),
    ...builtins.map(({ example }) => example),
    ...probes.map(({ example }) => example),
    ...Object.values(explanations).flatMap(({ wrong, right }) => [wrong ?? '', right ?? '']),
    ...cases.map(({ script }) => script),
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

interface Mutation {
  readonly kind: 'delete' | 'repeat' | 'insert' | 'splice' | 'swap';
  readonly at: number;
  readonly length: number;
  readonly shard: string;
  readonly other: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('delete', 'repeat', 'insert', 'splice', 'swap'),
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
  }
}

export const mutant: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...corpus), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([script, mutations]) => mutations.reduce(mutate, script));
