/**
 * Calls of macros become what they stand for: the body, with the caller's variables, maps and expressions in place of the parameters, and names
 * of its own that nobody else has. What is wrong in a body is shown there, and then where it was expanded.
 */

import type { Report } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import { findBuiltin } from '../../builtins/registry.ts';
import type { Expr, Macro, MacroParameter, Name, Program, Statement, TypeOrExpr } from '../../parser/ast.ts';
import { addedPartsMax } from '../growth.ts';
import { sizeOfTree } from '../tree-size.ts';
import type { TreeNode } from './map-tree.ts';
import { mapTree } from './map-tree.ts';
import type { Overloads } from './definitions.ts';
import { collectMacros, localsOf } from './definitions.ts';

/** Later passes recurse over trees, as far as the parser lets them grow (parser/recovering-parser.ts). */
const depthMax = 400;

/** A macro whose body is being expanded. */
interface Link {
  readonly macro: Macro;
  /** How deep its body is, with what was put into it. */
  readonly depth: number;
}

interface Call {
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/** A program without macros. */
export function expandMacros(program: Program, report: Report): Program {
  const { macros, standardMacros = [] } = program;
  if (macros.length + standardMacros.length === 0) return program;
  const overloads = collectMacros(macros, standardMacros, report);
  const expander = new Expander(overloads, new Set(standardMacros), report);
  return {
    ...program,
    macros: [],
    functions: expander.expand(program.functions, []),
    probes: expander.expand(program.probes, []),
  };
}

class Expander {
  readonly #macros: Overloads;
  readonly #standard: ReadonlySet<Macro>;
  readonly #report: Report;
  #expansions = 0;
  /** In all that was put in place of calls. */
  #parts = 0;
  /** That has been told; nothing more is expanded. */
  #isTooMuch = false;

  constructor(macros: Overloads, standard: ReadonlySet<Macro>, report: Report) {
    this.#macros = macros;
    this.#standard = standard;
    this.#report = report;
  }

  /** A tree with its calls expanded; `chain` are the macros that led to it, the outermost first. */
  expand<T>(tree: T, chain: readonly Link[]): T {
    return mapTree(tree, {
      before: (node) => {
        if (node.kind === 'expression') return this.#expandStatement(node, chain);
        const call = callIn(node);
        return call && this.#expandCall(call, chain);
      },
    });
  }

  /** As a statement, a macro need not have a value. */
  #expandStatement(
    { value, span }: Extract<Statement, { kind: 'expression' }>,
    chain: readonly Link[],
  ): Statement | undefined {
    const call = callIn(value);
    const macro = call && this.#choose(call);
    if (!call || !macro || macro === 'mismatch' || macro.body.result) return undefined;
    const body = this.#body(macro, call, chain);
    return body && { kind: 'block', body, span };
  }

  #expandCall(call: Call, chain: readonly Link[]): Expr | undefined {
    const macro = this.#choose(call);
    if (!macro) return undefined;
    const wrong: Expr = { kind: 'error', span: call.span };
    if (macro === 'mismatch') return wrong;
    const body = this.#body(macro, call, chain);
    if (!body) return wrong;
    const { statements, result } = body;
    if (result) return { kind: 'block', statements, result, span: call.span };
    this.#report.error('type-mismatch', `${macro.name.text}() has no value`, call.span, {
      labels: [{ span: macro.name.span, text: 'it is declared here' }],
      hints: ['The last item of a macro is its value, if no semicolon follows it.'],
    });
    return wrong;
  }

  /** The macro that a call means; undefined if it means none, 'mismatch' if none of its name fits, which is told then. */
  #choose(call: Call): Macro | 'mismatch' | undefined {
    const named = this.#macros.get(call.name);
    if (!named) return undefined;
    const fitting = named.filter(({ parameters }) => parameters.length === call.args.length);
    const matching = fitting.filter(({ parameters }) => firstMismatch(parameters, call.args) === undefined);
    const [best] = matching.toSorted((a, b) => exactness(b) - exactness(a));
    // Another macro of a builtin's name leaves the builtin alone.
    if (best || findBuiltin(call.name)) return best;
    const mismatch = fitting.map(({ parameters }) => firstMismatch(parameters, call.args)).find(Boolean);
    if (mismatch) this.#reportArgument(call, mismatch);
    else this.#reportCount(call, named);
    return 'mismatch';
  }

  #reportArgument({ name }: Call, [parameter, arg]: Mismatch): void {
    const wanted = parameter.kind === 'variable' ? `variable for arg $` : `map for arg @`;
    const given = arg.kind === 'map' ? 'map' : arg.kind === 'variable' ? 'variable' : 'expression';
    this.#report.error(
      'wrong-argument-type',
      `Mismatched arg. ${name}() expects a ${wanted}${parameter.name.text} but got ${given === 'expression' ? 'an' : 'a'} ${given}`,
      arg.span,
      { labels: [{ span: parameter.name.span, text: 'the parameter is declared here' }] },
    );
  }

  #reportCount({ name, args, span }: Call, named: readonly Macro[]): void {
    const counts = [...new Set(named.map(({ parameters }) => parameters.length))]
      .sort((a, b) => a - b)
      .join(' or ');
    this.#report.error(
      'wrong-argument-count',
      `The macro ${name}() takes ${counts} arguments, ${args.length} given`,
      span,
      {
        labels: named.map((macro) => ({ span: macro.name.span, text: 'it is declared here' })),
      },
    );
  }

  #body(macro: Macro, call: Call, chain: readonly Link[]): Macro['body'] | undefined {
    if (chain.some((link) => link.macro === macro)) return void this.#reportRecursion(macro, call, chain);
    const args = call.args.map((arg) => this.expand(arg, chain));
    if (this.#isTooMuch) return undefined;
    const place = this.#standard.has(macro) ? 'of call' : 'of body';
    const written = substitute(macro, args, call.span, ++this.#expansions, place);
    const { parts, depth } = sizeOfTree(written, addedPartsMax);
    this.#parts += parts;
    if (this.#parts > addedPartsMax) return void this.#reportSize(call);
    if (chain.reduce((sum, link) => sum + link.depth, depth) > depthMax) return void this.#reportDepth(call);
    return this.expand(written, [...chain, { macro, depth }]);
  }

  #reportRecursion(macro: Macro, call: Call, chain: readonly Link[]): void {
    const start = chain.findIndex((link) => link.macro === macro);
    const names = [...chain.slice(start).map((link) => link.macro), macro].map(({ name }) => name.text);
    this.#report.error(
      'recursive-function',
      `Recursive macro call detected. Call chain: ${names.join(' > ')}`,
      call.span,
      {
        hints: ['Macros are written out when compiling, without an end if they call themselves. Use a loop.'],
      },
    );
  }

  #reportSize({ span }: Call): void {
    this.#isTooMuch = true;
    this.#report.error(
      'program-too-large',
      `The script grows too large here: macros written out come to more than ${addedPartsMax} statements and expressions`,
      span,
      { hints: ['Use a function (fn): it is written once for all its calls.'] },
    );
  }

  #reportDepth({ span }: Call): void {
    this.#isTooMuch = true;
    this.#report.error(
      'too-deeply-nested',
      `Written out, macros lie more than ${depthMax} statements and expressions deep within each other here`,
      span,
      { hints: ['Put parts of them into variables or functions.'] },
    );
  }
}

