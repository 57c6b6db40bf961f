/**
 * Debug metadata as LLVM text. The BPF back end makes BTF of it: types of maps, functions by name, lines of the script.
 * Only what BTF needs is written; there are no variables for a debugger.
 */

import { present } from '../../base/assert.ts';
import type { IrLocation, ScriptSource } from './block-writer.ts';
import type { FunctionBuilder } from './ir.ts';
import type { IrType } from './ir-value.ts';
import { bytesOf } from './ir-value.ts';

/** A type as BTF describes it. */
export type DebugType =
  | { readonly kind: 'int'; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: 'array'; readonly of: DebugType; readonly length: number }
  | {
      readonly kind: 'struct';
      /** Empty for an anonymous one. */
      readonly name: string;
      readonly bytes: number;
      readonly fields: readonly {
        readonly name: string;
        readonly type: DebugType;
        readonly offset: number;
      }[];
    };

interface SourceNode {
  readonly node: string;
  readonly lineCount: number;
}

/** Numbered metadata nodes of one module; equal nodes are written once. */
export class DebugInfo {
  readonly #nodes: (string | undefined)[] = [];
  readonly #known = new Map<string, string>();
  readonly #globals: string[] = [];
  readonly #file: string;
  readonly #unit: string;
  readonly #source: ScriptSource;
  /** By the source's name. */
  readonly #sources = new Map<string, SourceNode>();
  /** Of the text that a function is in, by the function's node. */
  readonly #lineCounts = new Map<string, number>();
  /** Neighbouring instructions mostly share their location. */
  #lastLocation:
    { readonly location: IrLocation; readonly subprogram: string; readonly node: string } | undefined;

  constructor(source: ScriptSource) {
    this.#source = source;
    this.#file = this.#sourceNode(source).node;
    this.#unit = this.#later();
  }

