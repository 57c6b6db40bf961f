/**
 * The grammar's top: a script and its sections (b.1). Rules only, here and in the files that it stands on: statement-grammar.ts,
 * expression-grammar.ts and type-grammar.ts. Each hands its tokens to the build files (nodes) or the errors files (wording).
 *
 * One token of look-ahead decides everything but casts (cast.ts) and records. What happens when a rule fails, and how
 * chevrotain gets to know the grammar, is told in recovering-parser.ts.
 */

import { EOF, type IToken } from 'chevrotain';
import type { SourceFile } from '../base/source-file.ts';
import type {
  AttachPoint,
  Block,
  ConfigEntry,
  ConfigValue,
  Expr,
  FunctionDeclaration,
  FunctionParameter,
  Macro,
  MacroParameter,
  Probe,
} from './ast.ts';
import * as build from './build-ast.ts';
import * as blocks from './build-block.ts';
import * as sections from './build-sections.ts';
import { blockOpeners, type Parsed } from './recovering-parser.ts';
import * as errors from './section-errors.ts';
import * as s from './section-tokens.ts';
import { StatementGrammar } from './statement-grammar.ts';
import * as t from './tokens.ts';

export class TraceParser extends StatementGrammar {
  /** Slow (some 50 ms), so once per process. `validate` has chevrotain check the grammar; for tests. */
  constructor(validate: boolean) {
    super(validate);
    this.performSelfAnalysis();
  }

  /** Parse the tokens of a script. Never throws; whatever can be made sense of is in the program. */
  parse(source: SourceFile, tokens: readonly IToken[], context: build.BuildContext): Parsed {
    this.begin(source, tokens, context);
    const found = this.program();
    const span = { file: source.name, start: 0, end: source.text.length };
    const problems = [...this.state.problems, ...sections.orderProblems(found)];
    return { program: sections.programOf(found, this.state.context.innerImports, span), problems };
  }

  readonly program = this.RULE('program', (): sections.Section[] => {
    const found: sections.Section[] = [];
    if (!this.parsing) this.MANY(() => this.SUBRULE(this.section));
    while (this.parsing && !this.at(EOF)) {
      const first = this.LA(1);
      const section = this.orRecover(
        () => {
          this.state.suspect = undefined;
          return this.SUBRULE(this.section);
        },
        () => {
          this.skipSection();
          if (this.LA(1) === first) this.SKIP_TOKEN();
        },
      );
      if (section) found.push(section);
    }
    return found;
  });

