/**
 * Random scripts with every form of the grammar, right in syntax and rarely in meaning, laid out at random: comments, blanks and
 * line breaks stand wherever they may. (Scripts that mean something: random-programs.ts.)
 */

import fc from 'fast-check';

/** A piece of a script: its words, between which anything may stand that separates words. */
type Piece = fc.Arbitrary<readonly string[]>;

/** `%` stands for the next of the pieces; words are separated by blanks. */
function form(template: string, ...pieces: readonly Piece[]): Piece {
  return fc.tuple(...pieces).map((found) => {
    let next = 0;
    return template.split(' ').flatMap((word) => (word === '%' ? (found[next++] ?? []) : [word]));
  });
}

const word = (...all: readonly string[]): Piece => fc.constantFrom(...all).map((text) => [text]);

function separated(separator: string, piece: Piece, minLength: number, maxLength: number): Piece {
  return fc
    .array(piece, { minLength, maxLength })
    .map((all) => all.flatMap((words, index) => (index === 0 ? words : [separator, ...words])));
}

const optional = (piece: Piece): Piece => fc.oneof(fc.constant([]), piece);
const many = (piece: Piece, maxLength: number): Piece =>
  fc.array(piece, { maxLength }).map((all) => all.flat());

const name = word('a', 'pid', 'comm', 'args', 'some_rather_long_name');
const variable = word('$a', '$b', '$x_1', '$some_rather_long_variable');
const mapName = word('@', '@x', '@some_rather_long_map');
const number = word('0', '42', '0x1F', '1_000', '5ms', '1e6', '010', '18446744073709551615');
const text = word(
  '""',
  '"a"',
  '"// no comment"',
  '"a /* b"',
  String.raw`"\n\"\x41"`,
  '"a text that is somewhat long"',
);
const binaryOperator = word(
  ...['||', '&&', '|', '^', '&', '==', '!=', '<', '>', '<=', '>=', '<<', '>>', '+', '-', '*', '/', '%'],
);

type Pieces = Readonly<Record<'type' | 'operand' | 'expression' | 'statement', readonly string[]>>;

/** One depth for all: nested statements leave less for expressions. */
const depthIdentifier = fc.createDepthIdentifier();
const nested = { maxDepth: 5, depthIdentifier, withCrossShrink: true } as const;

const { type, expression, statement } = fc.letrec<Pieces>((tie) => {
  const [ofType, operand, e, inner] = [tie('type'), tie('operand'), tie('expression'), tie('statement')];
  const items = many(inner, 3);
  const block = form('{ % }', items);
  const value = form('{ % % }', items, e);
  const typeOrExpr = fc.oneof(ofType, form('( % )', e));
  const choice = form('if ( % ) % else %', e, value, value);
  return {
    type: fc.oneof(
      nested,
      word('uint8', 'int64', 'bool', 'string', 'size_t'),
      form('struct task_struct'),
      form('% *', ofType),
      form('% [ 4 ]', ofType),
      form('% [ ]', ofType),
      form('typeof ( % )', typeOrExpr),
    ),
    operand: fc.oneof(
      nested,
      ...[number, text, name, variable, mapName, word('$1', '$#', 'true', 'false')],
      form('( % )', e),
      form('( % , % )', e, e),
      form('( % , )', e),
      form('( )'),
      form('( x = % , if = % )', e, e),
      form('% ( % )', name, separated(',', fc.oneof(e, form('typeof ( % )', typeOrExpr)), 0, 3)),
      form('% [ % ]', mapName, separated(',', e, 1, 2)),
      form('( % ) . %', e, word('x', '0', 'if')),
      form('% -> %', variable, name),
      form('% [ % ]', variable, e),
      form('% %', fc.oneof(variable, mapName), word('++', '--')),
      form('% %', word('++', '--'), variable),
      form('% %', word('-', '!', '~', '*', 'comptime'), operand),
      form('& %', fc.oneof(variable, mapName)),
      form('( % ) %', ofType, operand),
      form('% ( % )', word('sizeof', 'typeinfo'), typeOrExpr),
      form('offsetof ( % , a . b )', typeOrExpr),
      form('( % )', choice),
      form('( % )', value),
    ),
    expression: fc.oneof(
      nested,
      operand,
      form('% % %', operand, binaryOperator, operand),
      form('% % % % %', operand, binaryOperator, operand, binaryOperator, operand),
      form('% ? % : %', operand, e, e),
      form('% ? : %', operand, e),
      choice,
      value,
    ),
    statement: fc.oneof(
      nested,
      form('% % % ;', fc.oneof(variable, mapName), word('=', '+=', '<<=', '>>='), e),
      form('_ = % ;', e),
      form('% ;', operand),
      form('let % % % ;', variable, optional(form(': %', ofType)), optional(form('= %', e))),
      form('if ( % ) %', e, block),
      form('if % % else if % % else %', variable, block, operand, block, block),
      form('for % : % .. % %', variable, operand, operand, block),
      form('for ( % : % ) %', variable, mapName, block),
      form('while ( % ) %', e, block),
      form('unroll ( % ) %', e, block),
      form('break ;'),
      form('continue ;'),
      form('return % ;', optional(e)),
      form('import % ;', text),
      block,
      form(';'),
    ),
  };
});

