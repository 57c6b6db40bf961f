/**
 * editors/tstrace.tmLanguage.json: a TextMate grammar, which Visual Studio Code and other editors colour scripts by. Names of builtins
 * and probes come from their definitions. It works line by line, so it knows less than the parser does.
 */

import { builtins } from '../../src/builtins/registry.ts';
import { probes } from '../../src/probes/registry.ts';

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly beginCaptures?: Rule['captures'];
  readonly endCaptures?: Rule['captures'];
  readonly patterns?: readonly Rule[];
}

/** Scopes end in the language's name. */
const scope = (name: string): string => `${name}.tstrace`;

const plain = (name: string, match: string): Rule => ({ name: scope(name), match });

/** Groups of a regular expression, in order, with the scope of each. */
const captured = (...names: readonly string[]): Readonly<Record<string, { readonly name: string }>> =>
  Object.fromEntries(names.map((name, index) => [String(index + 1), { name: scope(name) }]));

const include = (...names: readonly string[]): readonly Rule[] =>
  names.map((name) => ({ include: `#${name}` }));

/** Longer words first, since the first that fits is taken. */
const oneOf = (words: readonly string[]): string =>
  `(?:${[...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|')})`;

const namesOf = (kinds: readonly string[]): readonly string[] =>
  builtins.filter(({ kind, name }) => kinds.includes(kind) && /^\w+$/.test(name)).map(({ name }) => name);

const providers = probes.flatMap(({ name, aliases }) => [name, ...aliases]);

/** A section from its first word to the end of its block. */
const section = (begin: string, names: readonly string[], patterns: readonly Rule[]): Rule => ({
  begin,
  beginCaptures: captured(...names),
  end: '(?<=\\})',
  patterns: [...include('comments'), ...patterns, ...include('block')],
});

