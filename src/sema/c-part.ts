/** The C part of a script: what it defines is known beside what the machine knows, and wins where both know a name. */

import type { Report } from '../base/diagnostic.ts';
import type { Program } from '../parser/ast.ts';
import type { CTypes, Facts } from './facts.ts';

/** Facts with what the script's own C defines; mistakes in it are reported. */
export function withCPart(program: Program, facts: Facts, report: Report): Facts {
  const { value, diagnostics } = facts.readC(program.definitions, () => new Set(identifiersIn(program)));
  report.add(diagnostics);
  return value ? withTypes(facts, value) : facts;
}

const withTypes = (facts: Facts, c: CTypes): Facts => ({
  ...facts,
  struct: (keyword, name) => c.struct(keyword, name) ?? facts.struct(keyword, name),
  hiddenBy: (struct) =>
    c.fieldsOf(struct) && struct.name !== '' ? facts.struct(struct.keyword, struct.name) : undefined,
  enum: (name) => c.enum(name) ?? facts.enum(name),
  typedef: (name) => c.typedef(name) ?? facts.typedef(name),
  enumerator: (name) => c.enumerator(name) ?? facts.enumerator(name),
  constant: (name) => c.constant(name) ?? facts.constant(name),
  isMacro: (name) => c.isMacro(name) || facts.isMacro(name),
  fieldsOf: (struct) => c.fieldsOf(struct) ?? facts.fieldsOf(struct),
  *typeNames(keyword) {
    yield* c.typeNames(keyword);
    yield* facts.typeNames(keyword);
  },
  *enumeratorNames() {
    yield* c.enumeratorNames();
    yield* facts.enumeratorNames();
  },
});

/** Bare words that stand as values anywhere in a tree: each may be a macro. */
function* identifiersIn(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const part of node) yield* identifiersIn(part);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  if ('kind' in node && node.kind === 'identifier' && 'name' in node && typeof node.name === 'string')
    yield node.name;
  for (const part of Object.values(node)) yield* identifiersIn(part);
}
