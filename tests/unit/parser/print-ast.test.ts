/** The tree for people: -d ast. */

import { expect, test } from 'vitest';
import { printAst } from '../../../src/parser/print-ast.ts';
import { parsed } from '../../support/ast-text.ts';

test('a program is printed as an indented tree', () => {
  const script = `
    kprobe:f, uprobe:"/a b":g /pid == 1/ {
      let $x: struct a *[2] = (uint64)-1;
      if ($x) { @y[1, "k"]++; } else { return a ?: (b, true); }
      unroll (2) { _ = str(args.n[0], sizeof(int8)); }
    }`;
  expect(printAst(parsed(script))).toBe(`program
  probe
    attach kprobe:f
    attach uprobe:"/a b":g
    predicate
      ==
        name pid
        int 1
    body
      let $x: struct a *[2]
        cast (uint64)
          unary -
            int 1
      if
        $x
        then
          postfix ++
            @y
              keys
                int 1
                string "k"
        else
          return
            ?:
              name a
              tuple
                name b
                bool true
      unroll
        int 2
        body
          discard
            call str
              index
                .n
                  name args
                int 0
              sizeof (int8)
`);
});