  readonly section = this.RULE('section', (): sections.Section | undefined => {
    // A probe that lacks its attach point is still one.
    if (this.parsing && this.atAny([...blockOpeners, s.PredicateOpen, t.Comma]))
      return this.SUBRULE(this.probe);
    return this.OR<sections.Section | undefined>([
      { ALT: () => this.SUBRULE2(this.probe) },
      { ALT: () => this.SUBRULE(this.cText) },
      { ALT: () => this.SUBRULE(this.config) },
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.macro) },
      { ALT: () => this.SUBRULE(this.fn) },
      { ALT: () => this.SUBRULE(this.mapDeclaration) },
      { ALT: () => this.refuseMarks(this.CONSUME(s.StrayMark)) },
      { ALT: () => this.refuseMarks(this.CONSUME(t.Semicolon)) },
    ]);
  });

  // Sections other than probes -----------------------------------------------------------------------------------

  readonly cText = this.RULE('cText', (): sections.Section => {
    const node = this.make(sections.cDefinition, this.CONSUME(s.CText));
    return { kind: 'definition', node };
  });

  /** config = { key = value; … } */
  readonly config = this.RULE('config', (): sections.Section | undefined => {
    const first = this.CONSUME(s.ConfigSection);
    const head = this.beforeBlock(() => this.CONSUME(t.Assign));
    if (!head && !this.at(t.BraceOpen)) return undefined;
    const open = this.CONSUME(t.BraceOpen);
    const entries = this.entries();
    this.close(open, t.BraceClose);
    const span = this.spanFrom(first);
    this.OPTION(() => this.CONSUME(t.Semicolon));
    return head && { kind: 'config', node: { entries, span } };
  });

  /** All entries of the config block; those that can't be read are left out. */
  private entries(): readonly ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    if (!this.parsing) this.MANY(() => this.SUBRULE(this.entry));
    while (this.parsing && !this.atAny([t.BraceClose, EOF])) {
      const first = this.LA(1);
      const entry = this.orRecover(
        () => this.SUBRULE(this.entry),
        () => {
          this.skipStatement(first);
        },
      );
      if (entry) entries.push(entry);
    }
    return entries;
  }

  readonly entry = this.RULE('entry', (): ConfigEntry | undefined => {
    const key = this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    const value = this.SUBRULE(this.configValue);
    this.endStatement();
    return this.ACTION(() => value && { key: build.nameOf(this.state.context, key), value });
  });

  readonly configValue = this.RULE('configValue', (): ConfigValue | undefined => {
    if (!this.atAny([t.Integer, t.StringLiteral, t.BooleanLiteral, t.Identifier]))
      this.failExpecting('a number, a text in quotes or a word');
    const value = this.OR<ConfigValue | { readonly kind: 'error' }>([
      { ALT: () => this.make(build.integerLiteral, this.CONSUME(t.Integer)) },
      { ALT: () => this.make(build.stringLiteral, this.CONSUME(t.StringLiteral)) },
      { ALT: () => this.make(build.booleanLiteral, this.CONSUME(t.BooleanLiteral)) },
      { ALT: () => this.make(build.identifier, this.CONSUME(t.Identifier)) },
    ]);
    return this.ACTION(() => (value.kind === 'error' ? undefined : value));
  });

  /** import "path"; */
  readonly import = this.RULE('import', (): sections.Section => {
    const first = this.CONSUME(s.ImportSection);
    const path = this.make(build.textOf, this.CONSUME(t.StringLiteral));
    const span = this.spanFrom(first);
    if (!this.parsing || this.at(t.Semicolon)) this.CONSUME(t.Semicolon);
    else this.missesSemicolon();
    return { kind: 'import', node: { path, span } };
  });

  /** let @x = hash(10); */
  readonly mapDeclaration = this.RULE('mapDeclaration', (): sections.Section | undefined => {
    const first = this.CONSUME(s.LetSection);
    if (!this.at(t.MapName)) this.fail(errors.onlyMapsDeclared(this.LA(1), this.here()));
    const name = this.CONSUME(t.MapName);
    this.CONSUME(t.Assign);
    const mapKind = this.make(build.nameOf, this.CONSUME(t.Identifier));
    this.CONSUME(t.ParenOpen);
    const entries = this.make(sections.entries, this.CONSUME(t.Integer));
    this.CONSUME(t.ParenClose);
    const span = this.spanFrom(first);
    this.OPTION(() => this.CONSUME(t.Semicolon));
    return this.ACTION(() => {
      const declared = build.unmarkedName(this.state.context, name);
      return entries && { kind: 'map', node: { name: declared, mapKind, entries, span } };
    });
  });

  /** macro f($v, @m, e) { … } */
  readonly macro = this.RULE('macro', (): sections.Section | undefined => {
    const first = this.CONSUME(s.MacroSection);
    const head = this.beforeBlock(() => this.SUBRULE(this.macroHead));
    if (!head && !this.at(t.BraceOpen)) return undefined;
    const block = this.SUBRULE(this.block);
    return this.ACTION(() => {
      const body = blocks.macroBody(block);
      return head && { kind: 'macro', node: { ...head, body, span: this.spanFrom(first) } };
    });
  });

  readonly macroHead = this.RULE('macroHead', (): Pick<Macro, 'name' | 'parameters'> => {
    const parameters: MacroParameter[] = [];
    const name = this.CONSUME(t.Identifier);
    if (!this.at(t.ParenOpen)) this.fail(errors.missingMacroParameters(name, this.after(name)));
    this.CONSUME(t.ParenOpen);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => parameters.push(this.SUBRULE(this.macroParameter)),
    });
    this.CONSUME(t.ParenClose);
    return this.ACTION(() => ({ name: build.nameOf(this.state.context, name), parameters }));
  });

  readonly macroParameter = this.RULE('macroParameter', (): MacroParameter => {
    if (!this.atAny([t.Variable, t.MapName, t.Identifier]))
      this.failExpecting('a parameter ($variable, @map or name)');
    const name = this.OR([
      { ALT: () => this.CONSUME(t.Variable) },
      { ALT: () => this.CONSUME(t.MapName) },
      { ALT: () => this.CONSUME(t.Identifier) },
    ]);
    return this.make(sections.macroParameter, name);
  });

  /** fn f($a : T) : T { … } */
  readonly fn = this.RULE('fn', (): sections.Section | undefined => {
    const first = this.CONSUME(s.FnSection);
    const head = this.beforeBlock(() => this.SUBRULE(this.fnHead));
    if (!head && !this.at(t.BraceOpen)) return undefined;
    const body = this.SUBRULE(this.body);
    return this.ACTION(
      () => head && { kind: 'function', node: { ...head, body, span: this.spanFrom(first) } },
    );
  });

  readonly fnHead = this.RULE('fnHead', (): Omit<FunctionDeclaration, 'body' | 'span'> => {
    const parameters: FunctionParameter[] = [];
    const name = this.make(build.nameOf, this.CONSUME(t.Identifier));
    this.CONSUME(t.ParenOpen);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => parameters.push(this.SUBRULE(this.fnParameter)),
    });
    this.CONSUME(t.ParenClose);
    this.CONSUME(t.Colon);
    const returns = this.SUBRULE(this.type);
    return { name, parameters, returns };
  });

  readonly fnParameter = this.RULE('fnParameter', (): FunctionParameter => {
    const name = this.make(build.unmarkedName, this.CONSUME(t.Variable));
    this.CONSUME(t.Colon);
    return { name, type: this.SUBRULE(this.type) };
  });

  // Probes -------------------------------------------------------------------------------------------------------

  readonly probe = this.RULE('probe', (): sections.Section | undefined => {
    const first = this.LA(1);
    const head = this.orRecover(
      () => this.SUBRULE(this.probeHead),
      () => {
        this.skipToBlock();
      },
    );
    this.ACTION(() => {
      if (head) this.requireBlock(head.attachPoints.at(-1));
    });
    if (this.parsing && !this.atAny(blockOpeners)) return undefined;
    const body = this.OR([
      { ALT: () => this.SUBRULE(this.body) },
      { ALT: () => this.SUBRULE(this.angleBlock) },
    ]);
    return this.ACTION(() => head && { kind: 'probe', node: { ...head, body, span: this.spanFrom(first) } });
  });

  /** Attach points and predicate. */
  readonly probeHead = this.RULE('probeHead', (): Omit<Probe, 'body' | 'span'> => {
    const attachPoints = this.SUBRULE(this.attachPoints);
    const predicate = this.OPTION(() => this.SUBRULE(this.predicate));
    return { attachPoints, ...(predicate && { predicate }) };
  });

  readonly attachPoints = this.RULE('attachPoints', (): AttachPoint[] => {
    if (!this.at(s.Target)) this.fail(errors.missingAttachPoint(this.LA(1), this.here()));
    const targets = [this.CONSUME(s.Target)];
    this.MANY({
      GATE: () => this.LA(2).tokenType === s.Target,
      DEF: () => {
        this.CONSUME(t.Comma);
        targets.push(this.CONSUME2(s.Target));
      },
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    return this.ACTION(() => targets.map((target) => this.attachPoint(target)));
  });

  readonly predicate = this.RULE('predicate', (): Expr => {
    const open = this.CONSUME(s.PredicateOpen);
    const condition = this.SUBRULE(this.expression);
    if (this.atAny([t.BraceOpen, EOF])) {
      this.fail(errors.unclosedPredicate(this.spanOf(open), this.after(this.LA(0))));
    }
    this.CONSUME(s.PredicateClose);
    return condition;
  });

  /** `< … >`: a probe's block only (decision 1). */
  readonly angleBlock = this.RULE('angleBlock', (): Block => {
    this.state.inAngles = true;
    this.state.anglesBroken = false;
    const open = this.CONSUME(s.AngleOpen);
    const items = this.items();
    const close = this.close(open, s.AngleClose);
    this.state.inAngles = false;
    return this.ACTION(() => blocks.blockOf(blocks.readBlock(items, this.between(open, close))));
  });
}
