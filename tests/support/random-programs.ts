/** Random scripts for properties: right in syntax, and often enough in types, with names that the made-up machine of the goldens knows. */

import fc from 'fast-check';

const words = (...all: readonly string[]) => fc.constantFrom(...all);

const variable = words('$a', '$b', '$c', '$a', '$b', '$d', '$i', '$k');
const mapName = words('@', '@x', '@y', '@z');
const number = words(
  '0',
  '1',
  '2',
  '-1',
  '127',
  '128',
  '255',
  '300',
  '70000',
  '1 << 40',
  '18446744073709551615',
);
const text = words('""', '"a"', '"a longer text"', 'comm', 'probe', 'str(arg0)', 'str($2)');
const builtin = words(
  'pid',
  'tid',
  'uid',
  'nsecs',
  'cpu',
  'arg0',
  'arg1',
  'retval',
  'curtask',
  'args',
  'rand',
  'elapsed',
  'kstack',
  'func',
  'cgroup',
  'RED',
  '$1',
  '$2',
  '$3',
  '$#',
  'true',
  'false',
);
const type = words(
  'int8',
  'uint8',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string[8]',
  'uint8[4]',
  'uint8[]',
  'enum color',
  'struct task_struct *',
  'struct file *',
  'uint32 *',
  'void',
);
const field = words(
  'pid',
  'comm',
  'mm',
  'parent',
  'counts',
  'nice',
  'on_rq',
  'stack',
  'file',
  'count',
  'filename',
  'start_code',
  'color',
  '0',
  '1',
  'numbers',
  'text',
);
const binary = words(
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '&&',
  '||',
);
const assignment = words('=', '=', '=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=');
const aggregation = words('count', 'sum', 'min', 'max', 'avg', 'stats', 'hist');

const join = (...parts: readonly (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));

const list = (of: fc.Arbitrary<string>, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(of, { minLength, maxLength }).map((all) => all.join(', '));

const { expression, statements } = fc.letrec<{
  expression: string;
  map: string;
  statement: string;
  statements: string;
}>((tie) => {
  const {
    expression: e,
    map,
    statement,
  } = { expression: tie('expression'), map: tie('map'), statement: tie('statement') };
  const block = join('{ ', tie('statements'), ' }');
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      number,
      text,
      builtin,
      variable,
      map,
      join('(', e, ' ', binary, ' ', e, ')'),
      join(words('-', '!', '~', '*'), '(', e, ')'),
      join('(', type, ')(', e, ')'),
      join('(', e, ')', words('.', '->'), field),
      join('curtask->', field),
      join('args.', field),
      words('@z.0', '@z.1', '$c->mm->start_code', '$c->counts[1]', '$c->counts[$a]'),
      join('(', e, ')[', e, ']'),
      join('(', e, ', ', e, ')'),
      join('(', e, ' ? ', e, ' : ', e, ')'),
      join('(', e, ' ?: ', e, ')'),
      join('(', fc.oneof(variable, map), words('++', '--'), ')'),
      join('{ ', tie('statements'), ' ', e, ' }'),
      join('(if (', e, ') { ', e, ' } else { ', tie('statements'), ' ', e, ' })'),
      join('sum_of(', e, ', ', e, ')'),
      join(
        words('strlen', 'len', 'ksym', 'usym', 'ntop', 'sizeof', 'buf', 'str', 'kstack', 'nsecs', 'ustack'),
        '(',
        e,
        ')',
      ),
      join('has_key(', mapName, ', ', e, ')'),
      join('strncmp(', e, ', ', e, ', 3)'),
      join('strftime("%H", ', e, ')'),
    ),
    // Mostly each name in the one way in which the prelude uses it.
    map: fc.oneof(
      { weight: 3, arbitrary: words('@', '@z') },
      { weight: 2, arbitrary: join('@x[', e, ', ', e, ']') },
      { weight: 2, arbitrary: join('@y[', e, ']') },
      { weight: 1, arbitrary: join(mapName, '[', list(e, 1, 2), ']') },
    ),
    statement: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      join(fc.oneof(variable, map), ' ', assignment, ' ', e, ';'),
      join(fc.oneof(variable, map), words('++;', '--;')),
      join('print(', e, ');'),
      join('printf("%d %s", ', e, ', ', e, ');'),
      join(map, ' = ', aggregation, '(', e, ');'),
      join(words('clear', 'zero', 'print'), '(', mapName, ');'),
      join('delete(', mapName, ', ', e, ');'),
      join(
        'let ',
        words('$d', '$e', '$a'),
        fc.oneof(fc.constant(''), join(': ', type)),
        fc.oneof(fc.constant(''), join(' = ', e)),
        ';',
      ),
      join('_ = ', e, ';'),
      join('if (', e, ') ', block, ' else ', block),
      join('unroll (3) ', block),
      join('for ', words('$i', '$j', '$a'), ' : (', e, ')..(', e, ') ', block),
      join('for ', words('$i', '$j'), ' : 0..9 ', block),
      join('for ', words('$k', '$l'), ' : ', mapName, ' ', block),
      join('while (', e, ') ', block),
      words('break;', 'continue;', 'forget(1);'),
      block,
      words('return;', 'exit();', 'return 1;'),
      join(e, ';'),
    ),
    statements: fc.array(statement, { maxLength: 5 }).map((all) => all.join(' ')),
  };
});

const attachPoint = words(
  'begin',
  'end',
  'kprobe:f',
  'kprobe:*',
  'kretprobe:f',
  'fentry:f',
  'fexit:g',
  'tracepoint:syscalls:sys_enter_openat',
  'tracepoint:sched:fixture',
  'rawtracepoint:fixture',
  'uprobe:/bin/app:main',
  'profile:hz:99',
  'interval:s:1',
);

const prelude = '$a = 1; $b = pid; $c = curtask; @ = $a; @x[$a, $b] = 1; @y[comm] = $c; @z = (1, "a");';

const probe = join(
  list(attachPoint, 1, 2),
  ' ',
  fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: join('/', expression, '/ ') }),
  '{ ',
  fc.constantFrom(prelude, prelude, ''),
  ' ',
  statements,
  ' }',
);

const declarations = join(
  words('', 'let @y = hash(9); ', 'let @x = percpulruhash(3); '),
  'fn sum_of($m: int64, $n: ',
  type,
  '): int64 { ',
  statements,
  ' return $m + $n; }\nfn forget($m: uint8): void { ',
  statements,
  ' }\n',
);

/** A script of one to three probes, some with functions. */
export const randomProgram: fc.Arbitrary<string> = join(
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: declarations }),
  fc.array(probe, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n')),
);
