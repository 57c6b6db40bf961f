/** Functions of output and control: what they take, and what they refuse. */

import { expect, test } from 'vitest';
import { checkAnalysis, told, typesIn } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

test.each(['printf', 'errorf', 'warnf', 'cat'])('%s takes a format and its values', (name) => {
  expect(typesIn(`${name}("%d", pid);`)).toEqual([`${name}("%d":string[3], pid():uint32):void`]);
  checkAnalysis(`
    begin {
      ${name}("%d");
${' '.repeat(3)}// ${'^'.repeat(name.length + 6)} bad-format
    }
  `);
});

test('join takes a list of pointers and a separator', () =>
  checkAnalysis(`
    begin {
      join();
   // ^^^^^^ wrong-argument-count
      join(comm);
        // ^^^^ wrong-argument-type
      join(1, comm);
           // ^^^^ wrong-argument-type
    }
  `));

test('a format is a literal', () =>
  checkAnalysis(`
    begin {
      errorf(comm);
          // ^^^^ wrong-argument-type
      cat(comm);
       // ^^^^ wrong-argument-type
    }
  `));

test('system needs --unsafe', () => {
  checkAnalysis(`
    begin { system("true"); }
         // ^^^^^^^^^^^^^^ unsafe
  `);
  expect(typesIn('system("kill %d", pid);', { facts: goldenFacts('unsafe') })).toEqual([
    'system("kill %d":string[8], pid():uint32):void',
  ]);
});

test('debugf is told to be for debugging', () =>
  checkAnalysis(`
    begin { debugf("%d %u %x", pid, tid, 3); }
         // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ debug-output
  `));

test.each([
  ['four values', 'debugf("%d%d%d%d", 1, 2, 3, 4)'],
  ['a width', 'debugf("%5d", 1)'],
  ['a precision', 'debugf("%.2s", comm)'],
  ['a narrow number', 'debugf("%hhd", 1)'],
  ['a conversion that the kernel lacks', 'debugf("%c", 65)'],
])('debugf does not take %s', (_what, call) =>
  expect(told(`begin { ${call}; }`).map((one) => (one as { code: string }).code)).toEqual([
    'bad-format',
    'debug-output',
  ]),
);

test('debugf shows only text with percent s', () =>
  checkAnalysis(`
    begin {
      debugf("%s", pid);
   // ^^^^^^^^^^^^^^^^^ debug-output
                // ^^^ wrong-argument-type
    }
  `));

test('kernels before 5.13 take one text per line', () =>
  checkAnalysis(
    `
    begin {
      debugf("%s", comm);
   // ^^^^^^^^^^^^^^^^^^ debug-output
      debugf("%s %s", comm, comm);
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^ debug-output
          // ^^^^^^^ bad-format
    }
  `,
    { facts: goldenFacts('old') },
  ));