const statements = many(statement, 4);
const body = form(
  '{ % }',
  fc.tuple(statements, optional(expression)).map((both) => both.flat()),
);
const target = word(
  ...[
    'begin',
    'END',
    'kprobe:f',
    'uprobe:/usr/lib//x.so:f',
    'uprobe:"/a b":"f,g"',
    'named=kprobe:f_*',
    'k:$1',
  ],
  ...['tracepoint:syscalls:sys_enter_some_rather_long_name', 'interval:s:1'],
);

const definition = word(
  '#include <linux/types.h>\n',
  '#define LIMIT \\\n  10 // ten\n',
  'struct a { int b; /* } */ };',
  'enum e {\n  A,\n  B = 2\n}\n__attribute__((packed));',
);
const config = form(
  'config = { % %',
  many(form('% = % ;', word('max_strlen', 'license'), fc.oneof(number, text, word('true', 'warn'))), 2),
  fc.oneof(form('}'), form('last = 1 }')),
);
const parameters = separated(',', fc.oneof(variable, mapName, name), 0, 3);
const section = fc.oneof(
  form('macro m ( % ) %', parameters, body),
  form(
    'fn f ( % ) : % %',
    separated(',', form('% : %', variable, type), 0, 2),
    type,
    form('{ % }', statements),
  ),
  form('let % = lruhash ( % ) %', mapName, word('10', '0x10'), word(';', '')),
  form('% % %', separated(',', target, 1, 3), word(',', ''), form('{ % }', statements)),
  form('% / % / %', separated(',', target, 1, 2), form('( % )', expression), body),
  form('% < % >', separated(',', target, 1, 2), statements),
);

const script = fc
  .tuple(many(definition, 2), optional(config), many(form('import % ;', text), 2), many(section, 4))
  .map((parts) => parts.flat().filter((each) => each !== ''));

const separators = [
  ...[' ', ' ', ' ', ' ', '  ', '\n', '\n\n', '\n \n\n\t'],
  ...[
    ' // c\n',
    '\n// own line\n',
    ' /* d */ ',
    ' /* d */\n',
    '\n /* two\n  * lines */ ',
    ' // e\n // f\n',
    ' /* g */ /* h */ // i\n',
  ],
];

/** Whether two words need nothing between them. */
function mayTouch(before: string, after: string): boolean {
  return /^[(),;[\]]$/.test(after) && !before.startsWith('#') ? true : /^[([]$/.test(before);
}

/** What stands between two words; `choice` tells which of the possibilities. */
function separator(before: string, after: string, choice: number): string {
  if (choice % 2 === 0 && mayTouch(before, after)) return '';
  return separators[choice % separators.length] ?? ' ';
}

/** A script of any sections, with words on lines of their own, comments among them, or all on one line. */
export const randomSyntax: fc.Arbitrary<string> = fc
  .tuple(script, fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 300 }), fc.boolean())
  .map(([words, choices, plain]) => written(words, plain ? [1] : choices));

/** The same without comments and line breaks. */
export const randomPlainSyntax: fc.Arbitrary<string> = script.map((words) => written(words, [1]));

function written(words: readonly string[], choices: readonly number[]): string {
  const texts = words.map(
    (each, index) => each + separator(each, words[index + 1] ?? '', choices[index % choices.length] ?? 0),
  );
  return texts.join('');
}