  /** The node of a map's global; its type is a struct with one pointer for each member, in libbpf's manner. */
  map(symbol: string, members: readonly (readonly [name: string, type: string])[]): string {
    const nodes = members.map(([name, type], index) =>
      this.#member(name, this.#pointerTo(type), index * 64, 64),
    );
    const type = this.#struct('', members.length * 64, nodes);
    const place = `scope: ${this.#unit}, file: ${this.#file}`;
    const variable = this.#node(
      `distinct !DIGlobalVariable(name: "${symbol}", ${place}, type: ${type}, isLocal: false, isDefinition: true)`,
    );
    const expression = this.#node(`!DIGlobalVariableExpression(var: ${variable}, expr: !DIExpression())`);
    this.#globals.push(expression);
    return expression;
  }

  /** A number, as `__uint` of libbpf's map definitions holds it: the length of an array. */
  number(value: number): string {
    return this.type({ kind: 'array', of: { kind: 'int', bytes: 4, signed: true }, length: value });
  }

  type(type: DebugType): string {
    switch (type.kind) {
      case 'int': {
        const [name, encoding] = type.signed ? ['int', 'DW_ATE_signed'] : ['uint', 'DW_ATE_unsigned'];
        const bits = type.bytes * 8;
        return this.#node(`!DIBasicType(name: "${name}${bits}", size: ${bits}, encoding: ${encoding})`);
      }
      case 'array': {
        const range = this.#list([this.#node(`!DISubrange(count: ${type.length})`)]);
        const bits = debugBytes(type) * 8;
        const of = this.type(type.of);
        return this.#node(
          `!DICompositeType(tag: DW_TAG_array_type, baseType: ${of}, size: ${bits}, elements: ${range})`,
        );
      }
      case 'struct': {
        const members = type.fields.map(({ name, type: field, offset }) =>
          this.#member(name, this.type(field), offset * 8, debugBytes(field) * 8),
        );
        return this.#struct(type.name, type.bytes * 8, members);
      }
    }
  }

  /** The node of a function. Each parameter is named: the kernel refuses the BTF of a function with a nameless one. */
  function(builder: FunctionBuilder): string {
    const subprogram = this.#later();
    const { node: file, lineCount } = this.#sourceNode(builder.source ?? this.#source);
    this.#lineCounts.set(subprogram, lineCount);
    const types = builder.parameters.map((parameter) => this.#registerType(parameter.type));
    const signature = this.#list([this.#registerType(builder.result), ...types]);
    const parameters = builder.parameters.map(({ name }, index) => {
      const type = present(types[index], 'parameter type');
      const place = `scope: ${subprogram}, file: ${file}, line: ${builder.location.line}`;
      return this.#node(`!DILocalVariable(name: "${name}", arg: ${index + 1}, ${place}, type: ${type})`);
    });
    const local = builder.section === undefined ? 'DISPFlagLocalToUnit | ' : '';
    const fields = [
      `name: "${builder.name}"`,
      `scope: ${file}`,
      `file: ${file}`,
      `line: ${builder.location.line}`,
      `type: ${this.#node(`!DISubroutineType(types: ${signature})`)}`,
      `scopeLine: ${builder.location.line}`,
      'flags: DIFlagPrototyped',
      `spFlags: ${local}DISPFlagDefinition | DISPFlagOptimized`,
      `unit: ${this.#unit}`,
      `retainedNodes: ${this.#list(parameters)}`,
    ];
    this.#define(subprogram, `distinct !DISubprogram(${fields.join(', ')})`);
    return subprogram;
  }

  location(location: IrLocation, subprogram: string): string {
    const last = this.#lastLocation;
    if (last?.location === location && last.subprogram === subprogram) return last.node;
    const { column } = location;
    const line = Math.min(location.line, present(this.#lineCounts.get(subprogram), 'lines of a function'));
    const node = this.#node(`!DILocation(line: ${line}, column: ${column}, scope: ${subprogram})`);
    this.#lastLocation = { location, subprogram, node };
    return node;
  }

  /** What a conditional branch will do: take its first way, or its second. */
  likely(way: 0 | 1): string {
    const [first, second] = way === 0 ? [1000, 1] : [1, 1000];
    return this.#node(`!{!"branch_weights", i32 ${first}, i32 ${second}}`);
  }

  /** All nodes and the named lists that make a module of them. Nothing may be added after. */
  print(): string {
    // FullDebug: with less, the BPF back end writes no BTF or crashes (LLVM 15 to 22).
    this.#define(
      this.#unit,
      `distinct !DICompileUnit(language: DW_LANG_C99, file: ${this.#file}, producer: "tstrace", isOptimized: true, ` +
        `runtimeVersion: 0, emissionKind: FullDebug, globals: ${this.#list(this.#globals)})`,
    );
    const version = this.#node('!{i32 2, !"Debug Info Version", i32 3}');
    const dwarf = this.#node('!{i32 7, !"Dwarf Version", i32 5}');
    const nodes = this.#nodes.map((text, index) => `!${index} = ${present(text, `metadata !${index}`)}`);
    return [`!llvm.dbg.cu = !{${this.#unit}}`, `!llvm.module.flags = !{${version}, ${dwarf}}`, ...nodes].join(
      '\n',
    );
  }

  #sourceNode({ name, text }: ScriptSource): SourceNode {
    const known = this.#sources.get(name);
    if (known) return known;
    // The BPF back end looks each line up in the text without a check: one beyond its end, or behind a NUL, crashes it.
    const whole = `${text.replaceAll('\0', ' ').replace(/\n$/, '')}\n`;
    const node = this.#node(`!DIFile(filename: ${quote(name)}, directory: ".", source: ${quote(whole)})`);
    const made = { node, lineCount: whole.split('\n').length - 1 };
    this.#sources.set(name, made);
    return made;
  }

  #registerType(type: IrType): string {
    const byte = { kind: 'int', bytes: 1, signed: true } as const;
    if (type === 'ptr') return this.#pointerTo(this.type(byte));
    const bytes = bytesOf(type);
    return this.type(bytes === 2 || bytes === 4 || bytes === 8 ? { ...byte, bytes } : byte);
  }

  #pointerTo(type: string): string {
    return this.#node(`!DIDerivedType(tag: DW_TAG_pointer_type, baseType: ${type}, size: 64)`);
  }

  #member(name: string, type: string, offsetBits: number, bits: number): string {
    const place = `scope: ${this.#file}, file: ${this.#file}`;
    return this.#node(
      `!DIDerivedType(tag: DW_TAG_member, name: "${name}", ${place}, baseType: ${type}, size: ${bits}, offset: ${offsetBits})`,
    );
  }

  #struct(name: string, bits: number, members: readonly string[]): string {
    const label = name === '' ? '' : `name: "${name}", `;
    const place = `scope: ${this.#file}, file: ${this.#file}`;
    return this.#node(
      `!DICompositeType(tag: DW_TAG_structure_type, ${label}${place}, size: ${bits}, elements: ${this.#list(members)})`,
    );
  }

  #list(nodes: readonly string[]): string {
    return this.#node(`!{${nodes.join(', ')}}`);
  }

  #node(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const reference = this.#later();
    this.#define(reference, text);
    this.#known.set(text, reference);
    return reference;
  }

  /** A number for a node whose text needs the number itself. */
  #later(): string {
    this.#nodes.push(undefined);
    return `!${this.#nodes.length - 1}`;
  }

  #define(reference: string, text: string): void {
    this.#nodes[Number(reference.slice(1))] = text;
  }
}

function debugBytes(type: DebugType): number {
  return type.kind === 'array' ? type.length * debugBytes(type.of) : type.bytes;
}

/** An LLVM string: bytes of UTF-8, those that aren't plain as two hexadecimal digits. */
function quote(text: string): string {
  const plain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const escaped = [...Buffer.from(text, 'utf8')].map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${escaped.join('')}"`;
}