type Mismatch = readonly [MacroParameter, Expr];

function firstMismatch(parameters: readonly MacroParameter[], args: readonly Expr[]): Mismatch | undefined {
  for (const [index, parameter] of parameters.entries()) {
    const arg = args[index];
    if (arg && !accepts(parameter, arg)) return [parameter, arg];
  }
  return undefined;
}

function accepts({ kind }: MacroParameter, arg: Expr): boolean {
  if (kind === 'variable') return arg.kind === 'variable';
  return kind === 'expression' || (arg.kind === 'map' && arg.keys === undefined);
}

/** Of two that fit, the one with more parameters of a certain kind is meant. */
const exactness = ({ parameters }: Macro): number =>
  parameters.filter(({ kind }) => kind !== 'expression').length;

/** A macro without parameters may be named without parentheses. */
function callIn(node: TreeNode): Call | undefined {
  if (node.kind === 'call') return { name: node.callee.text, args: node.args, span: node.span };
  return node.kind === 'identifier' ? { name: node.name, args: [], span: node.span } : undefined;
}

/**
 * A macro's body for one call. Its own variables get names that can't be written in a script. What is told of it has its place in the body,
 * with a trail to the call; of the standard library users need see no more than their call.
 */
function substitute(
  macro: Macro,
  args: readonly Expr[],
  call: Span,
  expansion: number,
  place: 'of body' | 'of call',
): Macro['body'] {
  const given = new Map(
    macro.parameters.map(({ kind, name }, index) => [`${kind} ${name.text}`, args[index]]),
  );
  const locals = localsOf(macro);
  const variable = (name: string): string => {
    const arg = given.get(`variable ${name}`);
    if (arg?.kind === 'variable') return arg.name;
    return locals.has(name) ? `${name} of ${macro.name.text}() ${expansion}` : name;
  };
  const word = (name: string): Expr | undefined => given.get(`expression ${name}`);
  const spanOf = (span: Span): Span => (place === 'of call' ? call : { ...span, from: call });
  const here = (node: TreeNode): TreeNode => ({ ...node, span: spanOf(node.span) });
  return mapTree(macro.body, {
    after(node) {
      switch (node.kind) {
        case 'variable':
          return here({ ...node, name: variable(node.name) });
        case 'let':
        case 'for':
          return here({ ...node, variable: { ...node.variable, text: variable(node.variable.text) } });
        case 'map': {
          const arg = given.get(`map ${node.name}`);
          return here(arg?.kind === 'map' ? { ...node, name: arg.name } : node);
        }
        case 'identifier':
          return word(node.name) ?? here(node);
        case 'named': {
          const arg = word(node.name);
          return arg?.kind === 'type' ? arg.type : here(node);
        }
        case 'sizeof':
        case 'typeinfo':
        case 'typeof':
          return here({ ...node, of: typeGiven(node.of) });
        case 'offsetof':
          return here({
            ...node,
            of: typeGiven(node.of),
            path: node.path.flatMap((name) => pathGiven(name, word)),
          });
        default:
          return here(node);
      }
    },
  });
}

/** Where a type or an expression may stand, a parameter was an expression until now. */
const typeGiven = (of: TypeOrExpr): TypeOrExpr =>
  'expr' in of && of.expr.kind === 'type' ? { type: of.expr.type } : of;

/** A field path as an argument: a, a.b.c. */
function pathGiven(name: Name, word: (name: string) => Expr | undefined): readonly Name[] {
  const arg = word(name.text);
  return (arg && fieldPath(arg)) ?? [name];
}

function fieldPath(expr: Expr): readonly Name[] | undefined {
  if (expr.kind === 'identifier') return [{ text: expr.name, span: expr.span }];
  if (expr.kind !== 'field') return undefined;
  const before = fieldPath(expr.object);
  return before && [...before, expr.name];
}