const repository: Readonly<Record<string, { readonly patterns: readonly Rule[] }>> = {
  comments: {
    patterns: [
      plain('comment.line.double-slash', '//.*$'),
      { name: scope('comment.block'), begin: '/\\*', end: '\\*/' },
    ],
  },
  sections: {
    patterns: [
      {
        name: scope('meta.preprocessor'),
        begin: '^\\s*(#)\\s*(\\w+)',
        beginCaptures: captured('punctuation.definition.directive', 'keyword.control.directive'),
        end: '(?<!\\\\)$',
        patterns: include('comments', 'strings'),
      },
      {
        name: scope('meta.definition'),
        begin: '\\b(struct|union|enum)\\b(?=[^;:,{]*(?:\\{|$))',
        beginCaptures: captured('storage.type'),
        end: ';|(?<=\\})(?!\\s*(?:;|__attribute__))',
        patterns: include('c'),
      },
      section('\\b(config)\\b(?=\\s*(?:=|$))', ['keyword.other.section'], include('operators')),
      section(
        '\\b(macro)\\s+([A-Za-z_]\\w*)',
        ['keyword.other.section', 'entity.name.function'],
        include('names'),
      ),
      section(
        '\\b(fn)\\s+([A-Za-z_]\\w*)',
        ['keyword.other.section', 'entity.name.function'],
        include('parentheses', 'keywords', 'types', 'numbers', 'operators'),
      ),
      {
        begin: '\\b(import)\\b(?!\\s*[:,{])',
        beginCaptures: captured('keyword.control.import'),
        end: ';|$',
        patterns: include('comments', 'strings'),
      },
      {
        begin: '\\b(let)\\s+(@\\w*)',
        beginCaptures: captured('storage.type', 'variable.other.map'),
        end: '(?<=\\))|;',
        patterns: [
          ...include('comments', 'operators', 'numbers'),
          plain('support.type', '\\b(?:percpu)?(?:lru)?hash\\b'),
        ],
      },
    ],
  },
  c: {
    patterns: [
      ...include('comments', 'strings', 'numbers'),
      { begin: '\\{', end: '\\}', patterns: include('c') },
      plain(
        'storage.type',
        '\\b(?:struct|union|enum|unsigned|signed|char|short|int|long|void|const|volatile|float|double|\\w+_t|__?[us](?:8|16|32|64))\\b',
      ),
    ],
  },
  probes: {
    patterns: [
      {
        name: scope('meta.attach-point'),
        match: `(?:([A-Za-z_]\\w*)(=))?((?i:${oneOf(providers)})\\b|[A-Za-z_$]\\w*)((?::(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s{<,"])*)?)`,
        captures: captured(
          'entity.name.label',
          'punctuation.separator',
          'keyword.other.probe',
          'string.unquoted.target',
        ),
      },
      {
        name: scope('meta.predicate'),
        begin: '/',
        end: '/(?=\\s*(?:\\{|<|//|/\\*|$))',
        beginCaptures: { '0': { name: scope('punctuation.definition.predicate') } },
        endCaptures: { '0': { name: scope('punctuation.definition.predicate') } },
        patterns: include('parentheses', 'expression'),
      },
      ...include('block'),
      {
        name: scope('meta.block'),
        begin: '<',
        end: '(?:(?<=[;}<])\\s*|^\\s*)>',
        patterns: include('expression'),
      },
    ],
  },
  block: {
    patterns: [{ name: scope('meta.block'), begin: '\\{', end: '\\}', patterns: include('expression') }],
  },
  /** Braces inside do not end a header, nor slashes a predicate. */
  parentheses: {
    patterns: [{ begin: '\\(', end: '\\)', patterns: include('parentheses', 'expression') }],
  },
  expression: {
    patterns: include(
      ...['comments', 'strings', 'block', 'members', 'keywords', 'types'],
      ...['numbers', 'names', 'calls', 'builtins', 'operators'],
    ),
  },
  strings: {
    patterns: [
      {
        name: scope('string.quoted.double'),
        begin: '"',
        end: '"|$',
        patterns: [
          plain('constant.character.escape', '\\\\(?:[ntr"\\\\]|[0-7]{1,3}|x[0-9a-fA-F]{1,2})'),
          plain('invalid.illegal.escape', '\\\\.'),
          plain(
            'constant.other.placeholder',
            '%[-+ #0]*(?:\\d+|\\*)?(?:\\.(?:\\d+|\\*))?(?:hh?|ll?|[jzt])?[A-Za-z%]',
          ),
        ],
      },
    ],
  },
  members: {
    patterns: [
      plain('keyword.operator.range', '\\.\\.'),
      {
        match: '(\\.|->)\\s*([A-Za-z_]\\w*|\\d+)',
        captures: captured('punctuation.accessor', 'variable.other.member'),
      },
    ],
  },
  keywords: {
    patterns: [
      plain('keyword.control', '\\b(?:if|else|for|while|unroll|break|continue|return)\\b'),
      plain('keyword.control.import', '\\bimport\\b'),
      plain('keyword.other', '\\bcomptime\\b'),
      plain('storage.type', '\\blet\\b'),
      plain('keyword.operator.type', '\\b(?:sizeof|offsetof|typeof|typeinfo)\\b'),
      plain('constant.language', '\\b(?:true|false)\\b'),
      plain('variable.language', '\\b_\\b'),
    ],
  },
  types: {
    patterns: [
      {
        match: '\\b(struct|union|enum)\\b(?:\\s+([A-Za-z_]\\w*))?',
        captures: captured('storage.type', 'entity.name.type'),
      },
      plain('support.type', '\\b(?:u?int(?:8|16|32|64)|bool|void|string|buffer|inet|timestamp|\\w+_t)\\b'),
    ],
  },
  numbers: { patterns: [plain('constant.numeric', '\\b[0-9]\\w*')] },
  names: {
    patterns: [
      plain('variable.parameter', '\\$(?:[0-9]+|#)'),
      plain('variable.other', '\\$[A-Za-z_]\\w*'),
      plain('variable.other.map', '@\\w*'),
    ],
  },
  calls: {
    patterns: [
      plain('support.function', `\\b${oneOf(namesOf(['function', 'aggregation']))}\\b(?=\\s*\\()`),
      plain('entity.name.function', '\\b[A-Za-z_]\\w*(?=\\s*\\()'),
    ],
  },
  builtins: {
    patterns: [plain('support.variable', `\\b(?:${oneOf(namesOf(['variable', 'function']))}|arg[0-9]+)\\b`)],
  },
  operators: {
    patterns: [
      plain('keyword.operator.assignment', '(?:<<|>>|[-+*/%&|^])=(?!=)|(?<![=!<>])=(?!=)'),
      plain('keyword.operator', '\\+\\+|--|&&|\\|\\||<<|>>|[=!<>]=|[-+*/%&|^~!<>?:]'),
    ],
  },
};

export function editorGrammar(): string {
  const grammar = {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'tstrace',
    scopeName: 'source.tstrace',
    fileTypes: ['bt'],
    firstLineMatch: '^#!.*\\b(?:tstrace|bpftrace)\\b',
    patterns: [plain('comment.line.shebang', '\\A#!.*$'), ...include('sections', 'comments', 'probes')],
    repository,
  };
  return `${JSON.stringify(grammar, undefined, 2)}\n`;
}
