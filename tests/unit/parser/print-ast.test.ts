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

test('sections and the other forms of blocks and expressions are printed too', () => {
  const script = `#define A 1
    config = { a = 5ms; b = "c" }
    import "d.bt";
    macro m($v, @m, e) { $v = e; @m }
    fn f($a: struct s *): typeof($b.c) { return $a; }
    let @x = lruhash(10);
    named=kprobe:f {
      for $i : 0..3 { continue; }
      for $kv : @x { break; }
      while comptime (a) { import "e"; }
      $r = (a=1, b={ 2 });
      $i = if $r.a { 1 } else if $s { 2 } else { { c; } 3 };
      g(typeof(uint8), typeinfo($i), offsetof(struct s, t.u));
    }`;
  expect(printAst(parsed(script))).toBe(`program
  C "#define A 1"
  config
    a
      int 5000000
    b
      string "c"
  import "d.bt"
  macro m($v, @m, e)
    body
      =
        $v
        name e
    result
      @m
  fn f($a: struct s *): typeof(.c($b))
    body
      return
        $a
  let @x = lruhash(10)
  probe
    attach named=kprobe:f
    body
      for $i
        range
          int 0
          int 3
        body
          continue
      for $kv
        @x
        body
          break
      while
        comptime
          name a
        body
          import "e"
      =
        $r
        record
          a
            int 1
          b
            block
              result
                int 2
      =
        $i
        if
          .a
            $r
          then
            block
              result
                int 1
          else
            if
              $s
              then
                block
                  result
                    int 2
              else
                block
                  block
                    name c
                  result
                    int 3
      call g
        type typeof(uint8)
        typeinfo
          $i
        offsetof t.u (struct s)
`);
});
